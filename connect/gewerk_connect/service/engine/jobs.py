"""Jobs and workers as rows: what any process may ask about, also one that carries nothing out itself."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True, frozen=True)
class Progress:
    """A job that has not ended. ``stage``: waiting, reading_target, reading_source, comparing, sending, finishing."""

    job_id: str
    kind: str
    stage: str
    entity: str | None
    done: int
    """Records in this stage; while sending, of the whole run."""
    total: int | None
    rate: float | None
    """Records per second since the stage began."""
    started_at: datetime | None
    """None while it waits for a worker."""
    stage_started_at: datetime | None
    cancelling: bool
    run_id: str | None
    """The run's id in the ledger and at the platform, once there is one."""


@dataclass(slots=True, frozen=True)
class WorkerState:
    executor_id: str
    host: str
    pid: int
    started_at: datetime
    beat_at: datetime
    alive: bool


@dataclass(slots=True, frozen=True)
class Status:
    """For the health page and metrics."""

    workers: tuple[WorkerState, ...]
    """Those alive, and those that fell silent and were not replaced."""
    jobs_waiting: int
    jobs_running: int
    oldest_waiting_at: datetime | None
    parts_left: int
    """Parts of runs that are still to be sent."""
