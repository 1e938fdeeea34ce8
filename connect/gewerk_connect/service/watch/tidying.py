"""What leaves at night: ledgers by the retention, notices and plans that are over, sessions and links that have ended."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from gewerk_connect.canonical.refusals import Refusal
from gewerk_connect.ledger import Busy, open_store
from gewerk_connect.ledger.retention import tidy
from gewerk_connect.service import schema
from gewerk_connect.service.connections import ConnectionRow, Connections
from gewerk_connect.service.installation import Service
from gewerk_connect.service.watch.notices import Notices

log = logging.getLogger("gewerk_connect.service.watch")

LOOKS_KEPT = timedelta(days=7)
"""Plans and inventories hold names and addresses, and are made again in a minute."""
EVENTS_KEPT = timedelta(days=1_000)
NOTICES_KEPT = timedelta(days=400)


def tidy_all(service: Service, connections: Connections, notices: Notices, now: datetime) -> None:
    """One connection that cannot be tidied, for a run is under way or its state is away, keeps no other from it."""
    for row in connections.active():
        try:
            _tidy_ledger(service, row, now)
        except Busy:
            log.info("not tidied, a run is under way", extra={"connection": row.id})
        except (Refusal, SQLAlchemyError) as error:
            log.warning("not tidied (%s)", type(error).__name__, extra={"connection": row.id})
    notices.forget_before(now - NOTICES_KEPT)
    _tidy_service(service, now)


def _tidy_ledger(service: Service, row: ConnectionRow, now: datetime) -> None:
    target = row.document.get("target", {}).get("base_url", "").rstrip("/")
    url = row.document.get("state", {}).get("url") or service.configuration.url
    with open_store(url, row.id, target) as store:
        done = tidy(store, service.configuration.retention, now)
    if done.runs or done.findings or done.payloads:
        counts = {"runs": done.runs, "findings": done.findings, "payloads": done.payloads}
        log.info("ledger tidied", extra={"connection": row.id, **counts})


def _tidy_service(service: Service, now: datetime) -> None:
    looks, changes = schema.looks, schema.plan_changes
    old = select(looks.c.id).where(looks.c.started_at < now - LOOKS_KEPT)
    with service.engine.begin() as transaction:
        transaction.execute(delete(changes).where(changes.c.look_id.in_(old)))
        transaction.execute(delete(looks).where(looks.c.started_at < now - LOOKS_KEPT))
        transaction.execute(delete(schema.events).where(schema.events.c.at < now - EVENTS_KEPT))
        transaction.execute(delete(schema.sessions).where(schema.sessions.c.expires_at < now))
        transaction.execute(delete(schema.used_links).where(schema.used_links.c.expires_at < now))
