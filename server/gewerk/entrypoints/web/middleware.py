"""What every request passes: its number, who acts, and the one transaction."""

import re
import secrets
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone, translation

from gewerk.entrypoints.web.account.backend import memberships_at_the_door
from gewerk.identity.access import actor_for
from gewerk.journal.operations import request_id
from gewerk.kit.locks import writing_transaction

Next = Callable[[HttpRequest], HttpResponseBase]

_UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
_OWN_TRANSACTION = re.compile(
    r"^/(login/|join/|api/|report/|status/|firm/evidence/new/|tenant/(report|tickets)/|tickets/[0-9a-f-]{36}/files/)"
)
"""Doors that open their transaction themselves: where a rate limit must survive a refusal, the API, after it checked the body,
and where photos and papers arrive: nobody waits for the database while a phone sends."""


class RequestId:
    """Gives each request a number that the answer, the journal and problem documents name."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        number = secrets.token_hex(8)
        token = request_id.set(number)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-Id"] = number
        return response


class OneTransaction:
    """Opens the one transaction at the door for whatever may write; a refused request (4xx, 5xx) leaves nothing behind."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in _UNSAFE or _OWN_TRANSACTION.match(request.path):
            return self.get_response(request)
        with writing_transaction():
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response


class ActingPerson:
    """Puts ``request.actor`` (None before login) and ``request.organisation`` beside ``request.user``.

    The session remembers the organisation somebody works for; without one it is that of their first membership.
    Somebody whose memberships have all ended is logged out.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = None  # type: ignore[attr-defined]
        request.organisation = None  # type: ignore[attr-defined]
        request.memberships = []  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            memberships = memberships_at_the_door(request.user)
            if not memberships:
                logout(request)
                return redirect(settings.LOGIN_URL)
            chosen = request.session.get("organisation")
            membership = next((m for m in memberships if str(m.organisation_id) == chosen), memberships[0])
            request.memberships = memberships  # type: ignore[attr-defined]
            request.organisation = membership.organisation  # type: ignore[attr-defined]
            request.actor = actor_for(request.user, membership.organisation_id, memberships=memberships)  # type: ignore[attr-defined]
            language = request.user.language or membership.organisation.language
            translation.activate(language)
            request.LANGUAGE_CODE = language
            timezone.activate(ZoneInfo(membership.organisation.time_zone))
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()
