"""Step 1: the target's key and the way to the ERP, each tried at once. Later the page where they are renewed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.responses import Response

from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.manifests import Field, Manifest, kinds, manifest
from gewerk_connect.service import places
from gewerk_connect.service.access import sets_up
from gewerk_connect.service.connections import ConnectionRow
from gewerk_connect.service.looks import Look
from gewerk_connect.service.trials import Answer, source_problems, try_target
from gewerk_connect.service.web.door import Visit
from gewerk_connect.service.web.forms import Form
from gewerk_connect.service.web.plain_words import plainly
from gewerk_connect.service.web.steps import steps, target_tried
from gewerk_connect.targets import manifest as target_manifest

_WAIT = 4.0
"""Seconds that the page waits for the look at the source before it shows how far it is."""
_OWN_PAGE = frozenset({"mapping"})
"""Entries that have a page of their own."""


def login(visit: Visit) -> Response:
    return _page(visit, _target_form(visit), _source_form(visit))


def try_the_target(visit: Visit) -> Response:
    """*Autorisieren*: tries the credentials and keeps them; those of a running connection only when they are taken."""
    row = visit.connection
    fields = [one for one in target_manifest(row.target_kind).fields if one.name not in _OWN_PAGE]
    form = Form({one.name: visit.text(one.name) for one in fields if not one.secret})
    secrets = visit.connections.secrets(row)
    known = secrets.get("target", {})
    typed = {one.name: visit.text(one.name) or known.get(one.name, "") for one in fields if one.secret}
    for one in fields:
        if one.required and not (form.values.get(one.name) or typed.get(one.name)):
            label = one.label(visit.language)
            form.errors[one.name] = f"{label} fehlt." if visit.language == "de" else f"{label} is missing."
    if form.errors:
        return _page(visit, form, _source_form(visit), status=422)
    entries = {"kind": row.target_kind, **{name: value for name, value in form.values.items() if value}}
    answer = try_target(visit.house.service.configuration, {**entries, **typed})
    if answer.ok or row.stage == "draft":
        document = {**row.document, "target": entries}
        kept = {**secrets, "target": {name: value for name, value in typed.items() if value}}
        checklist = {name: done for name, done in row.checklist.items() if name != "target_tried"}
        if answer.ok:
            checklist["target_tried"] = {"at": visit.now.isoformat(), "by": visit.by}
        visit.connections.save(
            row.id,
            version=row.version,
            by=visit.by,
            at=visit.now,
            event="credentials_saved" if answer.ok else "credentials_entered",
            document=document,
            secrets=kept,
            checklist=checklist,
        )
        visit.row = visit.connections.get(row.id)
    if not answer.ok:
        form.errors[""] = plainly(answer.de if visit.language == "de" else answer.en, visit.language)
    elif row.paused_reason == "credentials_rejected":
        visit.connections.resume(row.id, visit.by, visit.now)
        visit.row = visit.connections.get(row.id)
    return _page(visit, form, _source_form(visit), answer=answer, status=200 if answer.ok else 422)


def try_the_source(visit: Visit) -> Response:
    """Keeps the way to the ERP and looks at everything it holds."""
    row = visit.connection
    form, chosen = _source_form(visit, sent=True)
    if chosen is None:
        return _page(visit, _target_form(visit), (form, chosen), status=422)
    fields = _fields(chosen, form.values["access"])
    secrets = visit.connections.secrets(row)
    same_kind = row.source_kind == chosen.kind
    known = secrets.get("source", {}) if same_kind else {}
    typed = {one.name: visit.text(one.name) or known.get(one.name, "") for one in fields if one.secret}
    entries = _entries(fields, form, chosen)
    complete = {**entries, **{name: value for name, value in typed.items() if value}}
    problems = source_problems(visit.house.service.configuration, complete)
    for name, pair in problems.items():
        form.errors[name] = plainly(pair[0 if visit.language == "de" else 1], visit.language)
    if form.errors:
        return _page(visit, _target_form(visit), (form, chosen), status=422)
    if entries.get("path"):
        configuration = visit.house.service.configuration
        entries["path"] = str(places.check_file(configuration, Path(entries["path"])))
    visit.connections.save(
        row.id,
        version=row.version,
        by=visit.by,
        at=visit.now,
        event="credentials_entered",
        document={**row.document, "source": entries},
        secrets={**secrets, "source": {name: value for name, value in typed.items() if value}},
        name=_name(row, chosen),
        **({} if same_kind else {"mapping": None}),
    )
    visit.row = visit.connections.get(row.id)
    look_at_source(visit, wait=_WAIT)
    return visit.go(f"/connections/{row.id}/login#source")


def look_at_source(visit: Visit, *, wait: float = 0.0) -> Look:
    """Begins the look at what the source holds; the target need not be known yet."""
    row = visit.connection
    document = {**row.document, "settings": row.document.get("settings") or {"separator": "-"}}
    if "base_url" not in document.get("target", {}):
        document["target"] = {"kind": row.target_kind, "base_url": "http://unknown.invalid", "client_id": "-"}
    secrets = visit.connections.secrets(row)
    if not secrets.get("target", {}).get("client_secret"):
        secrets["target"] = {**secrets.get("target", {}), "client_secret": "-"}
    return visit.looks.start(row, "inventory", document=document, secrets=secrets, wait=wait)


def source_answer(visit: Visit) -> Response:
    """How far the look at the source is; asked again and again while it is under way."""
    look = visit.looks.newest(visit.connection.id, "inventory")
    if look is None or look.status != "running":
        answer = visit.page("login_source_answer.html", look=look)
        answer.headers["HX-Refresh"] = "true"
        return answer
    return visit.page("login_source_answer.html", look=look)


def _page(
    visit: Visit,
    target_form: Form,
    source: tuple[Form, Manifest | None],
    *,
    answer: Answer | None = None,
    status: int = 200,
) -> Response:
    row = visit.connection
    source_form, chosen = source
    inventory = visit.looks.newest(row.id, "inventory")
    access = source_form.values.get("access", "")
    secrets = visit.connections.secrets(row) if sets_up(visit.session) else {}
    return visit.page(
        "login.html",
        status,
        target=target_manifest(row.target_kind),
        target_fields=[one for one in target_manifest(row.target_kind).fields if one.name not in _OWN_PAGE],
        target_form=target_form,
        target_tried=target_tried(row),
        answer=answer,
        erps=sorted(((one.kind, one.erp_name) for one in kinds().values()), key=lambda pair: pair[1].casefold()),
        chosen=chosen,
        source_form=source_form,
        access=access,
        plain_fields=[one for one in _fields(chosen, access) if not one.advanced],
        advanced_fields=[one for one in _fields(chosen, access) if one.advanced],
        folders=list(places.folders(visit.house.service.configuration)),
        known={part: sorted(values) for part, values in secrets.items()},
        look=inventory,
        ready=target_tried(row) and inventory is not None and inventory.status == "ready",
        steps=steps(row, visit.looks, "login", visit.language) if row.stage == "draft" else [],
    )


def _target_form(visit: Visit) -> Form:
    row = visit.connection
    stored = row.document.get("target", {})
    one = target_manifest(row.target_kind)
    suggested = ""
    if one.kind == "gewerk":
        issuers = visit.house.service.configuration.issuers
        home = next((issuer.home for issuer in issuers if issuer.name == visit.session.issuer and issuer.home), "")
        suggested = "/".join(home.split("/")[:3])
    else:
        country = visit.session.country or "DE"
        suggested = next((place.base_url for place in one.countries if place.code == country), "")
    return Form({"base_url": suggested, **{name: str(value) for name, value in stored.items()}})


def _source_form(visit: Visit, *, sent: bool = False) -> tuple[Form, Manifest | None]:
    """What the page shows of the way to the ERP; ``sent``: what was just typed."""
    row = visit.connection
    stored: Mapping[str, Any] = row.document.get("source", {})
    asked = visit.text("kind") if sent else visit.query.get("kind", "")
    kind = row.source_kind if row.stage != "draft" else asked or row.source_kind
    if not kind:
        form = Form()
        if sent:
            form.errors["kind"] = "Wählen Sie Ihr ERP." if visit.language == "de" else "Choose your ERP."
        return form, None
    try:
        chosen = manifest(kind)
    except SettingsError as error:
        return Form(errors={"kind": error.message(visit.language)}), None
    wanted = visit.text("access") if sent else visit.query.get("access", "")
    stored_access = "" if stored.get("kind") != kind else _stored_access(stored, chosen)
    access = next((way for way in (wanted, stored_access) if way in chosen.access), chosen.access[0])
    if sent:
        values: dict[str, Any] = {one.name: visit.text(one.name) for one in _fields(chosen, access) if not one.secret}
    elif stored.get("kind") == kind:
        values = {name: _as_text(value) for name, value in stored.items()}
    else:
        values = {one.name: one.default for one in _fields(chosen, access) if one.default and not one.secret}
    return Form({**values, "kind": kind, "access": access}), chosen


def _stored_access(stored: Mapping[str, Any], chosen: Manifest) -> str:
    if "path" in stored:
        return next((way for way in chosen.access if way in ("folder", "file")), "")
    return next((way for way in chosen.access if way in ("url", "database")), "")


def _fields(chosen: Manifest | None, access: str) -> list[Field]:
    return [one for one in chosen.fields_for(access) if one.name not in _OWN_PAGE] if chosen else []


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "\n".join(value) if isinstance(value, list) else str(value)


def _entries(fields: list[Field], form: Form, chosen: Manifest) -> dict[str, Any]:
    """What is kept: only what was filled in, numbers and lists as such."""
    entries: dict[str, Any] = {"kind": chosen.kind}
    for one in fields:
        text = str(form.values.get(one.name, ""))
        if one.secret or (not text and one.input != "yes_no"):
            continue
        if one.input == "yes_no":
            if text:
                entries[one.name] = True
        elif one.input == "list":
            entries[one.name] = [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]
        elif one.input == "number":
            entries[one.name] = _number(text)
        else:
            entries[one.name] = text
    return entries


def _number(text: str) -> int | float | str:
    """What is no number stays as it was typed: the check of the entries says so."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return text
    return int(value) if value.is_integer() else value


def _name(row: ConnectionRow, chosen: Manifest) -> str:
    """A draft is called after its ERP until somebody gives it another name."""
    return f"Stammdaten aus {chosen.erp_name}"[:200] if row.stage == "draft" else row.name
