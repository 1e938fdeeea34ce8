"""What every page needs before it starts: a session, a form that is really ours, the connection that this session may see."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from gewerk_connect.canonical.refusals import Refusal
from gewerk_connect.service import access, sessions
from gewerk_connect.service.access import NotAllowed, NotFound
from gewerk_connect.service.connections import ConnectionRow, Connections
from gewerk_connect.service.installation import Service
from gewerk_connect.service.looks import Looks
from gewerk_connect.service.schedule import Schedule
from gewerk_connect.service.sessions import Session
from gewerk_connect.service.web.formats import Formats
from gewerk_connect.service.web.plain_words import plainly
from gewerk_connect.service.web.rendering import render
from gewerk_connect.service.web.said import Said
from gewerk_connect.service.web.words import TOASTS

log = logging.getLogger("gewerk_connect.service.web")
_LARGEST_FIELD = 512 * 1024
"""Bytes of one field or file: a mapping file has a few thousand."""
_NO_ZONE = "Europe/Berlin"


class Runs(Protocol):
    """What the pages ask of the engine (``service.engine.Engine``)."""

    def start_run(self, connection_id: str, *, by: str, confirm_fuse: bool = False) -> str: ...
    def cancel(self, connection_id: str, *, by: str = "") -> bool: ...
    def progress(self, connection_id: str) -> Any: ...


@dataclass(slots=True)
class House:
    """What the pages of one process share."""

    service: Service
    engine: Runs
    now: Callable[[], datetime]
    connections: Connections = field(init=False)
    looks: Looks = field(init=False)

    def __post_init__(self) -> None:
        self.connections = Connections(self.service)
        self.looks = Looks(self.service, self.connections, self.now)

    @property
    def cookie(self) -> str:
        """With TLS the browser itself guards that the cookie is ours alone (prefix ``__Host-``)."""
        return "__Host-gewerk_connect" if self.service.configuration.secure else "gewerk_connect"


@dataclass(slots=True)
class Visit:
    """One request of somebody who has the pages open."""

    request: Request
    house: House
    session: Session
    now: datetime
    form: Mapping[str, Any]
    row: ConnectionRow | None
    """The connection the address names; it belongs to the session's tenant."""

    @property
    def connection(self) -> ConnectionRow:
        if self.row is None:
            raise NotFound
        return self.row

    @property
    def connections(self) -> Connections:
        return self.house.connections

    @property
    def looks(self) -> Looks:
        return self.house.looks

    @property
    def language(self) -> str:
        return self.session.language

    @property
    def by(self) -> str:
        """Who acts: the name as it was typed, else the role and whoever vouches for it."""
        return self.session.person or f"{self.session.role.value}@{self.session.issuer}"

    @property
    def formats(self) -> Formats:
        zone = Schedule.of(self.row.schedule).zone if self.row is not None else self.session.zone or _NO_ZONE
        return Formats(self.language, ZoneInfo(zone), self.now)

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query_params

    @property
    def partial(self) -> bool:
        """htmx asks for a piece of the page."""
        return "hx-request" in self.request.headers

    def text(self, name: str) -> str:
        """A field of the form; "" where it was not sent or is a file."""
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """Every value of a field that may be sent several times."""
        return [value for value in cast(FormData, self.form).getlist(name) if isinstance(value, str)]

    @property
    def version(self) -> int:
        """The version that the form was made from; the newest where it names none."""
        text = self.text("version")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else self.connection.version

    def upload(self, name: str) -> bytes | None:
        """A file that was sent; None where none was chosen."""
        value = self.form.get(name)
        return value.file.read(_LARGEST_FIELD) if isinstance(value, UploadFile) and value.filename else None

    def say(self, said: Said) -> str:
        return said.in_(self.language)

    def page(self, template: str, status: int = 200, /, **values: Any) -> Response:
        return HTMLResponse(render(template, {**self._frame(), **values}), status)

    def go(self, path: str) -> Response:
        return RedirectResponse(path, 303)

    def _frame(self) -> dict[str, Any]:
        rows = self.connections.of_tenant(self.session.tenant)
        return {
            **_bare_frame(self.request, self.language),
            "session": self.session,
            "f": self.formats,
            "row": self.row,
            "rows": rows,
            "sets_up": access.sets_up(self.session),
            "may_run": access.runs(self.session),
            "home": _home(self.house, self.session),
            "toasts": TOASTS,
            "toast": self.request.query_params.get("done", ""),
        }


