"""Sources that are fetched over HTTP from the simulated ERP, for tests of several places."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import pytest
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
_LOGIN: dict[str, dict[str, Any]] = {
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


@cache
def loaded(kind: str) -> Export:
    folder = EXPORTS / DATA[kind]
    return open_export(next(folder.glob("*.xlsx"), folder))


@contextmanager
def simulated(kind: str) -> Iterator[SimulatedErp]:
    with SimulatedErp(loaded(kind)) as erp:
        yield erp


def source_settings(kind: str, url: str, **more: Any) -> SourceSettings:
    token = {"token_url": f"{url}/relion/oauth2/{{tenant}}/v2.0/token"} if kind == "relion-one" else {}
    defaults = {"requests_per_second": 1000, "parallel_requests": 4, "patience_seconds": 20}
    return SourceSettings(kind=kind, url=url + _ADDRESS[kind], **{**defaults, **token, **_LOGIN[kind], **more})


def opened(kind: str, url: str, folder: Path, **more: Any) -> Source:
    return open_source(source_settings(kind, url, **more), folder / "snapshot")


def fetched(kind: str, url: str, folder: Path, *, now: datetime = NOW, **more: Any) -> Source:
    return opened(kind, url, folder, **more).fetched(now)


def judged_source(source: Source, **settings: Any) -> Stock:
    return judge(source, Settings(**{"separator": "-", **settings}), AS_OF)
