"""Tables of the marketplace.

``request`` is what is asked, of whom, and what was asked back; ``quote`` what a firm offers; ``award`` what was decided, for
ever; ``owner`` when an owner has to agree, and whether they did; ``rating`` what is said of the work afterwards; ``answering``
which firms were warned because they leave requests unanswered, and what they say to it.
"""

from gewerk.marketplace.models.answering import AnswerCase, Appeal, CaseEnd, Outcome, Stage
from gewerk.marketplace.models.award import AwardRecord, RecordIsForEver
from gewerk.marketplace.models.owner import OwnerApproval, OwnerApprovalState, OwnerRule
from gewerk.marketplace.models.quote import Pricing, Quote, QuoteLine
from gewerk.marketplace.models.rating import ASPECTS, FEWEST_STARS, MOST_STARS, RatedBy, Rating
from gewerk.marketplace.models.request import Invitation, Question, QuoteRequest, RequestItem

__all__ = [
    "ASPECTS",
    "FEWEST_STARS",
    "MOST_STARS",
    "AnswerCase",
    "Appeal",
    "AwardRecord",
    "CaseEnd",
    "Invitation",
    "Outcome",
    "OwnerApproval",
    "OwnerApprovalState",
    "OwnerRule",
    "Pricing",
    "Question",
    "Quote",
    "QuoteLine",
    "QuoteRequest",
    "RatedBy",
    "Rating",
    "RecordIsForEver",
    "RequestItem",
    "Stage",
]
