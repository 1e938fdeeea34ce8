"""The engine's tables, beside the ledger's and the service's in the state database."""

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, Table, Text

from gewerk_connect.ledger.schema import Moment

metadata = MetaData()

jobs = Table(
    "service_jobs",
    metadata,
    Column("id", Text, primary_key=True, comment="connection and slot, or connection and a number of its own"),
    Column("connection_id", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("slot_at", Moment, comment="of the schedule; empty: asked for by hand"),
    Column("confirm_fuse", Boolean, nullable=False),
    Column("status", Text, nullable=False, comment="waiting, running, then what became of it"),
    Column("open", Text, unique=True, comment="the connection until the job has ended: one at a time"),
    Column("carried_as", Text, comment="protocol under which it was handed to workers"),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("tries", Integer, nullable=False, comment="how often reading and comparing began"),
    Column("run_id", Text, comment="the run's id in the ledger and at the platform, once there is one"),
    Column("code", Text, comment="why it cannot go on"),
    Column("message", Text, comment="JSON: de, en"),
    Column("cancelled_by", Text),
    Column("cancelled_at", Moment, comment="asked for; the status says whether it has come to pass"),
    Column("stage", Text, comment="reading_target, reading_source, comparing, sending, archiving, finishing"),
    Column("entity", Text),
    Column("done", Integer, nullable=False),
    Column("total", Integer),
    Column("stage_at", Moment, comment="when this stage began; for all of the sending, when it began"),
    Index("service_jobs_by_connection", "connection_id", "asked_at"),
)

workers = Table(
    "service_workers",
    metadata,
    Column("executor_id", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("protocol", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("beats", Integer, nullable=False, comment="signs of life; whether it still counts is what others look at"),
    Column("beat_at", Moment, nullable=False),
    Column("stopped_at", Moment, comment="it ended of itself and works at nothing any more"),
)
