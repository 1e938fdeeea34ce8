"""The tables. Wide and append-only (``intents``) apart from narrow and read whole (``records``): the diff reads only these.

An intent's ``seq`` is ``run << 40 | step << 32 | position``: unique everywhere, contiguous per step of a run, so that
one receipt row covers a whole batch answered alike, and confirming a batch is one statement and not one per record.
A run is cut into ``parts`` so that several workers may send it; what was found before it is sent lies in
``sealed_runs``, so that another process may finish it.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData()

_Text = Text(collation="C").with_variant(Text(), "sqlite")
"""Sorted by code points on every database, as Python sorts: the diff merges sorted streams."""
_Seq = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite makes only an INTEGER primary key the row's own id."""


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite itself keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Any) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Any) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


connections = Table(
    "connections",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("external_id", _Text, nullable=False),
    Column("base_url", _Text, nullable=False),
    Column("client_id", Text, comment="another key may mean another account: then the whole target is compared"),
    Column("separator", String(1), comment="fixed by the first productive run (rule 7)"),
    Column("integration_id", Text, comment="the platform's id of this connection"),
    Column("target_seen_at", Moment, comment="the target's clock up to which its changes are known"),
    Column("target_compared_at", Moment, comment="when the whole target was compared last"),
    UniqueConstraint("external_id", "base_url"),
)

separator_changes = Table(
    "separator_changes",
    metadata,
    Column("connection_no", Integer, primary_key=True, autoincrement=False),
    Column(
        "separator", String(1), nullable=False, comment="to which the target is being renamed; gone when it is done"
    ),
    Column("started_at", Moment, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("connection_no", Integer, nullable=False),
    Column("external_id", Text, nullable=False, unique=True),
    Column("status", Text, nullable=False, comment="planning, pushing, then one of the API's four"),
    Column("as_of", Date, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("source_fingerprint", Text),
    Column("settings_fingerprint", Text),
    Column("valid_until", Date),
    Column("outcome", LargeBinary, comment="JSON: counts, skipped, let and vacant units, findings by code"),
    Column("message", Text),
    Column("posted_at", Moment, comment="when the platform took the report"),
    Index("runs_by_connection", "connection_no", "no"),
    sqlite_autoincrement=True,
)

records = Table(
    "records",
    metadata,
    Column("connection_no", Integer, primary_key=True, autoincrement=False),
    Column("entity", _Text, primary_key=True),
    Column("external_id", _Text, primary_key=True),
    Column("key", Text, nullable=False, comment="JSON list of the ERP's key parts"),
    Column("state", Text, nullable=False),
    Column("hash", LargeBinary, comment="of the payload last confirmed; empty when the target has none in force"),
    Column("intent", BigInteger, comment="seq of the intent last confirmed: there lies the payload"),
    Column("refusal", BigInteger, comment="seq of the intent that the target refused last"),
    Column("accepted", LargeBinary, comment="hash of what the target makes of the payload, where it differs"),
    sqlite_with_rowid=False,
)

intents = Table(
    "intents",
    metadata,
    Column("seq", _Seq, primary_key=True, autoincrement=False),
    Column("connection_no", Integer, nullable=False),
    Column("action", Text, nullable=False, comment="create, update, archive, adopt"),
    Column("entity", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("hash", LargeBinary),
    Column("previous", BigInteger, comment="seq of the intent confirmed before this one"),
    Column("seen", LargeBinary, comment="hash of what the target held instead, when that caused the intent"),
    Column("reason", Text),
    Column("payload", LargeBinary, nullable=False, comment="JSON as sent; last, so that narrow reads skip it"),
)

parts = Table(
    "parts",
    metadata,
    Column("first_seq", _Seq, primary_key=True, autoincrement=False, comment="of the intents, all of one step"),
    Column("last_seq", BigInteger, nullable=False),
    Column("run_no", Integer, nullable=False),
    Index("parts_by_run", "run_no", "first_seq"),
)

sealed_runs = Table(
    "sealed_runs",
    metadata,
    Column("run_no", Integer, primary_key=True, autoincrement=False),
    Column("sealed_at", Moment, nullable=False, comment="every intent is on disk: from here on it is sent"),
    Column("draft", LargeBinary, nullable=False, comment="JSON: the outcome before any receipt"),
    Column("findings", Integer, nullable=False, comment="how many were kept; refusals come after them"),
    Column("target_clock", Moment, comment="the target's, before it was read"),
    Column("target_whole", Boolean, nullable=False, comment="all of the target was read"),
)

leases = Table(
    "leases",
    metadata,
    Column("run_no", Integer, primary_key=True, autoincrement=False),
    Column("alive_at", Moment, nullable=False, comment="last sign of life of a service that carries out the run"),
)

retired_runs = Table(
    "retired_runs",
    metadata,
    Column("connection_no", Integer, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False, comment="runs no longer kept: whoever numbers runs counts on from here"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("first_seq", _Seq, primary_key=True, autoincrement=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("status", Text, nullable=False, comment="created, updated, unchanged, archived, gone, rejected"),
    Column("problem", Text, comment="JSON of the API's problem"),
    Column("answered_at", Moment, nullable=False),
)

findings = Table(
    "findings",
    metadata,
    Column("run_no", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("code", Text, nullable=False),
    Column("entity", Text),
    Column("external_id", Text),
    Column("file", Text),
    Column("row", Integer),
    Column("column", Text),
    Column("detail", Text),
)
