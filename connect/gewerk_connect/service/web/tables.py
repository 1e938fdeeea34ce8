"""The customer's own usages and floors: every text of the source with what it becomes, and what another choice would change."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from gewerk_connect.rules.floor import floor
from gewerk_connect.rules.usage import UsageTable
from gewerk_connect.service.connections import VersionConflict
from gewerk_connect.service.web.door import Visit
from gewerk_connect.service.web.forms import Form
from gewerk_connect.service.web.said import Said
from gewerk_connect.service.web.words import USAGES

_LOWEST, _HIGHEST = -20, 200
"""Floors that a building may have."""
_Row = dict[str, Any]


def usages(visit: Visit) -> Response:
    return _page(visit, "usages", _usage_rows(visit), Form())


def floors(visit: Visit) -> Response:
    return _page(visit, "floors", _floor_rows(visit), Form())


def save_usages(visit: Visit) -> Response:
    rows = _usage_rows(visit)
    chosen = _chosen(visit, rows)
    return _save(visit, "usages", rows, Form(), {text: value for text, value in chosen.items() if value in USAGES})


def save_floors(visit: Visit) -> Response:
    rows = _floor_rows(visit)
    form = Form()
    table: dict[str, int] = {}
    for place, (text, value) in enumerate(_chosen(visit, rows).items()):
        if not value:
            continue
        number = value.lstrip("-+")
        if number.isascii() and number.isdigit() and _LOWEST <= int(value) <= _HIGHEST:
            table[text] = int(value)
        else:
            german = f"{text}: Geben Sie eine ganze Zahl ein, 0 ist das Erdgeschoss."
            form.errors[f"value_{place}"] = (
                german if visit.language == "de" else f"{text}: enter a whole number, 0 is the ground floor."
            )
    return _save(visit, "floors", rows, form, table)


def effect(visit: Visit) -> Response:
    """What the choices on the page would change, in units; nothing is saved."""
    which = visit.request.path_params["which"]
    rows = _usage_rows(visit) if which == "usages" else _floor_rows(visit)
    chosen = _chosen(visit, rows)
    changes = []
    for row in rows:
        wanted = chosen.get(row["text"], row["own"])
        now = row["own"] if row["own"] != "" else row["rule"]
        then = wanted if wanted != "" else row["rule"]
        if str(now) != str(then) and row["units"]:
            changes.append((row["text"], row["units"], _word(which, now), _word(which, then)))
    return visit.page("tables_effect.html", changes=changes, units=sum(change[1] for change in changes))


def _word(which: str, value: Any) -> Said:
    if which == "usages":
        return USAGES.get(str(value), Said(str(value), str(value)))
    return Said("keine Etage", "no floor") if value in (None, "") else Said(f"Etage {value}", f"floor {value}")


def _usage_rows(visit: Visit) -> list[_Row]:
    """Every usage of the source: its text, how many units, what it becomes by default, and the customer's own choice."""
    own: Mapping[str, str] = visit.connection.document.get("settings", {}).get("usage_table", {})
    folded = UsageTable(own)
    rows = [
        {
            "text": one["text"],
            "units": one["units"],
            "rule": one["usage"],
            "known": one["known"] or folded.find(one["text"]) is not None,
            "own": folded.find(one["text"]) or "",
        }
        for one in _inventory(visit).get("usages", [])
    ]
    return _with_own(sorted(rows, key=lambda row: row["known"]), own)


def _floor_rows(visit: Visit) -> list[_Row]:
    """The same for floors; what no rule recognises comes first."""
    settings = visit.connection.document.get("settings", {})
    own: Mapping[str, int] = settings.get("floor_table", {})
    rule = settings.get("floor_rule", "gewerk")
    rows = []
    for one in _inventory(visit).get("floors", []):
        by_rule = floor(one["text"], rule, {}) if rule != "gewerk" else one["floor"]
        mine = own.get(one["text"].strip(), "")
        rows.append(
            {
                "text": one["text"],
                "units": one["units"],
                "rule": by_rule,
                "known": by_rule is not None or mine != "",
                "own": mine,
            }
        )
    return _with_own(sorted(rows, key=lambda row: row["known"]), own)


def _with_own(rows: list[_Row], own: Mapping[str, Any]) -> list[_Row]:
    """What the customer entered and the source does not have now stays, at the end."""
    listed = {" ".join(row["text"].casefold().split()) for row in rows}
    return rows + [
        {"text": text, "units": 0, "rule": "", "known": True, "own": value}
        for text, value in own.items()
        if " ".join(text.casefold().split()) not in listed
    ]


def _inventory(visit: Visit) -> dict[str, Any]:
    look = visit.looks.newest(visit.connection.id, "inventory")
    return look.outcome if look is not None else {}


def _chosen(visit: Visit, rows: list[_Row]) -> dict[str, str]:
    """Text -> choice, "" for the default; with a further line that may have been added."""
    chosen = {row["text"]: visit.text(f"value_{place}") for place, row in enumerate(rows)}
    if further := visit.text("further_text")[:200]:
        chosen[further] = visit.text("further_value")
    return chosen


def _save(visit: Visit, which: str, rows: list[_Row], form: Form, table: Mapping[str, Any]) -> Response:
    row = visit.connection
    for place, one in enumerate(rows):
        one["own"] = visit.text(f"value_{place}")
    if form.errors:
        return _page(visit, which, rows, form, status=422)
    settings = {**row.document.get("settings", {}), "usage_table" if which == "usages" else "floor_table": dict(table)}
    try:
        visit.connections.save(
            row.id,
            version=visit.version,
            by=visit.by,
            at=visit.now,
            event=f"{which}_saved",
            document={**row.document, "settings": settings},
        )
    except VersionConflict as conflict:
        form.errors[""] = conflict.message(visit.language)
        return _page(visit, which, rows, form, status=409)
    return visit.go(f"/connections/{row.id}/{which}?done=saved")


def _page(visit: Visit, which: str, rows: list[_Row], form: Form, *, status: int = 200) -> Response:
    return visit.page(
        "tables.html",
        status,
        which=which,
        table=rows,
        form=form,
        open_units=sum(row["units"] for row in rows if not row["known"]),
        version=visit.connections.get(visit.connection.id).version,
    )
