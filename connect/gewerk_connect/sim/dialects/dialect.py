"""What every dialect is asked: does a path belong to it, what does a listing hold, how does a page look."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from gewerk_connect.sim.exports import Export
from gewerk_connect.sim.exports.export import Place
from gewerk_connect.sim.gates import Gate
from gewerk_connect.sim.listing import LARGEST_PAGE, USUAL_PAGE, Listing, Page, Shown
from gewerk_connect.sim.request import Answer, Request
from gewerk_connect.sim.table import Table, key_of
from gewerk_connect.sim.view import View

TOKEN = "token"  # noqa: S105 - the name of a resource


@dataclass(frozen=True, slots=True)
class Route:
    resource: str
    arguments: tuple[str, ...] = ()
    """What else the path names: a company, an object."""
    single: bool = False
    """One object is asked for, not a listing."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A page and how it is put into an answer; what happens to it in between is the faults' business."""

    listing: Listing
    page: Page
    wrap: Callable[[Page], tuple[Any, Mapping[str, str]]]
    """Body and headers."""


class Dialect(ABC):
    kind: ClassVar[str]
    resources: ClassVar[tuple[str, ...]]
    """What a fault may name: its listings, and ``token`` where there is a login."""
    gate: Gate

    @abstractmethod
    def route(self, parts: Sequence[str]) -> Route | None:
        """Whether the decoded path is one of this dialect's; a resource that does not exist is none."""

    @abstractmethod
    def reply(self, view: View, route: Route, request: Request) -> Reply:
        """Raises ``Refused`` for what the client asks wrongly."""

    def token(self, request: Request) -> Answer:
        """Answers a login. Only for dialects with a route to one."""
        raise NotImplementedError(request.path)

    def single(self, view: View, route: Route, barred: Collection[Place]) -> Answer:
        """Answers for one object. Only for dialects with a route to one."""
        raise NotImplementedError(route.resource)

    def prepare(self, export: Export) -> None:  # noqa: B027 - most dialects give no numbers
        """Called before the first change by hand, for numbers that a dialect gives itself."""

    def problem(self, status: int, message: str) -> Any:
        """The body of an error."""
        return {"status": status, "message": message}


@dataclass(frozen=True, slots=True)
class Resource:
    """A listing made of the estate: its rows, which of their places are the key, how one is shown."""

    rows: Callable[[Export], Sequence[Any]]
    key: tuple[int, ...]
    show: Callable[[Any, Export], Shown]

    def listing(self, export: Export) -> Listing:
        key = key_of(self.key)
        rows = self.rows(export)
        if self.key != tuple(range(len(self.key))):  # the estate is in the order of its own keys
            rows = sorted(rows, key=key)
        return Listing(rows, key, lambda row, _: self.show(row, export))


Field = Callable[[Any], Any]
"""Makes one field's value of a row of the estate."""
Fields = Mapping[str, Field]


def unchanged(table: Table) -> Listing:
    """A table of the export as it is."""
    return Listing(table.rows, table.key, lambda row, _: table.shown(row))


def page_size(request: Request, name: str) -> int:
    return min(request.count(name, USUAL_PAGE, least=1), LARGEST_PAGE)
