"""Runs that cannot be lost: whoever asks writes a job, workers carry it out, on one machine or on many.

Owns jobs, workers and the order of a run's parts. The outbox of the ledger is the truth; what is delivered here twice or
killed half-way does no harm (docs/decisions/0008). Never decides what is to be sent, never shows a page.
Read first: ``front.py`` (what everybody calls), ``parts.py`` (what a part of a run does), ``durable.py`` (the only place
that knows the library which brings parts to workers).
"""

from gewerk_connect.service.engine.front import AlreadyWorking, Engine, Status
from gewerk_connect.service.engine.jobs import Job, Progress
from gewerk_connect.service.engine.parts import Runnable
from gewerk_connect.service.engine.workers import WorkerState
from gewerk_connect.service.limits import Limits

__all__ = ["AlreadyWorking", "Engine", "Job", "Limits", "Progress", "Runnable", "Status", "WorkerState"]
