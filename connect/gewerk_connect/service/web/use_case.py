"""The use case's page: next run, last runs, what is to be done, pause, run now, the way to production."""

from datetime import datetime
from typing import Any

from starlette.responses import Response

from gewerk_connect.manifests import manifest as source_manifest
from gewerk_connect.service import sessions
from gewerk_connect.service.connections import ConnectionRow
from gewerk_connect.service.history import History
from gewerk_connect.service.schedule import Schedule
from gewerk_connect.service.web.door import Visit
from gewerk_connect.service.web.forms import Form
from gewerk_connect.service.web.notify_page import notices_of
from gewerk_connect.service.web.plan import finding_groups
from gewerk_connect.service.web.said import Said
from gewerk_connect.service.web.steps import first_open

RUNS_SHOWN = 8
STORY_SHOWN = 8


def overview(visit: Visit) -> Response:
    row = visit.connection
    if row.stage == "draft":
        return visit.go(f"/connections/{row.id}/{first_open(row, visit.looks)}")
    return _page(visit, Form({"name": visit.session.person or ""}))


def _page(visit: Visit, fuse_form: Form, *, status: int = 200) -> Response:
    row = visit.connection
    history = History(visit.house.service)
    total, runs = history.runs(row, limit=RUNS_SHOWN)
    last = next((run for run in runs if not run.under_way), None)
    return visit.page(
        "use_case.html",
        status,
        runs=runs,
        runs_total=total,
        last=last,
        groups=finding_groups(last.outcome, visit.language) if last else [],
        progress=visit.house.engine.progress(row.id),
        stopped=last is not None and last.status == "stopped_by_fuse",
        tripped=last.outcome.get("tripped", []) if last else [],
        fuse_form=fuse_form,
        checklist=checklist(row, history.first_success(row)),
        story=visit.connections.story(row.id, STORY_SHOWN),
        why_paused=why_paused(row),
        notices=notices_of(visit),
        schedule_words=_schedule_words(visit),
        erp_name=source_manifest(row.source_kind).erp_name if row.source_kind else "",
    )


def _schedule_words(visit: Visit) -> str:
    """``Dienstag, Donnerstag, Sonntag um 02:00 Uhr``."""
    schedule = Schedule.of(visit.connection.schedule)
    days = ", ".join(visit.formats.weekday(day) for day in schedule.days)
    return f"{days} um {schedule.time} Uhr" if visit.language == "de" else f"{days} at {schedule.time}"


def progress(visit: Visit) -> Response:
    """The live card; when the run has ended the page is loaded anew."""
    found = visit.house.engine.progress(visit.connection.id)
    answer = visit.page("progress.html", progress=found)
    if found is None:
        answer.headers["HX-Refresh"] = "true"
    return answer


def run_now(visit: Visit) -> Response:
    row = visit.connection
    if row.stage == "draft":
        return visit.go(f"/connections/{row.id}")
    visit.house.engine.start_run(row.id, by=visit.by)
    visit.connections.record(row.id, visit.now, visit.by, "run_asked", {})
    return visit.go(f"/connections/{row.id}?done=started")


def stop_run(visit: Visit) -> Response:
    row = visit.connection
    if visit.house.engine.cancel(row.id, by=visit.by):
        visit.connections.record(row.id, visit.now, visit.by, "run_stopped", {})
    return visit.go(f"/connections/{row.id}?done=stopping")


def pause(visit: Visit) -> Response:
    row = visit.connection
    if row.stage != "draft":
        visit.connections.pause(row.id, "by_hand", visit.by, visit.now)
    return visit.go(f"/connections/{row.id}?done=paused")


def resume(visit: Visit) -> Response:
    visit.connections.resume(visit.connection.id, visit.by, visit.now)
    return visit.go(f"/connections/{visit.connection.id}?done=resumed")


def confirm_fuse(visit: Visit) -> Response:
    """Who confirms says their name; it stands in the story with the moment, and the run is started."""
    row = visit.connection
    name = visit.text("name")[:100]
    if len(name) < 3:
        wrong = "Geben Sie Ihren Namen ein." if visit.language == "de" else "Enter your name."
        return _page(visit, Form({"name": name}, {"name": wrong}), status=422)
    visit.session = sessions.change(visit.house.service, visit.session, person=name)
    visit.connections.record(row.id, visit.now, name, "fuse_confirmed", {})
    visit.house.engine.start_run(row.id, by=name, confirm_fuse=True)
    visit.looks.forget(row.id, "plan")
    return visit.go(f"/connections/{row.id}?done=started")


