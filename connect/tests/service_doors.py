"""A service with its pages, a visitor who has them open, and a real engine that carries out what is asked."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

from exports_here import EXPORTS
from gewerk_connect.service.configuration import Configuration, Issuer
from gewerk_connect.service.connections import Connections, Tenant
from gewerk_connect.service.engine import Engine
from gewerk_connect.service.installation import Service, open_service
from gewerk_connect.service.web.app import make_app
from gewerk_connect.service.web.door import House
from issuing import Issuing
from standin import StandIn
from starlette.applications import Starlette
from starlette.testclient import TestClient

BASE = "http://127.0.0.1:8001"
_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Visitor:
    """Somebody with the pages open, who sends forms as a browser would."""

    client: TestClient
    form_token: str = ""
    page: str = ""
    """The last page's HTML."""
    status: int = 0

    def get(self, path: str, status: int = 200) -> str:
        return self._seen(self.client.get(path), status)

    def post(self, path: str, status: int = 200, /, **form: Any) -> str:
        data = {"form_token": self.form_token, **form}
        return self._seen(self.client.post(path, data=data, headers={"origin": BASE}), status)

    @property
    def text(self) -> str:
        """The page's text without marks."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.page)).split())

    @property
    def path(self) -> str:
        return self._path

    def _seen(self, answer: Any, status: int) -> str:
        self.page, self.status, self._path = answer.text, answer.status_code, answer.url.path
        assert answer.status_code == status, f"{answer.status_code} {answer.url}: {self.text[:800]}"
        if found := _TOKEN.search(self.page):
            self.form_token = found.group(1)
        return self.page


@dataclass
class Doors:
    """One installation with its application."""

    service: Service
    house: House
    app: Starlette
    gewerk: Issuing
    erp: Issuing

    def visitor(self, *, issuer: Issuing | None = None, at: datetime | None = None, **claims: Any) -> Visitor:
        """Opens the pages with a link."""
        visitor = Visitor(TestClient(self.app, base_url=BASE))
        token = (issuer or self.gewerk).token(BASE, at or now(), **claims)
        visitor.get(f"/open?link={token}")
        return visitor


@contextmanager
def opened(folder: Path, **configured: Any) -> Iterator[Doors]:
    gewerk, erp = Issuing("gewerk"), Issuing("wodis")
    entries: dict[str, Any] = {
        "data": folder / "data",
        "base_url": BASE,
        "roots": (EXPORTS, folder),
        "issuers": (
            Issuer(name="gewerk", public_key=gewerk.public_key, home="http://127.0.0.1:8000/integrations/"),
            Issuer(name="wodis", public_key=erp.public_key),
        ),
    }
    configuration = Configuration(**{**entries, **configured})
    with open_service(configuration) as service:
        engine = Engine(service, Connections(service), now=now, limits=configuration.engine)
        app = make_app(configuration)
        app.state.house = house = House(service, engine, now)
        try:
            yield Doors(service, house, app, gewerk, erp)
        finally:
            house.looks.close()
            engine.stop()


def activate(visitor: Visitor, api: StandIn, export: Path = EXPORTS / "sigma", kind: str = "wodis-sigma") -> str:
    """Steps 1 and 2, as somebody types them; returns the connection's id."""
    visitor.post("/targets/gewerk/activate")
    base = visitor.path.removesuffix("/login")
    visitor.post(f"{base}/login/target", base_url=api.url, client_id=api.client_id, client_secret=api.secret)
    visitor.post(f"{base}/login/source", kind=kind, access="folder", path=str(export))
    looked(visitor, f"{base}/login/source/answer")
    visitor.get(f"{base}/settings")
    visitor.post(f"{base}/settings", **settings_form(separator="-"))
    assert visitor.path == f"{base}/finish", visitor.text
    return base.rpartition("/")[2]


def looked(visitor: Visitor, progress: str) -> None:
    """Waits as the page does, until the look at ``progress`` has ended."""
    wait_for(lambda: visitor.client.get(progress).headers.get("hx-refresh"))


def settings_form(**changed: Any) -> dict[str, Any]:
    """The fields of the settings page as a browser sends them when nothing is changed."""
    return {
        "vacant_units": "yes",
        "lead_days": "60",
        "grace_days": "0",
        "fuse_minimum": "10",
        "fuse_percent": "5",
        "tenants_without_email": "skip",
        "floor_rule": "gewerk",
        "country": "DE",
        "clients": "",
        "objects": "",
        "objects_gone": "",
        **changed,
    }


def wait_for(what: Callable[[], Any], seconds: float = 60.0) -> Any:
    """What ``what`` answers once it is true."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come to pass")


TENANT = Tenant("gewerk", "org-1")
