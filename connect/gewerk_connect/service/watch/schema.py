"""The watch's tables, beside the service's in the state database."""

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, Table, Text, UniqueConstraint

from gewerk_connect.ledger.schema import Moment

metadata = MetaData()

notices = Table(
    "service_notices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("connection_id", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="failed, fuse, silent, secret_old, paused, report"),
    Column("key", Text, nullable=False, comment="the same key is the same matter: it is told once"),
    Column("since", Moment, nullable=False),
    Column("data", Text, nullable=False, comment="JSON for the words; never a value of a record"),
    Column("opened_at", Moment, nullable=False),
    Column("resolved_at", Moment, comment="it is over; a report is over at once"),
    Column("mailed_at", Moment),
    Column("next_try_at", Moment, comment="not before then: being sent right now, or refused by the mail server"),
    Column("tries", Integer, nullable=False),
    UniqueConstraint("connection_id", "kind", "key"),
    Index("service_notices_open", "connection_id", "resolved_at"),
)

recipients = Table(
    "service_recipients",
    metadata,
    Column("connection_id", Text, primary_key=True),
    Column("addresses", Text, nullable=False, comment="JSON list: who is told by mail"),
    Column("language", Text, nullable=False),
    Column("every_run", Boolean, nullable=False, comment="also a report after each good run"),
)
