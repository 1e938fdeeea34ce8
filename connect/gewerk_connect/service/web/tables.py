"""The customer's own usages and floors: every text of the source with what it becomes, and what another choice would change.

A source may have thousands of texts, so a page shows fifty. What is chosen on any of them waits as a draft until all of it
is saved at once; until then it changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from gewerk_connect.rules.floor import floor
from gewerk_connect.rules.usage import UsageTable
from gewerk_connect.service.access import NotFound
from gewerk_connect.service.connections import VersionConflict
from gewerk_connect.service.web.door import Visit
from gewerk_connect.service.web.forms import Form
from gewerk_connect.service.web.paging import ROWS, Page, page_number
from gewerk_connect.service.web.said import Said
from gewerk_connect.service.web.words import USAGES

_LOWEST, _HIGHEST = -20, 200
"""Floors that a building may have."""
_LONGEST_TEXT = 200
"""Characters of a text of the source."""
_EFFECTS_SHOWN = 8
SHOWN = ("", "open", "own", "changed")
"""Filters of the page: all rows, those that nothing maps, the customer's own, those changed and not yet saved."""


@dataclass(slots=True)
class _Row:
    """One text of the source."""

    text: str
    units: int
    rule: Any
    """What it becomes without the customer's table: a usage, or a floor's number, or None."""
    known: bool
    own: str
    """The customer's saved choice; "" for the default."""
    chosen: str | None = None
    """What was chosen and is not saved yet; "" for the default."""

    @property
    def value(self) -> str:
        return self.own if self.chosen is None else self.chosen


@dataclass(slots=True)
class _Table:
    which: str
    rows: list[_Row]
    errors: dict[str, str] = field(default_factory=dict)
    """Text -> what is wrong with the choice for it."""

    def changed(self) -> list[_Row]:
        return [row for row in self.rows if row.chosen is not None]


def usages(visit: Visit) -> Response:
    return _page(visit, _table(visit, "usages"), Form())


def floors(visit: Visit) -> Response:
    return _page(visit, _table(visit, "floors"), Form())


def save_usages(visit: Visit) -> Response:
    return _save(visit, "usages")


def save_floors(visit: Visit) -> Response:
    return _save(visit, "floors")


def effect(visit: Visit) -> Response:
    """Keeps what was chosen as a draft and shows what it would change, in units."""
    which = visit.request.path_params["which"]
    if which not in ("usages", "floors"):
        raise NotFound
    table = _table(visit, which, _sent(visit))
    waiting = {row.text: row.chosen for row in table.changed()}
    visit.connections.keep_draft(visit.connection.id, which, waiting)
    return visit.page("tables_effect.html", **_effect(table))


def _effect(table: _Table) -> dict[str, Any]:
    """What the choices that are not saved yet would change."""
    changes = []
    for row in table.changed():
        now, then = (value if value != "" else row.rule for value in (row.own, row.value))
        if str(now) != str(then) and row.units:
            changes.append((row.text, row.units, _word(table.which, now), _word(table.which, then)))
    return {
        "changes": changes[:_EFFECTS_SHOWN],
        "more": len(changes[_EFFECTS_SHOWN:]),
        "units": sum(change[1] for change in changes),
        "waiting": len(table.changed()),
    }


def _word(which: str, value: Any) -> Said:
    if which == "usages":
        return USAGES.get(str(value), Said(str(value), str(value)))
    return Said("keine Etage", "no floor") if value in (None, "") else Said(f"Etage {value}", f"floor {value}")


# the rows


def _table(visit: Visit, which: str, sent: Mapping[str, str] | None = None) -> _Table:
    """Every text of the source; what nothing maps comes first. ``sent``: choices that came with this request."""
    settings = visit.connection.document.get("settings", {})
    listed = _inventory(visit).get(which, [])
    if which == "usages":
        own = settings.get("usage_table", {})
        rows = list(_usage_rows(listed, own))
    else:
        own = settings.get("floor_table", {})
        rows = list(_floor_rows(listed, own, settings.get("floor_rule", "gewerk")))
    rows.sort(key=lambda row: row.known)
    seen = {_folded(row.text) for row in rows}
    # what the customer entered and the source does not have now stays, at the end
    rows += [_Row(text, 0, "", True, str(value)) for text, value in own.items() if _folded(text) not in seen]
    _choose(rows, {**_waiting(visit, which), **(sent or {})})
    return _Table(which, rows)


def _usage_rows(listed: Iterable[Mapping[str, Any]], own: Mapping[str, str]) -> Iterable[_Row]:
    table = UsageTable(own)
    for one in listed:
        mine = table.find(one["text"]) or ""
        yield _Row(one["text"], one["units"], one["usage"], bool(one["known"] or mine), mine)


def _floor_rows(listed: Iterable[Mapping[str, Any]], own: Mapping[str, int], rule: str) -> Iterable[_Row]:
    for one in listed:
        by_rule = floor(one["text"], rule, {}) if rule != "gewerk" else one["floor"]
        mine = own.get(one["text"].strip())
        known = by_rule is not None or mine is not None
        yield _Row(one["text"], one["units"], by_rule, known, "" if mine is None else str(mine))


