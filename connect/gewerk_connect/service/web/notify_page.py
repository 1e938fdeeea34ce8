"""Who is told by mail about a connection, and the notices on its page."""

from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email
from starlette.responses import Response

from gewerk_connect.service.schedule import Schedule
from gewerk_connect.service.watch.letters import Letter, letter
from gewerk_connect.service.watch.notices import Notices, Recipients
from gewerk_connect.service.web.door import Visit
from gewerk_connect.service.web.forms import Form

MOST = 20
"""Addresses of one connection."""
_SAID_ELSEWHERE = ("paused", "fuse")
"""The page has a place of its own for these."""


def notices_of(visit: Visit) -> list[Letter]:
    """What the connection's page tells at its top."""
    zone = ZoneInfo(Schedule.of(visit.connection.schedule).zone)
    found = Notices(visit.house.service.engine).open_of(visit.connection.id)
    return [letter(one, visit.language, zone) for one in found if one.kind not in _SAID_ELSEWHERE]


def notify(visit: Visit) -> Response:
    now = Notices(visit.house.service.engine).recipients(visit.connection.id)
    language = now.language if now.addresses else visit.language
    values = {"addresses": "\n".join(now.addresses), "language": language, "every_run": now.every_run}
    return _page(visit, Form(values))


def save_notify(visit: Visit) -> Response:
    row = visit.connection
    typed = visit.text("addresses")
    form = Form({"addresses": typed, "language": visit.text("language"), "every_run": visit.text("every_run")})
    addresses = list(
        dict.fromkeys(line.strip().lower() for line in typed.replace(",", "\n").splitlines() if line.strip())
    )
    wrong = [address for address in addresses if not _is_valid(address)]
    german = visit.language == "de"
    if wrong:
        form.errors["addresses"] = (
            f"Das ist keine E-Mail-Adresse: {wrong[0]}" if german else f"This is no e-mail address: {wrong[0]}"
        )
    elif len(addresses) > MOST:
        form.errors["addresses"] = f"Höchstens {MOST} Adressen." if german else f"At most {MOST} addresses."
    if form.errors:
        return _page(visit, form, status=422)
    language = "en" if form.values["language"] == "en" else "de"
    wanted = Recipients(tuple(addresses), language, bool(form.values["every_run"]))
    Notices(visit.house.service.engine).set_recipients(row.id, wanted)
    visit.connections.record(row.id, visit.now, visit.by, "notify_saved", {"addresses": len(addresses)})
    return visit.go(f"/connections/{row.id}?done=saved")


def _is_valid(address: str) -> bool:
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def _page(visit: Visit, form: Form, *, status: int = 200) -> Response:
    return visit.page("notify.html", status, form=form, can_mail=visit.house.service.configuration.smtp is not None)
