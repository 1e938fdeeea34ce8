"""One round: look at every connection, keep the notices, send the mails; at night tidy. Safe in several processes at once."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from gewerk_connect.canonical.refusals import Refusal
from gewerk_connect.service.connections import Connections
from gewerk_connect.service.installation import Service
from gewerk_connect.service.watch.facts import facts_of
from gewerk_connect.service.watch.mails import send_due
from gewerk_connect.service.watch.matters import matters
from gewerk_connect.service.watch.notices import Notices
from gewerk_connect.service.watch.tidying import tidy_all

log = logging.getLogger("gewerk_connect.service.watch")

EVERY_SECONDS = 30.0
TIDY_EVERY = timedelta(days=1)


class Watch:
    """Looks after one installation, by ``round`` or by itself from ``start`` to ``stop``."""

    def __init__(self, service: Service, connections: Connections, *, now: Callable[[], datetime]) -> None:
        self._service, self._connections, self._now = service, connections, now
        self.notices = Notices(service.engine)
        self.looked_at: datetime | None = None
        self._tidied_at: datetime | None = None
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self.looked_at = self._now()
        self._thread = threading.Thread(target=self._repeat, name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join(timeout=10.0)

    def round(self) -> None:
        now = self._now()
        watching = self._service.configuration.watch
        rows = self._connections.active()
        facts = facts_of(self._service, rows)
        for row in rows:
            every_run = self.notices.recipients(row.id).every_run
            found = matters(row, facts[row.id], now, secret_days=watching.secret_days, report_every_run=every_run)
            self.notices.keep(row.id, list(found), now)
        send_due(self._service, self._connections, self.notices, self._now)
        if self._tidied_at is None or now - self._tidied_at >= TIDY_EVERY:
            self._tidied_at = now
            tidy_all(self._service, self._connections, self.notices, now)
        self.looked_at = now

    def _repeat(self) -> None:
        while not self._ended.wait(EVERY_SECONDS if self._tidied_at else 1.0):
            try:
                self.round()
            except (SQLAlchemyError, Refusal) as error:  # the database or a place is away: the next round tries again
                log.warning("round not made (%s)", type(error).__name__)
            except Exception as error:
                log.error("round broke off (%s)", type(error).__name__, exc_info=True)
