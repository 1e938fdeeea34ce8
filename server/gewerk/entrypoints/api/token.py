"""POST /token: client id and secret to an access token, as JSON or as OAuth 2 asks for it (RFC 6749, 4.4 and 2.3.1)."""

import base64
import binascii
import hashlib
from typing import Any, Required
from urllib.parse import parse_qsl, unquote_plus

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict

from gewerk.config.installation import installation
from gewerk.entrypoints.api import schemas
from gewerk.entrypoints.api.door import answer, body, only_known
from gewerk.entrypoints.api.openapi import takes
from gewerk.identity.operations.authenticate_key import WrongCredentials, authenticate_key
from gewerk.identity.operations.issue_token import issue_token
from gewerk.kit.refusals import Refusal, RefusalKind

FAILURES = 10
"""Wrong attempts per client id and address before the next ones are refused for a while."""
WAIT_SECONDS = 300

_FORM = "application/x-www-form-urlencoded"


@with_config(ConfigDict(extra="forbid", strict=True))
class Credentials(TypedDict, total=False):
    client_id: Required[str]
    client_secret: Required[str]
    grant_type: str


class UnsupportedGrant(Refusal):
    code = "unsupported_grant_type"
    message = _("The only grant_type is client_credentials.")


class TooManyAttempts(Refusal):
    kind = RefusalKind.TOO_MANY
    code = "too_many_attempts"
    message = _("Too many wrong attempts. Wait for the seconds in Retry-After, then check client id and client secret.")


_CREDENTIALS: TypeAdapter[Credentials] = TypeAdapter(Credentials)


def add_to(api: NinjaAPI) -> None:
    extra: dict[str, Any] = takes("Credentials", _CREDENTIALS, repeatable=False)
    extra["requestBody"]["content"][_FORM] = {
        "schema": {
            "type": "object",
            "required": ["grant_type"],
            "properties": {
                "grant_type": {"type": "string", "const": "client_credentials"},
                "client_id": {"type": "string"},
                "client_secret": {"type": "string"},
            },
        }
    }

    @api.post(
        "/token",
        auth=None,
        operation_id="issue_token",
        summary="Get an access token",
        tags=["token"],
        response={200: schemas.Token} | dict.fromkeys((400, 401, 413, 415, 422, 429, 503), schemas.Problem),
        openapi_extra=extra,
    )
    def token(request: HttpRequest) -> HttpResponse:
        """From client_id and client_secret, as JSON or form (grant_type=client_credentials, also with HTTP Basic).

        Tokens live on when the secret is rotated, until they expire; they end when the key is revoked.
        """
        only_known(request)
        client_id, client_secret = _credentials(request)
        # Counted per address too, so that nobody locks a customer out from elsewhere.
        mark = hashlib.sha256(f"{client_id}|{_address(request)}".encode()).hexdigest()
        attempts = f"api-token:{mark}"
        if (cache.get(attempts) or 0) >= FAILURES:
            raise TooManyAttempts(retry_after=WAIT_SECONDS)
        now = timezone.now()
        try:
            with transaction.atomic():
                key = authenticate_key(client_id=client_id, client_secret=client_secret, now=now)
        except WrongCredentials:
            cache.add(attempts, 0, WAIT_SECONDS)
            cache.incr(attempts)
            raise
        made = issue_token(key=key, now=now)
        return answer(
            {"access_token": made.access_token, "token_type": "Bearer", "expires_in": made.expires_in},
            headers={"Pragma": "no-cache"},
        )


def _credentials(request: HttpRequest) -> tuple[str, str]:
    basic = _basic(request)
    if request.content_type == _FORM or (basic is not None and not request.body):
        try:
            pairs = parse_qsl(request.body.decode(), keep_blank_values=True, max_num_fields=20)
        except ValueError:
            raise WrongCredentials from None
        sent = dict(pairs)
        if sent.get("grant_type", "client_credentials" if not request.body else None) != "client_credentials":
            raise UnsupportedGrant(status=400)
        client_id, client_secret = basic or (sent.get("client_id", ""), sent.get("client_secret", ""))
    else:
        given = body(request, _CREDENTIALS)
        if given.get("grant_type", "client_credentials") != "client_credentials":
            raise UnsupportedGrant(status=400)
        client_id, client_secret = given["client_id"], given["client_secret"]
    if "\x00" in client_id or len(client_id) > 200 or len(client_secret) > 200:
        raise WrongCredentials
    return client_id, client_secret


def _basic(request: HttpRequest) -> tuple[str, str] | None:
    scheme, _space, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise WrongCredentials from None
    if not colon:
        raise WrongCredentials
    return unquote_plus(name), unquote_plus(secret)


def _address(request: HttpRequest) -> str:
    """The caller's; behind a proxy that we trust, the one that it saw."""
    if installation().trust_proxy:
        return str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
