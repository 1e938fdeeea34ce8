"""Answers of an entity set: the listing that the options ask for, its pages, and the link to the next one."""

from dataclasses import dataclass
from functools import total_ordering
from itertools import groupby
from typing import Any
from urllib.parse import quote, urlencode

from gewerk_connect.sim.listing import Listing, Page, Shown, Values, page_at, start_after
from gewerk_connect.sim.odata.filter import Comparison
from gewerk_connect.sim.odata.options import Options, Order
from gewerk_connect.sim.request import Request


def narrowed(listing: Listing, chosen: tuple[Comparison, ...], order: tuple[Order, ...]) -> Listing:
    """The listing after ``$filter`` and ``$orderby``. Looks at every row once: keep it for the following pages."""
    if not chosen and not order:
        return listing
    rows = [
        (row, twin)
        for _, twins in groupby(listing.rows, key=listing.place)
        for twin, row in enumerate(twins)
        if all(comparison.holds(listing.show(row, twin)) for comparison in chosen)
    ]

    def values(row: tuple[Any, int]) -> Values:
        shown = listing.show(*row) if order else {}
        return (*(shown[by.field] for by in order), *listing.values(row[0]), row[1])

    def comparable(values: Values) -> Any:
        ordered = [_Sortable.of(value, by.descending) for value, by in zip(values, order, strict=False)]
        return (*ordered, listing.comparable(values[len(order) : -1]), values[-1])

    made = Listing(rows, values, lambda row, _: listing.show(*row), comparable)
    if order:
        rows.sort(key=made.place)
    return made


def page_of(listing: Listing, options: Options) -> Page:
    """One page of a narrowed listing. A skiptoken says where to go on: ``$skip`` was spent on the first page."""
    if options.skiptoken is None:
        start = min(options.skip, len(listing.rows))
    else:
        start = start_after(listing, options.skiptoken)
    return page_at(listing, start, options.page_size, None if options.top is None else start + options.top)


def envelope(page: Page, request: Request, options: Options, context: str) -> tuple[Shown, dict[str, str]]:
    """Body and headers (OData JSON format 4.01, 4.5 and 12; protocol 4.01, 8.2.8.6)."""
    body: Shown = {"@odata.context": context}
    if options.count:
        body["@odata.count"] = page.total
    body["value"] = page.rows
    if page.cursor is not None:
        body["@odata.nextLink"] = _next_link(page.cursor, request, options)
    headers = {"OData-Version": "4.0"}
    if options.preferred:
        headers["Preference-Applied"] = f"odata.maxpagesize={options.page_size}"
    return body, headers


def odata_problem(status: int, message: str) -> Shown:
    """The body of an error (OData JSON format 4.01, 21)."""
    code = {400: "BadRequest", 401: "Unauthorized", 404: "NotFound", 429: "TooManyRequests"}.get(status, "Internal")
    return {"error": {"code": code, "message": message}}


def _next_link(cursor: str, request: Request, options: Options) -> str:
    query = {name: value for name, value in request.query.items() if name not in ("$skip", "$top", "$skiptoken")}
    if options.top is not None:
        query["$top"] = str(options.top - options.page_size)
    query["$skiptoken"] = cursor
    return f"{request.base}{request.path}?{urlencode(query, quote_via=quote, safe='$')}"


@total_ordering
@dataclass(frozen=True, slots=True)
class _Sortable:
    """Nothing first, then numbers, then texts; the other way round when descending."""

    rank: int
    value: Any
    descending: bool

    @classmethod
    def of(cls, value: Any, descending: bool) -> "_Sortable":
        if value is None:
            return cls(0, 0, descending)
        return cls(2 if isinstance(value, str) else 1, value, descending)

    def __lt__(self, other: "_Sortable") -> bool:
        mine, others = (self.rank, self.value), (other.rank, other.value)
        return others < mine if self.descending else mine < others
