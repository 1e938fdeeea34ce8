"""Which integrations need somebody's eye: the last run failed or was stopped, or no run has been reported for days."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Literal
from uuid import UUID

from gewerk.journal.actor import Actor
from gewerk.portfolio.models import Integration, IntegrationRun, RunStatus
from gewerk.portfolio.queries.findings import latest_runs

SILENT_AFTER = timedelta(days=4)
"""Without a run for so long something is wrong: the default schedule (Tuesday, Thursday, Sunday) never pauses for more than three days."""
_LOOKED_AT = 12
"""Days with a run from which an integration's own rhythm is read."""
_REMEMBERED = timedelta(days=365)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Trouble:
    kind: Literal["failed", "stopped_by_fuse", "silent"]
    integration: Integration
    run: IntegrationRun
    """The last one."""
    since: datetime


def allowed_silence(days: Iterable[date]) -> timedelta:
    """How long an integration with runs on these days may rest: four days, or its usual pause and a day."""
    newest = sorted(set(days))[-_LOOKED_AT:]
    pauses = [(b - a).days for a, b in pairwise(newest)]
    return max(SILENT_AFTER, timedelta(days=median(pauses)) + _A_DAY) if pauses else SILENT_AFTER


def heard_at(run: IntegrationRun) -> datetime:
    """When the connector last let itself be heard about a run."""
    return max(run.created_at, run.finished_at or run.started_at)


def silent_since(last: IntegrationRun, days: Iterable[date], now: datetime) -> datetime | None:
    """Since when an integration has been silent for too long; None while it may rest."""
    heard = heard_at(last)
    return heard if now - heard > allowed_silence(days) else None


def run_days(integrations: Sequence[UUID], now: datetime) -> dict[UUID, list[date]]:
    """The days on which runs of the last year began, by integration, in one query."""
    found: dict[UUID, list[date]] = defaultdict(list)
    rows = IntegrationRun.objects.filter(integration__in=integrations, started_at__gt=now - _REMEMBERED)
    for integration_id, started_at in rows.values_list("integration_id", "started_at"):
        found[integration_id].append(started_at.date())
    return found


def integration_trouble(actor: Actor, *, now: datetime) -> list[Trouble]:
    """In the order of ``latest_runs``; at most one per integration."""
    runs = latest_runs(actor)
    days = run_days([run.integration_id for run in runs], now)
    found = []
    for run in runs:
        since = silent_since(run, days[run.integration_id], now)
        if since is not None:
            found.append(Trouble("silent", run.integration, run, since))
        elif run.status in (RunStatus.FAILED, RunStatus.STOPPED_BY_FUSE):
            kind: Literal["failed", "stopped_by_fuse"] = (
                "failed" if run.status == RunStatus.FAILED else "stopped_by_fuse"
            )
            found.append(Trouble(kind, run.integration, run, run.finished_at or run.started_at))
    return found


def run_before(run: IntegrationRun) -> IntegrationRun | None:
    """The run before this one that came to an end of its own."""
    earlier = IntegrationRun.objects.filter(integration=run.integration_id, number__lt=run.number)
    return earlier.exclude(status=RunStatus.INTERRUPTED).defer("findings").order_by("-number").first()
