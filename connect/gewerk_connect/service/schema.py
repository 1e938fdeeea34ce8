"""The service's tables, beside the ledger's in the state database; every name begins with ``service_``.

What a customer entered lies in ``service_connections.document`` (JSON in the shape of ``settings.Connection``), secrets
apart from it in ``sealed``. Nothing of a tenant is found without ``realm`` and ``organisation``.
"""

from sqlalchemy import Column, Date, Index, Integer, LargeBinary, MetaData, Table, Text

from gewerk_connect.ledger.schema import Moment

metadata = MetaData()

connections = Table(
    "service_connections",
    metadata,
    Column("id", Text, primary_key=True, comment="also the connection's id in the ledger and at the platform"),
    Column("realm", Text, nullable=False, comment="whose organisation ids: the name of an issuer"),
    Column("organisation", Text, nullable=False, comment="the tenant's id in its realm"),
    Column("target_kind", Text, nullable=False),
    Column("use_case", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("stage", Text, nullable=False, comment="draft, test, production"),
    Column("document", Text, nullable=False, comment="JSON: source, target, settings, state; without secrets"),
    Column("sealed", LargeBinary, comment="JSON of the secrets, encrypted"),
    Column("mapping", Text, comment="the customer's mapping.toml; empty: the source's own"),
    Column("target_mapping", Text, comment="the same for a target that has one"),
    Column("draft", Text, comment="JSON: what was typed and not yet taken over, by page; never a secret"),
    Column("schedule", Text, nullable=False, comment="JSON: days, time, zone"),
    Column("checklist", Text, nullable=False, comment="JSON: what of the way to production is done, by whom and when"),
    Column("paused_at", Moment),
    Column("paused_by", Text),
    Column("paused_reason", Text),
    Column("next_run_at", Moment),
    Column("version", Integer, nullable=False, comment="counts what people saved: who saves an older one is asked"),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("service_connections_by_tenant", "realm", "organisation"),
    Index("service_connections_due", "next_run_at"),
)

events = Table(
    "service_events",
    metadata,
    Column("no", Integer, primary_key=True),
    Column("connection_id", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False, comment="a name as it was typed, a role, or the service itself"),
    Column("event", Text, nullable=False),
    Column("data", Text, nullable=False, comment="JSON; never personal data of the stock"),
    Index("service_events_by_connection", "connection_id", "no"),
    sqlite_autoincrement=True,
)

used_links = Table(
    "service_used_links",
    metadata,
    Column("digest", LargeBinary, primary_key=True, comment="of issuer and jti: a link opens once"),
    Column("expires_at", Moment, nullable=False),
)

sessions = Table(
    "service_sessions",
    metadata,
    Column("digest", LargeBinary, primary_key=True, comment="of the cookie's value"),
    Column("realm", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("form_token", Text, nullable=False, comment="every form of this session must carry it"),
    Column("zone", Text),
    Column("country", Text),
    Column("person", Text, comment="the name that was typed last where a name is asked for"),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

inventory_objects = Table(
    "service_inventory_objects",
    metadata,
    Column("connection_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("client", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("label", Text, nullable=False, comment="street and city"),
    Column("folded", Text, nullable=False, comment="number and label in lower case, for the type-ahead"),
    Column("units", Integer, nullable=False),
)

looks = Table(
    "service_looks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("connection_id", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="inventory (what the source holds), plan (what a run would do)"),
    Column("status", Text, nullable=False, comment="running, ready, failed"),
    Column("as_of", Date, nullable=False),
    Column("for_version", Integer, nullable=False, comment="of the connection: another one makes a plan stale"),
    Column("started_at", Moment, nullable=False),
    Column("seen_alive_at", Moment, nullable=False, comment="what nobody works at any more is broken off"),
    Column("finished_at", Moment),
    Column("progress", Text, comment="JSON: what, done, total"),
    Column("outcome", Text, comment="JSON: the inventory, or what `plan --json` prints and what the fuse says"),
    Column("message", Text, comment="JSON: code, de, en"),
    Index("service_looks_by_connection", "connection_id", "kind", "started_at"),
)

plan_changes = Table(
    "service_plan_changes",
    metadata,
    Column("look_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("action", Text, nullable=False, comment="create, update, archive"),
    Column("entity", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("reason", Text),
    Column("fields", Text, comment="JSON: [name, before, after] of an update"),
    Index("service_plan_changes_by_kind", "look_id", "action", "entity", "position"),
)
