"""The state of a list, as the address holds it: nothing is remembered elsewhere."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from gewerk.entrypoints.web.manager.listing.pieces import AnyListing

LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class State:
    """Search, filters (key to value), order, columns and page of one list. What the address says wrongly is left out."""

    search: str
    filters: Mapping[str, str]
    sort: str
    descending: bool
    columns: tuple[str, ...]
    page: int
    fixed: Mapping[str, str]
    default_sort: str
    default_columns: tuple[str, ...]

    def query(self, *, page: int = 1) -> str:
        """The address's query string for this state; defaults are left out."""
        parts: dict[str, str] = dict(self.fixed)
        if self.search:
            parts["q"] = self.search
        parts.update(self.filters)
        if self.sort != self.default_sort or self.descending:
            parts["sort"] = ("-" if self.descending else "") + self.sort
        if self.columns != self.default_columns:
            parts["columns"] = ".".join(self.columns)
        if page > 1:
            parts["page"] = str(page)
        return urlencode(parts)

    def with_filter(self, key: str, value: str) -> "State":
        """The same list with one filter set, or lifted by an empty value."""
        filters = {k: v for k, v in self.filters.items() if k != key}
        return replace(self, filters={**filters, key: value} if value else filters)

    def sorted_by(self, key: str) -> "State":
        """Order by that column; a second time turns it round."""
        return replace(self, sort=key, descending=self.sort == key and not self.descending)

    @property
    def narrowed(self) -> bool:
        return bool(self.search or self.filters)


def chosen_ids(sent: Sequence[str]) -> list[UUID]:
    """Ids of chosen rows as a form sends them. What is none is left out."""
    found = []
    for text in sent:
        with suppress(ValueError):
            found.append(UUID(text))
    return found


def read_state(listing: AnyListing, asked: QueryDict) -> State:
    """Read the address. Unknown columns, filters and orders are ignored: an old bookmark still opens the list."""
    default_columns = tuple(c.key for c in listing.columns if c.shown)
    # A form sends one "columns" per box, a link all of them in one.
    chosen = [key for value in asked.getlist("columns") for key in value.split(".")]
    columns = tuple(c.key for i, c in enumerate(listing.columns) if c.key in chosen or i == 0) if chosen else ()
    order = asked.get("sort", "")
    key = order.removeprefix("-")
    column = listing.column(key)
    sortable = column is not None and bool(column.sort)
    given = {f.key: (asked.get(f.key) or "").strip()[:LONGEST_SEARCH] for f in listing.filters}
    page = asked.get("page", "1")
    return State(
        search=asked.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH],
        filters={k: v for k, v in given.items() if v and "\x00" not in v},
        sort=key if sortable else listing.default_sort,
        descending=sortable and order.startswith("-"),
        columns=columns or default_columns,
        page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 7 else 1,
        fixed=dict(listing.fixed or {}),
        default_sort=listing.default_sort,
        default_columns=default_columns,
    )