View = Callable[[Visit], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def door(view: View, *, needs: Callable[[Session], bool] = access.runs) -> Endpoint:
    """The endpoint of a page or a form. Views are plain functions: they run on a thread, for they use the database."""

    async def endpoint(request: Request) -> Response:
        form: Mapping[str, Any] = {}
        if request.method == "POST":
            form = await request.form(max_files=1, max_fields=5_000, max_part_size=_LARGEST_FIELD)
        return await run_in_threadpool(_enter, request, form, view, needs)

    return endpoint


def _enter(request: Request, form: Mapping[str, Any], view: View, needs: Callable[[Session], bool]) -> Response:
    house: House = request.app.state.house
    now = house.now()
    session = sessions.find(house.service, request.cookies.get(house.cookie), now)
    if session is None:
        return closed(request, house)
    try:
        if request.method == "POST" and not _ours(request, house, session, form):
            return refusal_page(request, house, session.language, FORM_EXPIRED, 403)
        connection_id = request.path_params.get("connection_id")
        row = access.mine(house.connections, session, connection_id) if connection_id else None
        access.require(needs(session))
        return view(Visit(request, house, session, now, form, row))
    except Refusal as refusal:
        said = Said(plainly(refusal.message("de"), "de"), plainly(refusal.message("en"), "en"))
        status = {NotFound: 404, NotAllowed: 403}.get(type(refusal), 409)
        return refusal_page(request, house, session.language, (_TITLES[status], said), status)


def _ours(request: Request, house: House, session: Session, form: Mapping[str, Any]) -> bool:
    """Whether a form was sent from a page of ours: its origin, and the token that only this session's pages carry."""
    origin = request.headers.get("origin")
    if origin is None:
        if request.headers.get("sec-fetch-site") != "same-origin":
            return False
    elif origin != house.service.configuration.base_url:
        return False
    sent = form.get("form_token")
    return isinstance(sent, str) and secrets.compare_digest(sent.encode(), session.form_token.encode())


_TITLES = {
    404: Said("Hier ist nichts", "There is nothing here"),
    403: Said("Das ist Ihnen nicht erlaubt", "This is not open to you"),
    409: Said("Das geht im Moment nicht", "This is not possible now"),
}
FORM_EXPIRED = (
    Said("Dieses Formular gilt nicht mehr", "This form is no longer valid"),
    Said(
        "Es kam nicht von einer Seite, die Sie hier geöffnet haben, oder die Sitzung ist inzwischen eine andere. Es wurde"
        " nichts geändert. Laden Sie die Seite neu und versuchen Sie es noch einmal.",
        "It did not come from a page that you have open here, or the session is another one by now. Nothing was changed."
        " Load the page anew and try again.",
    ),
)
CLOSED = (
    Said("Die Seite ist nicht geöffnet", "The page is not open"),
    Said(
        "Ihre Sitzung ist zu Ende, oder Sie sind noch nicht aus Gewerk oder Ihrem ERP hierher gekommen. Was Sie"
        " eingegeben haben, ist als Entwurf gespeichert. Öffnen Sie die Seite dort noch einmal.",
        "Your session has ended, or you have not come here from Gewerk or your ERP yet. What you entered is kept as a"
        " draft. Open the page there once more.",
    ),
)


def closed(request: Request, house: House) -> Response:
    """Nobody has the pages open; a piece that htmx asked for makes the whole page load."""
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Refresh": "true"})
    return refusal_page(request, house, house.service.configuration.language, CLOSED, 401)


def refusal_page(request: Request, house: House, language: str, said: tuple[Said, Said], status: int) -> Response:
    """A no as a page: what happened, why, what now."""
    title, sentence = said
    homes = [issuer.home for issuer in house.service.configuration.issuers if issuer.home]
    context = {
        **_bare_frame(request, language),
        "title": title,
        "sentence": sentence,
        "home": homes[0] if homes else "",
    }
    return HTMLResponse(render("refusal.html", context), status)


def _bare_frame(request: Request, language: str) -> dict[str, Any]:
    theme = request.cookies.get("gewerk_theme", "")
    return {
        "language": language,
        "theme": theme if theme in ("light", "dark") else "",
        "embedded": request.headers.get("sec-fetch-dest") in ("iframe", "frame"),
        "path": request.url.path,
    }


def _home(house: House, session: Session) -> str:
    """Where the opener's own pages lie."""
    issuers = house.service.configuration.issuers
    return next((issuer.home for issuer in issuers if issuer.name == session.issuer and issuer.home), "")


def same_origin_path(address: str) -> str:
    """The path of an address of ours, for going back; ``/`` for anything else."""
    parts = urlsplit(address)
    return parts.path if not parts.netloc and parts.path.startswith("/") and not parts.path.startswith("//") else "/"