def remove_draft(visit: Visit) -> Response:
    """Only what never ran can be dropped here; a connection in operation is paused."""
    visit.connections.remove_draft(visit.connection.id)
    visit.looks.forget(visit.connection.id, "inventory")
    visit.looks.forget(visit.connection.id, "plan")
    return visit.go("/?done=removed")


# the way to production


def sign_off(visit: Visit) -> Response:
    """The customer's acceptance of the test operation, with a name and the moment."""
    row = visit.connection
    name = visit.text("name")[:100]
    form = Form({"name": name, "checked": visit.text("checked")})
    german = visit.language == "de"
    if len(name) < 3:
        form.errors["name"] = "Geben Sie Ihren Namen ein." if german else "Enter your name."
    if not form.values["checked"]:
        form.errors["checked"] = (
            "Bestätigen Sie, dass Sie Zahlen und Stichproben verglichen haben."
            if german
            else "Confirm that you have compared numbers and samples."
        )
    if History(visit.house.service).first_success(row) is None:
        form.errors[""] = "Zuerst muss ein Lauf fertig sein." if german else "First a run must have finished."
    if form.errors:
        return _sign_off_page(visit, form, status=422)
    visit.session = sessions.change(visit.house.service, visit.session, person=name)
    visit.connections.tick(row.id, visit.now, name, "signed_off")
    return visit.go(f"/connections/{row.id}?done=signed")


def sign_off_page(visit: Visit) -> Response:
    return _sign_off_page(visit, Form({"name": visit.session.person or "", "checked": ""}))


def _sign_off_page(visit: Visit, form: Form, *, status: int = 200) -> Response:
    last = History(visit.house.service).last(visit.connection)
    return visit.page("sign_off.html", status, form=form, last=last, done=visit.connection.checklist.get("signed_off"))


def checklist(row: ConnectionRow, first_success: datetime | None) -> list[dict[str, Any]]:
    """The way to production: each step, whether it is done, by whom and when, and where it is done."""
    base = f"/connections/{row.id}"
    skipped = row.checklist.get("test_skipped")
    begun = Said("Mit einem Testkonto begonnen", "Begun with a test account")
    if skipped:
        begun = Said("Testkonto übersprungen", "Test account skipped")
    signed, live = row.checklist.get("signed_off"), row.checklist.get("went_live")
    return [
        _item(begun, skipped or row.checklist.get("plan_seen")),
        _item(Said("Ersten Plan angesehen", "First plan looked at"), row.checklist.get("plan_seen"), f"{base}/plan"),
        _item(
            Said("Erster Lauf fertig", "First run finished"),
            {"at": first_success.isoformat(), "by": ""} if first_success else None,
        ),
        _item(Said("Abnahme", "Sign-off"), signed, f"{base}/sign-off" if first_success else ""),
        _item(
            Said("Produktivkonto", "Production account"),
            live or (skipped if row.stage == "production" else None),
            f"{base}/go-live" if signed else "",
        ),
    ]


def _item(label: Said, done: dict[str, str] | None, url: str = "") -> dict[str, Any]:
    at = datetime.fromisoformat(done["at"]) if done else None
    return {"label": label, "at": at, "by": done["by"] if done else "", "url": url}


def why_paused(row: ConnectionRow) -> Said | None:
    """Why no run begins by itself, and what to do, in words."""
    if row.paused_at is None:
        return None
    return _WHY_PAUSED.get(row.paused_reason or "", _WHY_PAUSED["by_hand"])


_WHY_PAUSED = {
    "by_hand": Said(
        "Die Anbindung ist angehalten: Von selbst beginnt kein Lauf. Mit „Fortsetzen“ gilt der Zeitplan wieder.",
        "The connection is paused: no run begins by itself. With “Resume” the schedule holds again.",
    ),
    "credentials_rejected": Said(
        "Das Ziel nimmt die Zugangsdaten nicht mehr an, vermutlich wurde das Geheimnis gewechselt. Die Anbindung hat sich deshalb"
        " angehalten, es geht nichts verloren. Tragen Sie das aktuelle Client-Geheimnis ein, dann geht es von selbst weiter.",
        "The target no longer accepts the credentials, the secret was probably rotated. The connection has paused itself,"
        " nothing is lost. Enter the current client secret, then it goes on by itself.",
    ),
}
