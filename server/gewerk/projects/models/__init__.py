"""Tables of projects.

``order`` is the order with its number and its tickets, ``item`` what is done at which price, ``history`` what happened,
``spending`` variations, approvals and limits, ``defect`` what was found wrong.
"""

from gewerk.firms.models import CostKind as ItemKind
from gewerk.projects.models.defect import Defect
from gewerk.projects.models.history import HistoryEntry, HistoryIsAppendOnly
from gewerk.projects.models.item import OrderItem
from gewerk.projects.models.order import AwardKind, OrderCounter, OrderTicket, WorkOrder
from gewerk.projects.models.spending import Approval, ApprovalState, SpendingLimit, Variation, VariationState

__all__ = [
    "Approval",
    "ApprovalState",
    "AwardKind",
    "Defect",
    "HistoryEntry",
    "HistoryIsAppendOnly",
    "ItemKind",
    "OrderCounter",
    "OrderItem",
    "OrderTicket",
    "SpendingLimit",
    "Variation",
    "VariationState",
    "WorkOrder",
]
