"""What a request asks of an entity set: ``$filter $orderby $top $skip $count $skiptoken`` and ``Prefer``."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from gewerk_connect.sim.listing import LARGEST_PAGE, USUAL_PAGE
from gewerk_connect.sim.odata.filter import Comparison, parse_filter
from gewerk_connect.sim.request import Refused, Request

_KNOWN = ("$filter", "$orderby", "$top", "$skip", "$count", "$skiptoken")
_PAGE_SIZE = re.compile(r"odata\.maxpagesize\s*=\s*(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Order:
    field: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Options:
    filter: tuple[Comparison, ...]
    order: tuple[Order, ...]
    top: int | None
    skip: int
    count: bool
    skiptoken: str | None
    page_size: int
    preferred: bool
    """The page size is the client's wish."""


def options_of(request: Request, fields: Collection[str], moments: Collection[str]) -> Options:
    """Raises ``Refused`` (400) for an option or value that is not understood."""
    query = request.query
    for name in query:
        if name.startswith("$") and name not in _KNOWN:
            raise Refused(400, f"{name} is not understood ({' '.join(_KNOWN)} are)")
    count = query.get("$count", "false")
    if count not in ("true", "false"):
        raise Refused(400, "$count is true or false")
    wish = _PAGE_SIZE.search(request.headers.get("prefer", ""))
    return Options(
        filter=parse_filter(query["$filter"], fields, moments) if "$filter" in query else (),
        order=_order(query["$orderby"], fields) if "$orderby" in query else (),
        top=request.count("$top", 0, least=0) if "$top" in query else None,
        skip=request.count("$skip", 0, least=0),
        count=count == "true",
        skiptoken=query.get("$skiptoken"),
        page_size=max(1, min(int(wish[1]), LARGEST_PAGE)) if wish else USUAL_PAGE,
        preferred=wish is not None,
    )


def _order(text: str, fields: Collection[str]) -> tuple[Order, ...]:
    found = []
    for part in text.split(","):
        words = part.split()
        if len(words) not in (1, 2) or words[0] not in fields or words[1:] not in ([], ["asc"], ["desc"]):
            raise Refused(400, f"$orderby: not understood: {part.strip()}")
        found.append(Order(words[0], words[1:] == ["desc"]))
    return tuple(found)
