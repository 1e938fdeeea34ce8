"""The mapping file: which column feeds which field. To read, change, try, keep, download and upload."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.responses import PlainTextResponse, Response

from gewerk_connect.canonical.refusals import Refusal
from gewerk_connect.manifests import manifest
from gewerk_connect.service.access import NotFound
from gewerk_connect.service.connections import VersionConflict
from gewerk_connect.service.history import History
from gewerk_connect.service.looks import Look
from gewerk_connect.service.web.door import Visit
from gewerk_connect.service.web.forms import Form
from gewerk_connect.service.web.mapping_table import codes_of, edited, sections_of
from gewerk_connect.sources.mapping_file import load_mapping

_WAIT = 4.0
_UNKNOWN_SHOWN = 50
_COMPARED = ("property", "unit", "tenant", "landlord", "without_email")


def mapping(visit: Visit) -> Response:
    return _page(visit, Form({"text": _typed(visit)}))


def save_mapping(visit: Visit) -> Response:
    """*Wirkung ansehen* tries the file on the source; *Speichern* keeps it; *Vorgabe* goes back to the source's own.

    As tables or as text, as the address says; what the tables do not show stays as it is written.
    """
    if not _as_text(visit) and visit.text("action") != "default":
        return _save_tables(visit)
    upload = visit.upload("file")
    try:
        text = upload.decode("utf-8-sig") if upload is not None else visit.text("text")
    except UnicodeDecodeError:
        wrong = "Die Datei ist kein Text in UTF-8." if visit.language == "de" else "The file is no text in UTF-8."
        return _page(visit, Form({"text": visit.text("text")}, {"file": wrong}), status=422)
    form = Form({"text": text.replace("\r\n", "\n").strip() + "\n"})
    action = visit.text("action")
    if action == "default":
        return _keep(visit, form, None)
    if problem := _problem(visit, form.values["text"]):
        form.errors["text"] = problem
        return _page(visit, form, status=422)
    return _try_or_keep(visit, form)


def _save_tables(visit: Visit) -> Response:
    form = Form({"text": _typed(visit)})
    try:
        form.values["text"], form.errors = edited(form.values["text"], visit)
    except ValueError as error:
        german = f"[{error}] lässt sich nur als Text ändern. Öffnen Sie „Als Text (TOML)“."
        form.errors[""] = german if visit.language == "de" else f"[{error}] can be changed as text only."
    if form.ok and (problem := _problem(visit, form.values["text"])):
        form.errors[""] = problem
    if not form.ok:
        return _page(visit, form, status=422)
    return _try_or_keep(visit, form)


def _try_or_keep(visit: Visit, form: Form) -> Response:
    row = visit.connection
    visit.connections.keep_draft(row.id, "mapping", {"text": form.values["text"]})
    if visit.text("action") == "save":
        return _keep(visit, form, form.values["text"] if form.values["text"] != _own(visit) else None)
    visit.looks.forget(row.id, "preview")
    document = {**row.document, "settings": row.document.get("settings") or {"separator": "-"}}
    visit.looks.start(row, "preview", document=document, mapping=form.values["text"], wait=_WAIT)
    return visit.go(f"/connections/{row.id}/mapping{'?as=text' if _as_text(visit) else ''}#effect")


def mapping_effect(visit: Visit) -> Response:
    """How far the trial is."""
    look = visit.looks.newest(visit.connection.id, "preview")
    answer = visit.page("mapping_effect.html", preview=look, compared=_compared(visit, look))
    if look is None or look.status != "running":
        answer.headers["HX-Refresh"] = "true"
    return answer


def download(visit: Visit) -> Response:
    name = f"mapping-{visit.connection.source_kind}.toml"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(_text(visit), media_type="application/toml; charset=utf-8", headers=headers)


def _keep(visit: Visit, form: Form, text: str | None) -> Response:
    row = visit.connection
    try:
        visit.connections.save(
            row.id,
            version=visit.version,
            by=visit.by,
            at=visit.now,
            event="mapping_saved",
            mapping=text,
            draft={name: value for name, value in row.draft.items() if name != "mapping"},
        )
    except VersionConflict as conflict:
        form.errors[""] = conflict.message(visit.language)
        return _page(visit, form, status=409)
    visit.looks.forget(row.id, "preview")
    visit.row = visit.connections.get(row.id)
    document = {**row.document, "settings": row.document.get("settings") or {"separator": "-"}}
    visit.looks.start(visit.connection, "inventory", document=document, wait=_WAIT)
    return visit.go(f"/connections/{row.id}/mapping?done=saved")


def _problem(visit: Visit, text: str) -> str:
    """Why the file cannot be used; "" when it can."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mapping.toml"
        path.write_text(text, encoding="utf-8")
        try:
            load_mapping(path)
        except Refusal as refusal:
            return refusal.message(visit.language)
    return ""


def _own(visit: Visit) -> str:
    kind = visit.connection.source_kind
    if kind is None:
        raise NotFound
    return (manifest(kind).folder / "mapping.toml").read_text(encoding="utf-8")


def _as_text(visit: Visit) -> bool:
    return visit.query.get("as") == "text"


def _typed(visit: Visit) -> str:
    """What was tried and not saved yet, else what is in force."""
    kept: str | None = visit.connection.draft.get("mapping", {}).get("text")
    return kept or _text(visit)


def _text(visit: Visit) -> str:
    return visit.connection.mapping or _own(visit)


def _compared(visit: Visit, preview: Look | None) -> list[tuple[str, int, int]]:
    """What is counted -> now, with the mapping tried."""
    now = visit.looks.newest(visit.connection.id, "inventory")
    if preview is None or preview.status != "ready" or now is None:
        return []

    def total(look: Look, name: str) -> int:
        return sum(client.get(name, 0) for client in look.outcome.get("clients", []))

    rows = [(name, total(now, name), total(preview, name)) for name in _COMPARED]
    findings = [sum(look.outcome.get("findings", {}).values()) for look in (now, preview)]
    return [*rows, ("findings", *findings)]


def _unknown_values(visit: Visit) -> list[tuple[str, str, bool, int]]:
    """(column, value, is a usage, how often) that the last run could not map, the commonest first."""
    history = History(visit.house.service)
    last = history.last(visit.connection)
    if last is None:
        return []
    counted: Counter[tuple[str, str, bool]] = Counter()
    for found in history.findings(visit.connection, last):
        if found.code in ("unmapped_value", "unmapped_usage") and found.detail:
            counted[found.column or "", found.detail, found.code == "unmapped_usage"] += 1
    return [(*key, count) for key, count in counted.most_common(_UNKNOWN_SHOWN)]


def _page(visit: Visit, form: Form, *, status: int = 200) -> Response:
    row = visit.connection
    preview: Any = visit.looks.newest(row.id, "preview")
    unknown = _unknown_values(visit) if row.stage != "draft" else []
    as_text = _as_text(visit)
    return visit.page(
        "mapping.html",
        status,
        form=form,
        changed=row.mapping is not None,
        preview=preview,
        compared=_compared(visit, preview),
        unknown=unknown,
        as_text=as_text,
        sections=[] if as_text else sections_of(form.values["text"]),
        codes=[] if as_text else codes_of(form.values["text"], [one[:2] for one in unknown if not one[2]]),
        sent=visit.text if form.errors and not as_text else None,
        version=visit.connections.get(row.id).version,
    )
