"""Page after page of one list, in each of the ways that interfaces have."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from gewerk_connect.sources.http import errors
from gewerk_connect.sources.http.erp import Answer, Erp, place
from gewerk_connect.sources.http.rules import HttpRules, Resource


class Page(NamedTuple):
    records: list[dict[str, Any]]
    total: int | None
    """Records of the whole list, as this page announces them; None when the interface does not."""


def pages(
    erp: Erp, rules: HttpRules, resource: Resource, address: str, further: dict[str, str], size: int
) -> Iterator[Page]:
    """Every page of a list. ``further`` are parameters beside those of the rules; ``size`` records are asked for at a time.

    Raises ``ErpError``; every page has been checked for its form, none for its sense.
    """
    paging = rules.paging
    params = {**rules.params, **resource.params, **further}
    headers = {}
    if paging.size_header is not None:
        name, value = paging.size_header
        headers[name] = value.replace("{size}", str(size))
    if paging.size_param:
        params[paging.size_param] = str(size)
    number, come, seen = paging.first_page, 0, set[str]()
    before: list[dict[str, Any]] = []
    while True:
        if paging.style == "page":
            params[paging.page_param] = str(number)
        elif paging.style == "offset":
            params[paging.offset_param] = str(come)
        answer = erp.get(
            resource.name, address, params, headers, fits=lambda answer: _check_form(rules, resource, answer)
        )
        page = Page(place(answer, rules.records), _total(rules, answer))
        yield page
        come += len(page.records)
        if paging.style == "none":
            return
        if paging.style in ("page", "offset"):
            if not page.records or (page.total is not None and come >= page.total):
                return
            if page.records == before:  # a server that has no such page and shows the last one again
                raise errors.moving(resource.name)
            number, before = number + 1, page.records
            continue
        onward = place(answer, paging.next)
        if not onward:
            return
        if onward in seen:
            raise errors.moving(resource.name)
        seen.add(onward)
        if paging.style == "cursor":
            params[paging.cursor_param] = onward
        else:
            address, params = erp.next_address(resource.name, onward, address), {}


def _check_form(rules: HttpRules, resource: Resource, answer: Answer) -> None:
    records = place(answer, rules.records)
    if not isinstance(records, list):
        raise errors.wrong_form(resource.name, f"Liste in {rules.records}" if rules.records else "Liste")
    if not all(isinstance(record, dict) for record in records):
        raise errors.wrong_form(resource.name, "Liste von Sätzen")
    if rules.total and _total(rules, answer) is None:
        raise errors.wrong_form(resource.name, f"Zahl der Sätze in {rules.total}")
    onward = place(answer, rules.paging.next) if rules.paging.next else None
    if onward is not None and not isinstance(onward, str):
        raise errors.wrong_form(resource.name, f"Text in {rules.paging.next}")


def _total(rules: HttpRules, answer: Answer) -> int | None:
    found = place(answer, rules.total) if rules.total else None
    if isinstance(found, str) and found.isascii() and found.isdigit():
        return int(found)
    return found if type(found) is int else None
