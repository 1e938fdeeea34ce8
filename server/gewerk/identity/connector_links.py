"""Links that open the connector's pages: signed here with the installation's private key, checked there with the public one.

A compact JWT with EdDSA (RFC 8037), valid for a minute, once. It says for which organisation and in which role, never who:
no personal data stands in an address.
"""

import base64
import json
import secrets
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gewerk.config.installation import installation
from gewerk.identity.access import opens_connector, require
from gewerk.identity.models import Organisation, Role
from gewerk.journal.actor import Actor

ISSUER = "gewerk"
LIFE_SECONDS = 60


def connector_url() -> str:
    """Scheme, host and port of the connector's pages; "" where there are none."""
    return installation().connector_url.rstrip("/")


def connector_public_key() -> str:
    """What the connector must know to check the links: 32 bytes, base64."""
    return base64.b64encode(_key(installation().secret("connector_key")).public_key().public_bytes_raw()).decode()


def connector_link(*, actor: Actor, organisation: Organisation, language: str, path: str, now: datetime) -> str:
    """An address that opens the connector's page ``path`` for this actor. Raises a refusal of kind FORBIDDEN."""
    require(opens_connector(actor) and organisation.pk == actor.organisation_id)
    moment = int(now.timestamp())
    claims = {
        "iss": ISSUER,
        "aud": connector_url(),
        "org": str(organisation.pk),
        "role": "admin" if Role.ADMIN in actor.roles else "clerk",
        "lang": "en" if language.startswith("en") else "de",
        "jti": secrets.token_urlsafe(24),
        "iat": moment,
        "exp": moment + LIFE_SECONDS,
        "zone": organisation.time_zone,
        "country": organisation.country,
        "path": path,
    }
    signed = f"{_part({'alg': 'EdDSA', 'typ': 'JWT'})}.{_part(claims)}"
    signature = _key(installation().secret("connector_key")).sign(signed.encode())
    return f"{connector_url()}/open?link={signed}.{_unpadded(signature)}"


def _part(values: dict[str, Any]) -> str:
    return _unpadded(json.dumps(values, separators=(",", ":")).encode())


def _unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@lru_cache
def _key(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text))
