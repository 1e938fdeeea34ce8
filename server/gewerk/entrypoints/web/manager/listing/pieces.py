"""What a list is made of. A listing is one ``Listing`` with its columns, filters and tabs; nothing else is written per list."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from django.utils.functional import Promise

from gewerk.entrypoints.web.manager.formats import Formats
from gewerk.identity.countries import usual_vat
from gewerk.identity.models import Organisation, Person
from gewerk.journal.actor import Actor

Text = str | Promise
Exported = str | int | Decimal | float | date | datetime | None
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the list, and how they read numbers and days."""

    actor: Actor
    person: Person
    organisation: Organisation
    formats: Formats
    edits: bool

    @property
    def usual_rate(self) -> str:
        """The country's standard rate of value added tax in percent, with the reader's decimal sign."""
        return self.formats.number((Decimal(usual_vat(self.organisation.country)) / 100).normalize())


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell shows. ``state`` is the class of a state (``st-danger``), ``bar`` a share from 0 to 1."""

    text: Text = ""
    small: Text = ""
    icon: str = ""
    state: str = ""
    bar: float | None = None
    initials: str = ""
    href: str = ""
    title: Text = ""
    """Shown on hover: the exact value behind a rounded one."""
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    key: str
    title: Text
    cell: Callable[[R, Reader], Cell]
    export: Callable[[R, Reader], Exported]
    sort: tuple[str, ...] = ()
    """Names to order by, ascending; empty: not sortable. The listing annotates what is no column (``annotate``)."""
    numeric: bool = False
    unbroken: bool = False
    """A number or id that is not broken over two lines."""
    shown: bool = True
    """Shown unless the reader chose otherwise."""
    word: Text = ""
    """On a phone a number needs its word: ``14 units``."""
    label: Text = ""
    """On a phone a value needs its label: ``since 01.03.2015``."""


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class Filter:
    key: str
    title: Text
    sentence: Text
    """With ``%(value)s``: what the active filter says, ``Place is %(value)s``."""
    options: Callable[[Reader], Sequence[Option]]
    apply: Callable[[QuerySet[Any], str, Reader], QuerySet[Any]]
    always: str = ""
    """The value that holds when the address names none (``active``); shown as no chip."""
    prominent: bool = False
    """Shown as its own menu, not below "Further filters"."""
    anew: bool = False
    """What it finds is known only when it is asked: it reads the time of day, or what another query told. Of all others the query follows
    from the value, the reader and the day, and is written once."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A view that everybody has. ``query`` is its state as in the address."""

    title: Text
    query: Mapping[str, str]
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """What can be done with chosen rows: a page that takes them as ``id``."""

    route: str
    title: Text
    icon: str
    edits: bool = True


@dataclass(frozen=True, slots=True)
class Listing(Generic[R]):
    key: str
    """Under which saved views are kept."""
    route: str
    title: Text
    columns: tuple[Column[R], ...]
    filters: tuple[Filter, ...]
    tabs: tuple[Tab, ...]
    default_sort: str
    find: Callable[[Reader, str], QuerySet[Any]]
    """Everything in which the typed words occur, before filters."""
    annotate: Callable[[Reader, QuerySet[Any], frozenset[str]], QuerySet[Any]]
    """Adds what the given columns and filters (keys) need for sorting."""
    rows: Callable[[Reader, Sequence[Any], str, Collection[str]], Sequence[R]]
    """What a page of records shows, for the typed words and the columns with these keys; constant number of queries."""
    href: Callable[[R], str]
    identity: Callable[[R], str]
    """The record's id, for choosing rows."""
    sums: Callable[[R], Mapping[str, int]]
    """What the bulk bar adds up of chosen rows."""
    bulk_words: tuple[tuple[str, Text], ...]
    """(name in ``sums``, its word): ``46 units, 3 vacant``."""
    totals: Callable[[Reader, QuerySet[Any]], Mapping[str, Cell]]
    """Cells of the foot by column key; ``count`` is the number of records as ``{"count": Cell}``."""
    count_sentence: Callable[[int], str]
    """``19 properties``."""
    actions: tuple[Action, ...] = ()
    fixed: Mapping[str, str] | None = None
    """State that belongs to the list itself and is kept in every link (``type=unit``)."""
    related: tuple[str, ...] = ()
    """``select_related`` of the page."""
    loads: tuple[str, ...] = ()
    """The fields that cells and exports read of a record and of what is related; empty: all. What is missing here is fetched for
    each row again (a test counts the queries with every column shown)."""
    tab_counts: Sequence[int] = ()
    """Of the counted tabs in their order, where one query told them all; empty: each tab asks for itself."""

    def column(self, key: str) -> Column[R] | None:
        return next((c for c in self.columns if c.key == key), None)

    def filter(self, key: str) -> Filter | None:
        return next((f for f in self.filters if f.key == key), None)


AnyListing = Listing[Any]
