"""What is worth telling about a connection, decided from its rows alone.

A matter has a key: as long as the key is the same it is the same matter, and it is told once. A failure that repeats itself
until the next good run is one matter; another reason is another one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from gewerk_connect.service.connections import ConnectionRow
from gewerk_connect.service.schedule import Schedule
from gewerk_connect.service.watch.facts import Facts

Kind = Literal["failed", "fuse", "silent", "secret_old", "paused", "report"]
SILENT_AFTER = timedelta(days=4)
"""Without a run for so long something is wrong: the default schedule never pauses for more than three days."""
_A_DAY = timedelta(days=1)
_A_WEEK = 7


@dataclass(slots=True, frozen=True)
class Matter:
    kind: Kind
    key: str
    since: datetime
    data: dict[str, Any] = field(default_factory=dict)
    """For the words: never a value of a record."""


def matters(
    row: ConnectionRow, facts: Facts, now: datetime, *, secret_days: int, report_every_run: bool
) -> Iterator[Matter]:
    """``secret_days``: age from which the secret is to be renewed; 0: never."""
    if row.stage == "draft":
        return
    if row.paused_at is not None:
        yield Matter("paused", row.paused_at.isoformat(), row.paused_at, {"reason": row.paused_reason or ""})
    yield from _of_last_run(row, facts)
    if row.paused_at is None:
        yield from _silence(row, facts, now)
    if secret_days:
        yield from _old_secret(row, now, secret_days)
    if report_every_run and facts.last_run_id is not None and facts.last_finished_at is not None:
        fresh = now - facts.last_finished_at < _A_DAY
        if fresh and facts.last_status == "succeeded":
            yield Matter("report", facts.last_run_id, facts.last_finished_at, {"run": facts.last_run_id})


def _of_last_run(row: ConnectionRow, facts: Facts) -> Iterator[Matter]:
    job = facts.job
    if job is None:
        return
    before = facts.last_success_id or "-"
    data = {"run": job.run_id, "code": job.code or "", **job.message}
    if job.status == "stopped_by_fuse":
        yield Matter("fuse", before, job.finished_at, data)
    elif job.status in ("failed", "interrupted") and row.paused_reason != job.code:  # else the pause tells it
        yield Matter("failed", f"{before}:{job.code}", job.finished_at, data)


def _silence(row: ConnectionRow, facts: Facts, now: datetime) -> Iterator[Matter]:
    ended = [moment for moment in (facts.last_finished_at, facts.job and facts.job.finished_at) if moment]
    # one that never ran counts from the slot that it missed
    since = max(ended) if ended else row.next_run_at
    if since is None:
        return
    allowed = max(SILENT_AFTER, longest_pause(Schedule.of(row.schedule)) + _A_DAY)
    if now - since > allowed:
        yield Matter("silent", since.isoformat(), since, {"days": (now - since).days})


def longest_pause(schedule: Schedule) -> timedelta:
    """The longest time between two runs of a schedule."""
    days = sorted(schedule.days)
    return timedelta(days=max((b - a - 1) % _A_WEEK + 1 for a, b in zip(days, days[1:] + days[:1], strict=True)))


def _old_secret(row: ConnectionRow, now: datetime, days: int) -> Iterator[Matter]:
    tried = row.checklist.get("target_tried", {}).get("at")
    since = datetime.fromisoformat(tried) if tried else row.created_at
    if now - since > timedelta(days=days):
        yield Matter("secret_old", since.isoformat(), since, {"days": (now - since).days})
