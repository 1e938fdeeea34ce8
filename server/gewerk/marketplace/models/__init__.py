"""Tables of the marketplace.

``request`` is what is asked, of whom, and what was asked back; ``quote`` what a firm offers; ``award`` what was decided, for
ever; ``owner`` when an owner has to agree, and whether they did.
"""

from gewerk.marketplace.models.award import AwardRecord, RecordIsForEver
from gewerk.marketplace.models.owner import OwnerApproval, OwnerApprovalState, OwnerRule
from gewerk.marketplace.models.quote import Pricing, Quote, QuoteLine
from gewerk.marketplace.models.request import Invitation, Question, QuoteRequest, RequestItem

__all__ = [
    "AwardRecord",
    "Invitation",
    "OwnerApproval",
    "OwnerApprovalState",
    "OwnerRule",
    "Pricing",
    "Question",
    "Quote",
    "QuoteLine",
    "QuoteRequest",
    "RecordIsForEver",
    "RequestItem",
]
