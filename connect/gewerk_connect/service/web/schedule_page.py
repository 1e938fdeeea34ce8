"""Name and schedule of a connection."""

from datetime import timedelta
from zoneinfo import available_timezones

from pydantic import ValidationError
from starlette.responses import Response

from gewerk_connect.service.connections import VersionConflict
from gewerk_connect.service.schedule import DAYS, Schedule
from gewerk_connect.service.web.door import Visit
from gewerk_connect.service.web.forms import Form
from gewerk_connect.service.web.said import Said

_WRONG = {
    "time": Said("Geben Sie eine Uhrzeit ein, etwa 02:00.", "Enter a time of day, such as 02:00."),
    "zone": Said(
        "Diese Zeitzone gibt es nicht. Ein Beispiel: Europe/Berlin.",
        "There is no such time zone. An example: Europe/Berlin.",
    ),
}


def schedule(visit: Visit) -> Response:
    row = visit.connection
    now = Schedule.of(row.schedule)
    days = [DAYS[number] for number in now.days]
    return _page(visit, Form({"name": row.name, "days": days, "time": now.time, "zone": now.zone}))


def save_schedule(visit: Visit) -> Response:
    row = visit.connection
    german = visit.language == "de"
    form = Form({"name": visit.text("name")[:200], "time": visit.text("time"), "zone": visit.text("zone")})
    form.values["days"] = [day for day in DAYS if day in visit.texts("days")]
    if not form.values["name"]:
        form.errors["name"] = "Geben Sie einen Namen ein." if german else "Enter a name."
    if not form.values["days"]:
        form.errors["days"] = (
            "Wählen Sie mindestens einen Tag. Soll gar kein Lauf beginnen, halten Sie die Anbindung an."
            if german
            else "Choose one day at least. If no run is to begin, pause the connection."
        )
    try:
        wanted = Schedule.model_validate(
            {"days": form.values["days"] or ["mon"], "time": form.values["time"], "zone": form.values["zone"]}
        )
    except ValidationError as error:
        for item in error.errors():
            name = str(item["loc"][0])
            form.errors[name] = visit.say(_WRONG.get(name, Said(item["msg"], item["msg"])))
        return _page(visit, form, status=422)
    if form.errors:
        return _page(visit, form, status=422)
    stored = {"days": form.values["days"], "time": wanted.time, "zone": wanted.zone}
    try:
        visit.connections.save(
            row.id,
            version=visit.version,
            by=visit.by,
            at=visit.now,
            event="schedule_saved",
            data=stored,
            name=form.values["name"],
            schedule=stored,
            next_run_at=None if row.stage == "draft" else wanted.next_after(visit.now),
        )
    except VersionConflict as conflict:
        form.errors[""] = conflict.message(visit.language)
        return _page(visit, form, status=409)
    return visit.go(f"/connections/{row.id}?done=saved")


def _page(visit: Visit, form: Form, *, status: int = 200) -> Response:
    row = visit.connection
    upcoming = []
    moment = visit.now
    for _ in range(4):
        moment = Schedule.of(row.schedule).next_after(moment)
        upcoming.append(moment)
        moment += timedelta(seconds=1)
    return visit.page(
        "schedule.html",
        status,
        form=form,
        days=list(enumerate(DAYS)),
        zones=sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")),
        upcoming=upcoming,
        version=visit.connections.get(row.id).version,
    )
