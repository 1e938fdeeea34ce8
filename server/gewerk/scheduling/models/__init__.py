"""Tables of scheduling: ``visit`` is when somebody comes and what came of it, ``completion`` what was done, ``feed`` who reads along."""

from gewerk.scheduling.models.completion import CaptureState, Completion, CompletionItem
from gewerk.scheduling.models.feed import CalendarFeed
from gewerk.scheduling.models.visit import HistoryIsAppendOnly, Slot, Visit, VisitEntry

__all__ = [
    "CalendarFeed",
    "CaptureState",
    "Completion",
    "CompletionItem",
    "HistoryIsAppendOnly",
    "Slot",
    "Visit",
    "VisitEntry",
]
