"""One page of a list: at most 50 rows, the count and sums of the whole list, and what its head shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, F, Model, QuerySet, UUIDField
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager.formats import OfTheDay
from gewerk.entrypoints.web.manager.listing.pieces import Action, AnyListing, Cell, Column, Option, Reader, Text
from gewerk.entrypoints.web.manager.listing.state import State
from gewerk.kit.kept import MANY
from gewerk.kit.lookups import GivenMany
from gewerk.kit.prepared import Given, PreparedBy, prepared
from gewerk.portfolio.models import SavedView

ROWS_PER_PAGE = 50
EXPORT_CHUNK = 500
MOST_FOUND = 200
"""Of a search nobody leafs further than four pages: where there are tabs with counts (and no sums), it says "more than"."""


@dataclass(frozen=True, slots=True)
class Head:
    column: Column[Any]
    query: str
    """Empty: not sortable."""
    direction: str
    """``ascending`` or ``descending`` where the list is ordered by it."""


@dataclass(frozen=True, slots=True)
class Choice:
    label: Text
    query: str
    current: bool


@dataclass(frozen=True, slots=True)
class Menu:
    key: str
    title: Text
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Chip:
    sentence: str
    query: str
    """The list without this filter."""


@dataclass(frozen=True, slots=True)
class TabLink:
    title: Text
    query: str
    current: bool
    count: int | None = None
    id: str = ""
    """Of a saved view of one's own; empty for those that everybody has."""


@dataclass(frozen=True, slots=True)
class Page:
    listing: AnyListing
    state: State
    around: "Around"
    shown: Sequence[Column[Any]]
    rows: Sequence[Any]
    """What the listing shows of each record."""
    foot: Sequence[tuple[Column[Any], Cell]]
    count: int
    count_sentence: str
    total: str
    """The count in words: ``more than 200`` where a search found so many that they were not counted."""
    first: int
    last: int
    pages: int
    number: int
    previous: str | None
    next: str | None
    tabs: Sequence[TabLink]
    actions: Sequence[Action]
    query: str


class Around:
    """What stands around the rows: heads, menus, chips, the choice of columns. It follows from the address and from what the filters
    offer, and from nothing else: ``key`` says all of that, so that a page draws it once (``{% remember %}``) and makes it only then.
    """

    def __init__(self, listing: AnyListing, reader: Reader, state: State) -> None:
        self._listing, self._state = listing, state
        self._offered = [one.options(reader) for one in listing.filters]
        # A lazy label is the value's own in each language; a text may be a record's.
        offered = [(o.value, o.label if isinstance(o.label, str) else "") for options in self._offered for o in options]
        self.key = (listing.key, reader.edits, state.query(), *offered)

    @property
    def heads(self) -> list[Head]:
        return [_head(self._state, column) for column in self._listing.columns if column.key in self._state.columns]

    @cached_property
    def _filters(self) -> tuple[list[Menu], list[Menu], list[Chip]]:
        return _filters(self._listing, self._offered, self._state)

    @property
    def menus(self) -> list[Menu]:
        return self._filters[0]

    @property
    def further(self) -> list[Menu]:
        return self._filters[1]

    @property
    def chips(self) -> list[Chip]:
        return self._filters[2]

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Of each column whether it is shown; the first always is."""
        return [
            {"key": c.key, "label": c.title, "shown": c.key in self._state.columns, "fixed": i == 0}
            for i, c in enumerate(self._listing.columns)
        ]

    @property
    def without_search(self) -> str:
        return replace(self._state, search="").query()

    @property
    def everything(self) -> str:
        """The query of the list without search and filters."""
        return replace(self._state, search="", filters={}).query()


def found(listing: AnyListing, reader: Reader, state: State) -> QuerySet[Any]:
    """The records of this state, unordered."""
    rows = listing.find(reader, state.search)
    needed = frozenset({*state.filters})
    rows = listing.annotate(reader, rows, needed)
    for one in listing.filters:
        if value := state.filters.get(one.key, one.always):
            rows = one.apply(rows, value, reader)
    return rows


def ordered(listing: AnyListing, reader: Reader, state: State, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Ordered by the chosen column, then by id, so that no row is on two pages."""
    column = listing.column(state.sort)
    names = column.sort if column else ()
    if state.sort not in state.filters:
        rows = listing.annotate(reader, rows, frozenset({state.sort}))
    return rows.order_by(
        *(_order(rows.model, name, descending=state.descending) for name in names), "pk"
    ).select_related(*listing.related)