def _choose(rows: list[_Row], choices: Mapping[str, str]) -> None:
    """Puts the choices beside their rows; one that is as saved is none. A text without a row gets one."""
    by_text = {row.text: row for row in rows}
    for text, choice in choices.items():
        if (row := by_text.get(text)) is None:
            row = _Row(text, 0, "", True, "")
            rows.append(row)
        row.chosen = None if choice == row.own else choice


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _inventory(visit: Visit) -> dict[str, Any]:
    look = visit.looks.newest(visit.connection.id, "inventory")
    return look.outcome if look is not None else {}


def _waiting(visit: Visit, which: str) -> dict[str, str]:
    """What was chosen earlier and not saved; the page shows it beside what is in force now."""
    return dict(visit.connection.draft.get(which, {}))


def _sent(visit: Visit) -> dict[str, str]:
    """Text -> choice of the page that was sent, "" for the default; with a further line that may have been added."""
    sent = {}
    for place in range(ROWS):
        text = visit.form.get(f"text_{place}")
        if isinstance(text, str) and text:
            sent[text[:_LONGEST_TEXT]] = visit.text(f"value_{place}")
    if (further := visit.text("further_text")[:_LONGEST_TEXT]) and visit.text("further_value"):
        sent[further] = visit.text("further_value")
    return sent


# saving


def _save(visit: Visit, which: str) -> Response:
    row = visit.connection
    name = "usage_table" if which == "usages" else "floor_table"
    others = {page: kept for page, kept in row.draft.items() if page != which}
    here = f"/connections/{row.id}/{which}{_address(visit)}"
    if visit.text("action") == "discard":
        visit.connections.keep_draft(row.id, which, {})
        return visit.go(here)
    table = _table(visit, which, _sent(visit))
    own = dict(row.document.get("settings", {}).get(name, {}))
    form = Form()
    for one in table.changed():
        folded = _folded(one.text)
        own = {text: value for text, value in own.items() if _folded(text) != folded}
        if one.value == "":
            continue
        choice = _read(which, one.value)
        if choice is None:
            table.errors[one.text] = _wrong(which, one.text).in_(visit.language)
        else:
            own[one.text.strip()] = choice
    if table.errors:
        return _page(visit, table, form, status=422)
    try:
        visit.connections.save(
            row.id,
            version=visit.version,
            by=visit.by,
            at=visit.now,
            event=f"{which}_saved",
            document={**row.document, "settings": {**row.document.get("settings", {}), name: own}},
            draft=others,
        )
    except VersionConflict as conflict:
        form.errors[""] = conflict.message(visit.language)
        return _page(visit, table, form, status=409)
    return visit.go(f"{here}{'&' if '?' in here else '?'}done=saved")


def _read(which: str, value: str) -> str | int | None:
    """The choice as the settings keep it; None for one that cannot be."""
    if which == "usages":
        return value if value in USAGES else None
    number = value.lstrip("-+")
    if number.isascii() and number.isdigit() and len(number) < 5 and _LOWEST <= int(value) <= _HIGHEST:
        return int(value)
    return None


def _wrong(which: str, text: str) -> Said:
    if which == "usages":
        return Said(f"{text}: Wählen Sie eine Nutzung aus der Liste.", f"{text}: choose a usage from the list.")
    return Said(
        f"{text}: Geben Sie eine ganze Zahl ein, 0 ist das Erdgeschoss.",
        f"{text}: enter a whole number, 0 is the ground floor.",
    )


# the page


def _page(visit: Visit, table: _Table, form: Form, *, status: int = 200) -> Response:
    shown, search, number = _asked(visit)
    if table.errors:  # every row that is wrong must be on the page that says so
        shown, search, number = "changed", "", 1
    rows = [row for row in table.rows if _belongs(row, shown, search)]
    rows.sort(key=lambda row: row.text not in table.errors)
    page = Page(number, len(rows), _query(shown, search))
    here = rows[page.offset : page.offset + ROWS]
    form.errors |= {f"value_{at}": table.errors[row.text] for at, row in enumerate(here) if row.text in table.errors}
    return visit.page(
        "tables.html",
        status,
        which=table.which,
        rows_shown=here,
        form=form,
        page=page,
        shown=shown,
        search=search,
        filters={name: sum(_belongs(row, name, "") for row in table.rows) for name in SHOWN},
        open_units=sum(row.units for row in table.rows if not row.known),
        version=visit.connections.get(visit.connection.id).version,
        address=_address(visit),
        **_effect(table),
    )


def _belongs(row: _Row, shown: str, search: str) -> bool:
    if any(word not in row.text.casefold() for word in search.casefold().split()):
        return False
    return {"open": not row.known, "own": row.own != "", "changed": row.chosen is not None}.get(shown, True)


def _asked(visit: Visit) -> tuple[str, str, int]:
    """Filter, search and page of the address."""
    shown = visit.query.get("show", "")
    search = visit.query.get("q", "").strip()[:100]
    return shown if shown in SHOWN else "", search, page_number(visit.query.get("page", ""))


def _query(shown: str, search: str) -> dict[str, str]:
    return {name: value for name, value in (("show", shown), ("q", search)) if value}


def _address(visit: Visit) -> str:
    """The part of the address that says which rows are shown."""
    shown, search, number = _asked(visit)
    query = _query(shown, search)
    return Page(0, 0, query).url(number) if query or number > 1 else ""
