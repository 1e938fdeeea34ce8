"""Metrics in Prometheus' form. A connection is named by its opaque id, never by a name or a customer.

What concerns runs is read from the state database when somebody asks, so every process of an installation tells the same
and nothing is lost with a process. What passes over the network is counted in the process where it passes.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gewerk_connect import meter
from gewerk_connect.service.connections import Connections
from gewerk_connect.service.engine import Engine
from gewerk_connect.service.installation import Service
from gewerk_connect.service.watch.facts import facts_of
from gewerk_connect.service.watch.notices import Notices

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_P = "gewerk_connect"


class _Traffic:
    """Requests and waits of this process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            f"{_P}_requests",
            "Requests of this process to ERPs and targets, by HTTP status; none: there was no answer.",
            ("side", "status"),
            registry=registry,
        )
        self._waits = Counter(
            f"{_P}_wait_seconds",
            "Seconds for which this process held back because an ERP or a target asked for it or failed.",
            ("side",),
            registry=registry,
        )

    def asked(self, side: meter.Side, status: int | None) -> None:
        self._requests.labels(side, str(status) if status is not None else "none").inc()

    def waited(self, side: meter.Side, seconds: float) -> None:
        self._waits.labels(side).inc(seconds)


class _Installation(Collector):
    """What the state database knows."""

    def __init__(
        self, service: Service, connections: Connections, engine: Engine, notices: Notices, now: Callable[[], datetime]
    ) -> None:
        self._service, self._connections, self._engine = service, connections, engine
        self._notices, self._now = notices, now

    def collect(self) -> Iterator[Metric]:
        now = self._now()
        yield from self._of_connections(now)
        yield from self._of_engine(now)
        yield from self._of_notices()

    def _of_connections(self, now: datetime) -> Iterator[Metric]:
        one = ("connection",)
        runs = CounterMetricFamily(f"{_P}_runs", "Runs that have ended, by result.", labels=("connection", "result"))
        records = GaugeMetricFamily(
            f"{_P}_last_run_records",
            "Records of the last run that has ended, by entity and outcome.",
            labels=("connection", "entity", "outcome"),
        )
        findings = GaugeMetricFamily(
            f"{_P}_last_run_findings", "Findings of the last run, by code.", labels=("connection", "code")
        )
        seconds = GaugeMetricFamily(f"{_P}_last_run_duration_seconds", "Duration of the last run.", labels=one)
        age = GaugeMetricFamily(f"{_P}_last_success_age_seconds", "Since the last run that went through.", labels=one)
        paused = GaugeMetricFamily(f"{_P}_paused", "1: no run begins by itself.", labels=one)
        rows = self._connections.active()
        facts = facts_of(self._service, rows)
        for row in rows:
            known = facts[row.id]
            paused.add_metric([row.id], float(row.paused_at is not None))
            for result, count in sorted(known.counts.items()):
                runs.add_metric([row.id, result], count)
            for entity, outcomes in known.last_outcome.get("counts", {}).items():
                for outcome, count in outcomes.items():
                    records.add_metric([row.id, entity, outcome], count)
            for code, count in known.last_outcome.get("findings", {}).get("by_code", {}).items():
                findings.add_metric([row.id, code], count)
            if known.last_started_at is not None and known.last_finished_at is not None:
                seconds.add_metric([row.id], (known.last_finished_at - known.last_started_at).total_seconds())
            if known.last_success_at is not None:
                age.add_metric([row.id], (now - known.last_success_at).total_seconds())
        yield from (runs, records, findings, seconds, age, paused)

    def _of_engine(self, now: datetime) -> Iterator[Metric]:
        status = self._engine.status()
        jobs = GaugeMetricFamily(f"{_P}_jobs", "Runs that were asked for and have not ended.", labels=("state",))
        jobs.add_metric(["waiting"], status.jobs_waiting)
        jobs.add_metric(["running"], status.jobs_running)
        yield jobs
        oldest = status.oldest_waiting_at
        waits = (now - oldest).total_seconds() if oldest is not None else 0.0
        yield GaugeMetricFamily(f"{_P}_oldest_waiting_seconds", "Since the longest waiting run was asked for.", waits)
        workers = GaugeMetricFamily(f"{_P}_workers", "Workers, by whether they show life.", labels=("state",))
        alive = [one for one in status.workers if one.stopped_at is None]
        workers.add_metric(["alive"], sum(one.executor_id not in status.silent for one in alive))
        workers.add_metric(["silent"], len(status.silent))
        yield workers

    def _of_notices(self) -> Iterator[Metric]:
        open_ = GaugeMetricFamily(f"{_P}_open_notices", "Matters that somebody should look at.", labels=("kind",))
        counts: dict[str, int] = {}
        for notice in self._notices.all_open():
            counts[notice.kind] = counts.get(notice.kind, 0) + 1
        for kind, count in sorted(counts.items()):
            open_.add_metric([kind], count)
        yield open_


class Metrics:
    """The metrics of one process."""

    def __init__(
        self, service: Service, connections: Connections, engine: Engine, notices: Notices, now: Callable[[], datetime]
    ) -> None:
        self._registry = CollectorRegistry()
        meter.listen(_Traffic(self._registry))
        self._registry.register(_Installation(service, connections, engine, notices, now))

    def text(self) -> bytes:
        return generate_latest(self._registry)
