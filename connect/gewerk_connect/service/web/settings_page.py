"""Step 2: the settings of the spec's table. Later the page where they are changed."""

from typing import Any

from starlette.responses import JSONResponse, Response

from gewerk_connect.ledger import open_store
from gewerk_connect.manifests import manifest
from gewerk_connect.service.connections import ConnectionRow, VersionConflict
from gewerk_connect.service.web.door import Visit
from gewerk_connect.service.web.forms import Form
from gewerk_connect.service.web.settings_form import LABELS, differences, read_settings, typed, values_of
from gewerk_connect.service.web.steps import is_done, steps
from gewerk_connect.settings import SEPARATORS, USAGES

SUGGESTIONS = 20


def settings(visit: Visit) -> Response:
    row = visit.connection
    if not is_done(row, visit.looks, "login") and row.stage == "draft":
        return visit.go(f"/connections/{row.id}/login")
    values = values_of(row.document.get("settings", {}), visit.session.country)
    kept = row.draft.get("settings", {})
    typed_before = kept["values"] if kept.get("version") == row.version else {}
    unsaved = row.stage != "draft" and any(values.get(name) != value for name, value in typed_before.items())
    return _page(visit, Form(values | typed_before), {}, unsaved=unsaved)


def save_settings(visit: Visit) -> Response:
    row = visit.connection
    if visit.text("action") == "discard":
        visit.connections.keep_draft(row.id, "settings", {})
        return visit.go(f"/connections/{row.id}/settings")
    inventory = _inventory(visit)
    present = {
        "clients": [client["number"] for client in inventory.get("clients", [])],
        "objects": visit.looks.object_numbers(row.id),
    }
    stored = row.document.get("settings", {})
    form, wanted, numbers = read_settings(visit, present, stored)
    fixed = fixed_separator(visit, row)
    if fixed is not None:
        wanted["separator"] = fixed
        form.errors.pop("separator", None)
    if not form.ok:
        visit.connections.keep_draft(row.id, "settings", {"version": row.version, "values": form.values})
        return _page(visit, form, numbers, status=422)
    try:
        visit.connections.save(
            row.id,
            version=visit.version,
            by=visit.by,
            at=visit.now,
            event="settings_saved",
            data={"changed": differences(stored, wanted)},
            document={**row.document, "settings": wanted},
            draft={name: value for name, value in row.draft.items() if name != "settings"},
        )
    except VersionConflict as conflict:
        form.errors[""] = conflict.message(visit.language)
        return _page(visit, form, numbers, conflict=_conflict(visit, row, wanted), status=409)
    if row.stage == "draft":
        return visit.go(f"/connections/{row.id}/finish")
    return visit.go(f"/connections/{row.id}/plan?done=saved")


def keep_draft(visit: Visit) -> Response:
    """What is being typed, kept without a judgement; the page shows that it was."""
    row = visit.connection
    visit.connections.keep_draft(row.id, "settings", {"version": row.version, "values": typed(visit)})
    return visit.page("settings_draft.html", kept_at=visit.now)


def sums(visit: Visit) -> Response:
    """What would be synced with the clients chosen, and how the ids would look; asked again at each change."""
    return visit.page("settings_sums.html", **_sums(visit, typed(visit)))


def suggest_clients(visit: Visit) -> Response:
    words = visit.query.get("q", "").casefold().split()
    found = [
        client
        for client in _inventory(visit).get("clients", [])
        if all(word in f"{client['number']} {client['name']}".casefold() for word in words)
    ]
    f = visit.formats
    return _suggestions(
        [
            {
                "value": client["number"],
                "label": client["name"],
                "note": _counted(visit, f.number(client.get("property", 0)), f.number(client.get("unit", 0))),
            }
            for client in found[:SUGGESTIONS]
        ],
        len(found),
    )


def suggest_objects(visit: Visit) -> Response:
    clients = [one for one in visit.query.get("clients", "").splitlines() if one]
    found = visit.looks.objects(visit.connection.id, clients, visit.query.get("q", "").strip(), SUGGESTIONS + 1)
    return _suggestions(
        [
            {"value": one.number, "label": one.label, "note": _counted(visit, "", visit.formats.number(one.units))}
            for one in found[:SUGGESTIONS]
        ],
        len(found),
    )


def _suggestions(items: list[dict[str, str]], total: int) -> Response:
    return JSONResponse({"items": items, "more": total > len(items)})


def _counted(visit: Visit, objects: str, units: str) -> str:
    if visit.language == "en":
        return f"{objects} properties, {units} units" if objects else f"{units} units"
    return f"{objects} Objekte, {units} Einheiten" if objects else f"{units} Einheiten"


def _inventory(visit: Visit) -> dict[str, Any]:
    look = visit.looks.newest(visit.connection.id, "inventory")
    return look.outcome if look is not None else {}


def _page(
    visit: Visit,
    form: Form,
    numbers: dict[str, Any],
    *,
    conflict: Any = None,
    unsaved: bool = False,
    status: int = 200,
) -> Response:
    """``unsaved``: the form shows what somebody typed and did not save, beside a connection in operation."""
    row = visit.connection
    inventory = _inventory(visit)
    return visit.page(
        "settings.html",
        status,
        form=form,
        numbers=numbers,
        labels=LABELS,
        inventory=inventory,
        separators=SEPARATORS,
        usages=USAGES,
        doubtful=bool(row.source_kind) and manifest(row.source_kind or "").absence_is_doubtful,
        fixed=fixed_separator(visit, row),
        conflict=conflict,
        unsaved=unsaved,
        version=visit.connections.get(row.id).version,
        steps=steps(row, visit.looks, "settings", visit.language) if row.stage == "draft" else [],
        **_sums(visit, form.values),
    )


def _sums(visit: Visit, values: dict[str, Any]) -> dict[str, Any]:
    inventory = _inventory(visit)
    wanted = set(values.get("clients", "").split())
    clients = [one for one in inventory.get("clients", []) if not wanted or one["number"] in wanted]
    names = ("property", "unit", "tenant", "landlord", "without_email")
    separator = values.get("separator") or "-"
    return {
        "sums": {name: sum(client.get(name, 0) for client in clients) for name in names},
        "all_clients": not wanted,
        "ids": {name: separator.join(parts) for name, parts in inventory.get("ids", {}).items()},
        "narrowed": bool(values.get("objects", "").strip()),
    }


def fixed_separator(visit: Visit, row: ConnectionRow) -> str | None:
    """The separator that the first productive run has fixed (rule 7); None before it."""
    base_url = row.document.get("target", {}).get("base_url", "").rstrip("/")
    if row.stage == "draft" or not base_url:
        return None
    url = row.document.get("state", {}).get("url") or visit.house.service.configuration.url
    with open_store(url, row.id, base_url) as store:
        found: str | None = store.facts()["separator"]
    return found


def _conflict(visit: Visit, row: ConnectionRow, wanted: dict[str, Any]) -> dict[str, Any]:
    """What somebody else has saved meanwhile, and who."""
    newest = visit.connections.get(row.id)
    saved = next(iter(visit.connections.story(row.id, limit=1)), None)
    theirs = values_of(newest.document.get("settings", {}), visit.session.country)
    names = differences(wanted, newest.document.get("settings", {}))
    return {"fields": [(LABELS[name], theirs.get(name, "")) for name in names], "event": saved}
