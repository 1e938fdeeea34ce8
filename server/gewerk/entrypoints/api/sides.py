"""The two sides of an order that have the same calls: the manager's programs, and those of the firm that does the work."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from gewerk.entrypoints.api.door import actor_of
from gewerk.identity.access import dispatches, require, sees_orders
from gewerk.journal.actor import Actor


@dataclass(frozen=True, slots=True)
class Side:
    """Where a side's addresses begin, what its operations are called, and who reads there."""

    prefix: str
    tags: tuple[str, ...]
    own: str
    """Stands before the noun of an operation's id: ``list_own_visits``."""
    reads: Callable[[Actor], bool]

    def reader(self, request: HttpRequest) -> Actor:
        actor = actor_of(request)
        require(self.reads(actor))
        return actor


MANAGERS = Side("", ("visits",), "", sees_orders)
FIRMS = Side("/firm", ("firm",), "own_", dispatches)
