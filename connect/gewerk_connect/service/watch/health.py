"""Whether the service is able to work, with reasons: for machines and for the operator. Says nothing about any customer."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from gewerk_connect.service.engine import Engine
from gewerk_connect.service.installation import Service

LEAST_FREE = 200 * 2**20
"""Bytes: with less, a run may not find room for what it is about to send."""
LONGEST_WAIT = timedelta(minutes=30)
"""A run that nobody has begun for so long means that workers are missing."""
Weight = Literal["down", "degraded"]


@dataclass(slots=True, frozen=True)
class Reason:
    """``down``: nothing can be done; ``degraded``: it works, but somebody should look."""

    code: str
    weight: Weight
    de: str
    en: str

    def said(self, language: str) -> str:
        return self.en if language == "en" else self.de


@dataclass(slots=True, frozen=True)
class Health:
    reasons: tuple[Reason, ...]
    workers: int
    jobs_waiting: int
    jobs_running: int

    @property
    def status(self) -> str:
        weights = {reason.weight for reason in self.reasons}
        return "down" if "down" in weights else "degraded" if weights else "ok"

    @property
    def ready(self) -> bool:
        return self.status != "down"

    def as_json(self) -> dict[str, object]:
        return {
            "status": self.status,
            "reasons": [{"code": one.code, "de": one.de, "en": one.en} for one in self.reasons],
            "workers": self.workers,
            "jobs": {"waiting": self.jobs_waiting, "running": self.jobs_running},
        }


def look(service: Service, engine: Engine, now: datetime, watched_at: datetime | None = None) -> Health:
    """``watched_at``: when the watch last looked; None where this process does not watch."""
    try:
        with service.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        status = engine.status()
    except SQLAlchemyError as error:
        return Health((_database(type(error).__name__),), 0, 0, 0)
    alive = [one for one in status.workers if one.stopped_at is None and one.executor_id not in status.silent]
    reasons = [*_room(service), *_working(len(alive)), *_queue(status.oldest_waiting_at, now)]
    if watched_at is not None and now - watched_at > timedelta(minutes=10):
        reasons.append(_UNWATCHED)
    return Health(tuple(reasons), len(alive), status.jobs_waiting, status.jobs_running)


def _database(kind: str) -> Reason:
    return Reason(
        "database",
        "down",
        f"Die Zustandsdatenbank antwortet nicht ({kind}). Prüfen Sie state_url, Rechte und ob sie läuft.",
        f"The state database does not answer ({kind}). Check state_url, rights and whether it runs.",
    )


def _room(service: Service) -> Iterator[Reason]:
    free = shutil.disk_usage(service.configuration.data).free
    if free < LEAST_FREE:
        yield Reason(
            "disk",
            "down",
            f"Auf der Platte sind nur noch {free // 2**20} MB frei. Schaffen Sie Platz; bis dahin beginnt kein Lauf sicher.",
            f"Only {free // 2**20} MB are free on the disk. Make room; until then no run begins safely.",
        )


def _working(alive: int) -> Iterator[Reason]:
    if not alive:
        yield Reason(
            "no_worker",
            "down",
            "Kein Worker gibt ein Lebenszeichen: Es kann kein Lauf ausgeführt werden. Starten Sie den Dienst oder einen"
            " Worker.",
            "No worker shows life: no run can be carried out. Start the service or a worker.",
        )


def _queue(oldest: datetime | None, now: datetime) -> Iterator[Reason]:
    if oldest is not None and now - oldest > LONGEST_WAIT:
        minutes = int((now - oldest).total_seconds() // 60)
        yield Reason(
            "queue",
            "degraded",
            f"Ein Lauf wartet seit {minutes} Minuten. Starten Sie mehr Worker oder erhöhen Sie [engine] reads_per_worker.",
            f"A run has been waiting for {minutes} minutes. Start more workers or raise [engine] reads_per_worker.",
        )


_UNWATCHED = Reason(
    "unwatched",
    "degraded",
    "Seit mehr als zehn Minuten hat niemand nach den Anbindungen gesehen. Starten Sie den Dienst neu.",
    "Nobody has looked after the connections for more than ten minutes. Restart the service.",
)
