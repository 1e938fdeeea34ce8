"""When a session was last active, to the nearest five minutes: a page that is only looked at must not write with every click."""

from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

_EVERY = timedelta(minutes=5)


class LastSeen:
    """In place of allauth's own middleware, which writes on every request (and so queues readers behind SQLite's one writer)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and request.session.session_key:
            seen_at = request.session.seen_at  # type: ignore[attr-defined]
            if seen_at is None or seen_at < timezone.now() - _EVERY:
                UserSession.objects.create_from_request(request)
        return self.get_response(request)
