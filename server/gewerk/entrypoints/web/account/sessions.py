"""Sessions in the database, as Django keeps them; what every page asks first is a prepared query."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from gewerk.kit.prepared import Given, prepared

_live = prepared(
    lambda: Session.objects.filter(session_key=Given("key", CharField()), expire_date__gt=Given("now", DateTimeField()))
)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Any:
        """What Django does with a session that is unknown or over is left to Django."""
        found = _live(key=self.session_key, now=timezone.now())
        return found[0] if found else super()._get_session_from_db()  # type: ignore[misc]
