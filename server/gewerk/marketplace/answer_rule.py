"""The house's rule: more than 15 % of the requests of 90 days left unanswered limits new invitations, after a warning.

Above the pure rule, which knows no database. Published in ``docs/explanation/bewertung.md``; asked by the worker
(``operations.watch_answers``) and, for the limit itself, by ``operations.answer_limit``.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from gewerk.marketplace.models import Stage

WINDOW = timedelta(days=90)
MOST_UNANSWERED_PERCENT = 15
TIME_TO_ANSWER = timedelta(hours=24)
"""A request counts only if the firm had at least this long for it."""
MOST_RUNNING = 2
"""So many invitations a limited firm may have running at once, over all managers."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Of the requests whose time ran out in the window: how many there were, and how many stayed unanswered."""

    asked: int = 0
    unanswered: int = 0
    unanswered_since_warning: int = 0
    """Those of them that were sent after the warning."""

    @property
    def too_few(self) -> bool:
        return self.unanswered * 100 > MOST_UNANSWERED_PERCENT * self.asked


class Verdict(StrEnum):
    WARN = "warn"
    LIMIT = "limit"
    LIFT = "lift"


def verdict(found: Answered, stage: Stage | None, *, appeal_open: bool = False) -> Verdict | None:
    """What follows for a firm that stands at ``stage`` (None: neither warned nor limited); None: all stays.

    The limit needs a request that was sent after the warning and left unanswered too, and waits while an appeal is undecided.
    """
    if not found.too_few:
        return None if stage is None else Verdict.LIFT
    if stage is None:
        return Verdict.WARN
    if stage is Stage.WARNED and found.unanswered_since_warning and not appeal_open:
        return Verdict.LIMIT
    return None
