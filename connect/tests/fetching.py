"""Sources that are fetched over HTTP from the simulated ERP, for tests of several places."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
from exports_here import AS_OF, EXPORTS
from gewerk_connect.settings import Settings
from gewerk_connect.sim import Export, SimulatedErp, open_export
from gewerk_connect.source_settings import SourceSettings
from gewerk_connect.sources import Source, open_source
from gewerk_connect.stock import Stock, judge

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DATA = {
    "wodis-sigma": "sigma",
    "wodis-yuneo": "sigma",
    "gap-immotion": "sigma",
    "relion-one": "sigma",
    "sap-blue-eagle": "sap",
    "uts-karthago": "karthago",
}
"""Kind -> the export that the simulated ERP serves in its dialect."""
LISTS = {
    "wodis-sigma": (
        *("mandanten", "wirtschaftseinheiten", "objekte", "verwaltungseinheiten", "geschaeftspartner", "vertraege"),
        *("vertrag_einheiten", "vertragspartner"),
    ),
    "wodis-yuneo": ("mandanten", "wirtschaftseinheiten", "gebaeude", "verwaltungseinheiten", "personen", "vertraege"),
    "gap-immotion": ("mandanten", "objekte", "einheiten", "adressen", "vertraege"),
    "relion-one": (
        *("companies", "economicUnits", "buildings", "units", "contacts", "contracts", "contractUnits"),
        "contractContacts",
    ),
    "sap-blue-eagle": (
        *("Buchungskreise", "Wirtschaftseinheiten", "Gebaeude", "Mietobjekte", "Geschaeftspartner", "Vertraege"),
        *("Vertragsobjekte", "Vertragspartner"),
    ),
    "uts-karthago": ("firmen", "objekte", "einheiten", "adressen", "vertraege"),
}
LOGIN: dict[str, dict[str, Any]] = {
    "wodis-sigma": {"token": "sim-key"},
    "wodis-yuneo": {"client_id": "sim", "client_secret": "sim-secret"},
    "gap-immotion": {"user": "sim", "password": "sim-secret"},
    "relion-one": {"tenant": "verzeichnis", "client_id": "sim", "client_secret": "sim-secret"},
    "sap-blue-eagle": {"user": "sim", "password": "sim-secret"},
    "uts-karthago": {"token": "sim-token"},
}
_ADDRESS = {
    "wodis-sigma": "/wodis-sigma/v1",
    "wodis-yuneo": "/wodis-yuneo",
    "gap-immotion": "/gap/rest",
    "relion-one": "/relion/v2.0/sim/production/api/relion/immo/v1.0",
    "sap-blue-eagle": "/sap/opu/odata4/sap/refx/0001",
    "uts-karthago": "/karthago/api",
}


@dataclass
class Clock:
    """A clock that a test turns."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@cache
def loaded(kind: str) -> Export:
    folder = EXPORTS / DATA[kind]
    return open_export(next(folder.glob("*.xlsx"), folder))


@contextmanager
def simulated(kind: str) -> Iterator[SimulatedErp]:
    with SimulatedErp(loaded(kind)) as erp:
        yield erp


def source_settings(kind: str, url: str, *, like: str | None = None, **more: Any) -> SourceSettings:
    """``like``: the kind whose dialect is spoken, where another source reads it."""
    dialect = like or kind
    token = {"token_url": f"{url}/relion/oauth2/verzeichnis/v2.0/token"} if dialect == "relion-one" else {}
    quick = {"requests_per_second": 1000, "parallel_requests": 4, "patience_seconds": 20}
    return SourceSettings(kind=kind, url=url + _ADDRESS[dialect], **{**quick, **token, **LOGIN[dialect], **more})


def opened(kind: str, url: str, folder: Path, **more: Any) -> Source:
    return open_source(source_settings(kind, url, **more), folder / "snapshot")


def fetched(kind: str, url: str, folder: Path, *, now: datetime = NOW, **more: Any) -> Source:
    return opened(kind, url, folder, **more).fetched(now)


def judged_source(source: Source, **settings: Any) -> Stock:
    return judge(source, Settings(**{"separator": "-", **settings}), AS_OF)


def fault(url: str, dialect: str, resource: str, kind: str, **more: Any) -> None:
    """Has the simulated ERP make a mistake."""
    body = {"dialect": dialect, "resource": resource, "fault": kind, **more}
    httpx2.post(f"{url}/_sim/faults", json=body).raise_for_status()


def no_faults(url: str) -> None:
    httpx2.delete(f"{url}/_sim/faults").raise_for_status()


def requests_of(url: str, dialect: str) -> dict[str, int]:
    """How often each list was asked for since the simulated ERP began."""
    counts = httpx2.get(f"{url}/_sim/requests").json()["by_resource"]
    return {name.partition("/")[2]: of["requests"] for name, of in counts.items() if name.partition("/")[0] == dialect}


def change(url: str, table: str, key: dict[str, str], **values: str) -> None:
    body = {"key": key, "set": values}
    httpx2.patch(f"{url}/_sim/rows/{table}", json=body).raise_for_status()


def delete(url: str, table: str, key: dict[str, str]) -> None:
    httpx2.request("DELETE", f"{url}/_sim/rows/{table}", json={"key": key}).raise_for_status()


def insert(url: str, table: str, row: dict[str, str]) -> None:
    httpx2.post(f"{url}/_sim/rows/{table}", json={"row": row}).raise_for_status()