def _order(model: type[Model], name: str, *, descending: bool) -> OrderBy:
    """What is empty comes last. Of a field that is never empty that is not said: an index has no order for it."""
    try:
        never_empty = not model._meta.get_field(name).null
    except FieldDoesNotExist:
        never_empty = False
    last = None if never_empty else True
    return F(name).desc(nulls_last=last) if descending else F(name).asc(nulls_last=last)


def list_page(listing: AnyListing, reader: Reader, state: State) -> Page:
    """Everything the template shows of this state."""
    tabs = _tabs(listing, reader, state)
    totals: dict[str, Cell] = {}
    many = False
    found_ids: list[UUID] | None = None
    if listing.tab_counts and state.search:
        found_ids = list(_ids(listing, reader, state)[: MOST_FOUND + 1])
        many = len(found_ids) > MOST_FOUND
        count = min(len(found_ids), MOST_FOUND)
    else:
        count, totals = _totals(listing, reader, state, tabs)
    pages = max(1, -(-count // ROWS_PER_PAGE))
    number = min(state.page, pages)
    start = (number - 1) * ROWS_PER_PAGE
    end = min(start + ROWS_PER_PAGE, count)
    records = _in_order(
        listing, reader, _of_page(listing, reader, state, start) if found_ids is None else found_ids[start:end]
    )
    shown = [c for c in listing.columns if c.key in state.columns]
    return Page(
        listing=listing,
        state=state,
        around=Around(listing, reader, state),
        shown=shown,
        rows=listing.rows(reader, records, state.search, state.columns),
        foot=[(column, totals.get(column.key, Cell())) for column in shown[1:]],
        count=count,
        count_sentence=_("more than %(found)s") % {"found": listing.count_sentence(count)}
        if many
        else listing.count_sentence(count),
        total=_("more than %(n)d") % {"n": count} if many else str(count),
        first=start + 1 if records else 0,
        last=start + len(records),
        pages=pages,
        number=number,
        previous=state.query(page=number - 1) if number > 1 else None,
        next=state.query(page=number + 1) if number < pages else None,
        tabs=tabs,
        actions=[a for a in listing.actions if reader.edits or not a.edits],
        query=state.query(page=number),
    )


def _ids(listing: AnyListing, reader: Reader, state: State) -> QuerySet[Any]:
    """The ids in their order. Of many thousand rows the database sorts what it needs to sort, not whole rows with their joins."""
    return ordered(listing, reader, state, found(listing, reader, state)).values_list("pk", flat=True)


def _of_page(listing: AnyListing, reader: Reader, state: State, start: int) -> list[UUID]:
    """The ids of one page. The same page of the same list is asked again and again: its query is written once a day."""
    page = slice(start, start + ROWS_PER_PAGE)
    active = (state.filters.get(one.key, one.always) for one in listing.filters if one.anew)
    if state.search or any(active):
        return list(_ids(listing, reader, state)[page])
    by_day = replace(reader, formats=OfTheDay(reader.formats))
    key = (listing.key, reader.actor, state.query(), start, by_day.formats.today, by_day.formats.zone)
    asked: list[UUID] = _pages.of(key, lambda: _ids(listing, by_day, state)[page])()
    return asked


_pages = PreparedBy()


def _totals(listing: AnyListing, reader: Reader, state: State, tabs: Sequence[TabLink]) -> tuple[int, dict[str, Cell]]:
    """How many there are, and the foot. Where one query told all tabs, it told the list of the tab that is open, too."""
    known = next((tab.count for tab in tabs if tab.current and tab.count is not None), None)
    # Where one of them is that large, all may be a moment old (``kit.kept``): a short list among them is counted itself.
    old = max(listing.tab_counts, default=0) >= MANY
    if listing.tab_counts and known is not None and (known >= MANY or not old):
        return known, {}
    totals = dict(listing.totals(reader, found(listing, reader, state)))
    return int(str(totals.pop("count").text)), totals


def every_row(listing: AnyListing, reader: Reader, state: State, ids: Sequence[UUID] | None = None) -> Iterator[Any]:
    """All rows of the list in its order, in chunks, for the export; of those with ``ids`` only, where given."""
    rows = found(listing, reader, state)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    keys = list(ordered(listing, reader, state, rows).values_list("pk", flat=True))
    for start in range(0, len(keys), EXPORT_CHUNK):
        records = _in_order(listing, reader, keys[start : start + EXPORT_CHUNK])
        yield from listing.rows(reader, records, "", state.columns)


def _in_order(listing: AnyListing, reader: Reader, keys: Sequence[UUID]) -> list[Any]:
    """These records, whole, in this order; to look at, not to change."""
    place = {key: n for n, key in enumerate(keys)}
    records = _whole.of((listing.key, reader.actor), lambda: _with_joins(listing, reader))
    return sorted(records.seen(keys=keys), key=lambda record: place[record.pk])


_whole = PreparedBy()
"""By list and by who looks: what somebody may see depends on them, and on nothing else."""


def _with_joins(listing: AnyListing, reader: Reader) -> QuerySet[Any]:
    records = listing.find(reader, "").filter(id__among=GivenMany("keys", UUIDField()))
    records = records.select_related(*listing.related)
    return records.only(*listing.loads) if listing.loads else records


def _head(state: State, column: Column[Any]) -> Head:
    direction = ("descending" if state.descending else "ascending") if state.sort == column.key else ""
    return Head(column, state.sorted_by(column.key).query() if column.sort else "", direction)


def _filters(
    listing: AnyListing, offered: Sequence[Sequence[Option]], state: State
) -> tuple[list[Menu], list[Menu], list[Chip]]:
    menus: list[Menu] = []
    further: list[Menu] = []
    chips: list[Chip] = []
    for one, options in zip(listing.filters, offered, strict=True):
        value = state.filters.get(one.key, "")
        choices = [
            Choice(
                o.label,
                state.with_filter(one.key, "" if o.value == one.always else o.value).query(),
                o.value == (value or one.always),
            )
            for o in options
        ]
        if value:
            label = next((o.label for o in options if o.value == value), value)
            chips.append(Chip(str(one.sentence) % {"value": label}, state.with_filter(one.key, "").query()))
        elif choices:
            (menus if one.prominent else further).append(Menu(one.key, one.title, choices))
    return menus, further, chips


_saved = prepared(
    lambda: SavedView.objects.filter(
        organisation_id=Given("organisation", UUIDField()),
        person_id=Given("person", UUIDField()),
        listing=Given("listing", CharField()),
    ).order_by("created_at", "id")
)


def _tabs(listing: AnyListing, reader: Reader, state: State) -> list[TabLink]:
    current = state.query()
    tabs: list[TabLink] = []
    known = iter(listing.tab_counts)
    for tab in listing.tabs:
        view = replace(state, search="", filters=dict(tab.query), page=1)
        count = None
        if tab.counted:
            count = next(known) if listing.tab_counts else found(listing, reader, view).count()
        tabs.append(TabLink(tab.title, view.query(), view.query() == current, count))
    saved = _saved(organisation=reader.actor.organisation_id, person=reader.person.pk, listing=listing.key)
    tabs.extend(TabLink(view.name, view.query, view.query == current, None, str(view.pk)) for view in saved)
    return tabs
