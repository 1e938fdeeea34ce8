"""Access tokens: JWT (HS256) that name a key. What the key may do is read from its row at every request."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import jwt
from django.utils.translation import gettext_lazy as _

from gewerk.config.installation import installation
from gewerk.identity.models import ApiKey
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.ids import new_id
from gewerk.kit.refusals import Refusal, RefusalKind

_ISSUER = "gewerk"
_AUDIENCE = "gewerk-api"


class InvalidToken(Refusal):
    """Expired, tampered with, of a revoked key, or no token at all: one answer."""

    kind = RefusalKind.UNAUTHENTICATED
    code = "invalid_token"
    message = _("The access token is missing, expired or invalid. Get a new one with POST .../token.")


@dataclass(frozen=True, slots=True)
class Token:
    access_token: str
    expires_in: int
    """Seconds."""


@lru_cache
def _signing_key() -> bytes:
    # Derived, so that a signature made for sessions or links can never pass as a token.
    return hashlib.blake2b(installation().secret("secret_key").encode(), person=b"gewerk-api-token").digest()


def issue_token(*, key: ApiKey, now: datetime) -> Token:
    """A token for ``key`` that lives ``token_hours`` of the installation's settings."""
    seconds = installation().token_hours * 3600
    issued = int(now.timestamp())
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "sub": str(key.pk),
        "org": str(key.organisation_id),
        "iat": issued,
        "exp": issued + seconds,
        "jti": new_id().hex,
    }
    return Token(jwt.encode(claims, _signing_key(), algorithm="HS256"), seconds)


def actor_of_token(*, token: str, now: datetime) -> Actor:
    """The key as it acts now. Raises ``InvalidToken``."""
    try:
        claims = jwt.decode(
            token,
            _signing_key(),
            algorithms=["HS256"],
            issuer=_ISSUER,
            audience=_AUDIENCE,
            # ``now`` is an argument here, so the times are compared below.
            options={"require": ["exp", "iat", "sub"], "verify_exp": False, "verify_iat": False},
        )
        key_id, organisation_id, expires = UUID(claims["sub"]), UUID(claims["org"]), int(claims["exp"])
    except (jwt.InvalidTokenError, KeyError, ValueError, TypeError, AttributeError):
        raise InvalidToken from None
    if expires <= now.timestamp():
        raise InvalidToken
    row = (
        ApiKey.objects.filter(pk=key_id, organisation_id=organisation_id, deleted_at__isnull=True)
        .values_list("scope", "client_number")
        .first()
    )
    if row is None:
        raise InvalidToken
    return Actor(
        kind=ActorKind.KEY,
        id=key_id,
        organisation_id=organisation_id,
        scopes=frozenset({row[0]}),
        client_number=row[1] or None,
    )
