"""When a session was last active, to the nearest five minutes: a page that is only looked at must not write with every click."""

from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.db.models import CharField
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from gewerk.kit.prepared import Given, prepared

_EVERY = timedelta(minutes=5)


_seen_at = prepared(
    lambda: UserSession.objects.filter(session_key=Given("session", CharField())).values_list("last_seen_at", flat=True)
)


class LastSeen:
    """In place of allauth's own middleware, which writes on every request (and so queues readers behind SQLite's one writer)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = request.session.session_key
        if key and request.user.is_authenticated:
            seen = _seen_at(session=key)
            if not seen or seen[0] < timezone.now() - _EVERY:
                UserSession.objects.create_from_request(request)
        return self.get_response(request)
