"""A list, page by page, in the four ways that APIs page; with guards against a server that does not page as we think."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from gewerk_client import NotFound, Unavailable

from gewerk_connect.push import TargetError
from gewerk_connect.targets.plentific.mapping_file import Paging
from gewerk_connect.targets.plentific.records import get

Fetch = Callable[[dict[str, str]], Any]
"""A page's JSON for these query parameters."""


def pages(fetch: Fetch, paging: Paging, query: dict[str, str], id_field: str) -> Iterator[list[dict[str, Any]]]:
    """Every page's records. Raises ``Unavailable`` when fewer came than there should be, so that it is read again."""
    fixed = {**query, **({paging.limit: str(paging.size)} if paging.limit else {})}
    position: str | None = {"offset": "0", "page": str(paging.first_page)}.get(paging.style)
    seen: set[str] = set()
    total: int | None = None
    first = True
    while first or position is not None:
        params = fixed if position is None else _at(paging, fixed, position)
        try:
            page = fetch(params)
        except NotFound:
            if first or paging.style != "page":
                raise
            return  # some APIs answer the page after the last one so
        items = _items(page, paging)
        ids = {str(get(item, id_field)) for item in items}
        if items and ids <= seen:
            raise _stuck()
        seen |= ids
        yield items
        total = _total(page, paging)
        position = _next(paging, page, position, len(items))
        if total is not None and len(seen) >= total:
            return
        first = False
    if total is not None and len(seen) < total:
        raise Unavailable(f"the list ended after {len(seen)} of {total} records")


def _at(paging: Paging, fixed: dict[str, str], position: str) -> dict[str, str]:
    if paging.style == "next":  # only what the address asks: the token goes to no other host
        return {**fixed, **dict(parse_qsl(urlsplit(position).query))}
    assert paging.position is not None
    return {**fixed, paging.position: position}


def _next(paging: Paging, page: Any, position: str | None, count: int) -> str | None:
    if paging.style in ("cursor", "next"):
        found = get(page, paging.next or "")
        return str(found) if found else None
    if not count:
        return None
    return str(int(position or 0) + (count if paging.style == "offset" else 1))


def _items(page: Any, paging: Paging) -> list[dict[str, Any]]:
    found = get(page, paging.items) if paging.items else page
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise TargetError(
            "mapping_does_not_fit",
            f"In der Antwort von Plentific stehen die Datensätze nicht unter „{paging.items}“. Berichtigen Sie [paging]"
            " items in der Zuordnung ([target] mapping).",
            f'The records of Plentific\'s answer are not at "{paging.items}". Correct [paging] items in the mapping'
            " ([target] mapping).",
        )
    return found


def _total(page: Any, paging: Paging) -> int | None:
    found = get(page, paging.total) if paging.total else None
    return found if isinstance(found, int) else None


def _stuck() -> TargetError:
    return TargetError(
        "mapping_does_not_fit",
        "Plentific gibt immer dieselbe Seite: Die Angaben unter [paging] in der Zuordnung ([target] mapping) passen"
        " nicht. Vergleichen Sie sie mit der API-Dokumentation Ihres Kontos.",
        "Plentific gives the same page again and again: [paging] in the mapping ([target] mapping) does not fit."
        " Compare it with the API documentation of your account.",
    )
