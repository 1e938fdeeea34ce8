"""Sessions in the database, as Django keeps them; what every page asks first is one prepared query, with when they were last active."""

from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField, OuterRef, Subquery
from django.utils import timezone

from gewerk.kit.prepared import Given, prepared

_live = prepared(
    lambda: Session.objects.filter(
        session_key=Given("key", CharField()), expire_date__gt=Given("now", DateTimeField())
    ).annotate(
        seen_at=Subquery(UserSession.objects.filter(session_key=OuterRef("session_key")).values("last_seen_at")[:1])
    )
)


class SessionStore(db.SessionStore):
    seen_at: datetime | None = None
    """When it was last active, to the nearest minutes (``last_seen``); None: never noted."""

    def _get_session_from_db(self) -> Any:
        """What Django does with a session that is unknown or over is left to Django."""
        found = _live(key=self.session_key, now=timezone.now())
        if not found:
            return super()._get_session_from_db()  # type: ignore[misc]
        self.seen_at = found[0].seen_at
        return found[0]
