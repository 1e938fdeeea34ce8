"""The engine's tables, beside the ledger's and the service's in the state database."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, MetaData, Table, Text

from gewerk_connect.ledger.schema import Moment

metadata = MetaData()

jobs = Table(
    "service_jobs",
    metadata,
    Column("id", Text, primary_key=True, comment="connection and slot, or connection and a number of its own"),
    Column("connection_id", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="apply, plan"),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("slot_at", Moment, comment="of the schedule; empty: asked for by hand"),
    Column("confirm_fuse", Boolean, nullable=False),
    Column("status", Text, nullable=False, comment="waiting, running, then what became of it"),
    Column("open", Text, unique=True, comment="connection and kind until it has ended: one at a time"),
    Column("carried_as", Text, comment="protocol under which it was handed to workers"),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("tries", Integer, nullable=False, comment="how often reading and comparing began"),
    Column("run_no", Integer, comment="of the ledger, once there is one"),
    Column("code", Text, comment="why it failed"),
    Column("message", Text, comment="JSON: de, en"),
    Column("cancelled_by", Text),
    Column("cancelled_at", Moment, comment="asked for; the status says whether it has come to pass"),
    Column("stage", Text, comment="what is under way: reading_target, reading_source, comparing, sending, finishing"),
    Column("entity", Text),
    Column("done", Integer),
    Column("total", Integer),
    Column("stage_at", Moment, comment="when this stage began"),
    Column("outcome", Text, comment="JSON of a plan"),
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
    Column("beat_seconds", Float, nullable=False),
    Column("stopped_at", Moment, comment="it ended of itself and holds nothing any more"),
)
