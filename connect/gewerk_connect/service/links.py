"""Links that open the pages: signed by the platform or an ERP (Ed25519), valid for a minute at most, once.

The form is a compact JWT (RFC 7519) with the algorithm EdDSA (RFC 8037) and nothing else, so that any ERP can make one.
Claims: ``iss aud org role lang jti iat exp`` and, if wanted, ``zone country path``. No other claim is taken, so that no
personal data can stand in an address. This side holds public keys only.
"""

import base64
import binascii
import hashlib
import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError

from gewerk_connect.canonical.refusals import Refusal, SettingsError
from gewerk_connect.service import schema
from gewerk_connect.service.configuration import Configuration, Issuer
from gewerk_connect.service.installation import Service

LONGEST_LIFE = 60
"""Seconds between ``iat`` and ``exp``."""
SKEW = 5
"""Seconds by which the issuer's clock may be ahead of ours."""
LONGEST = 2_000
"""Characters of a link's token."""


class Role(StrEnum):
    """What the opener may do here; the issuer decides it from its own roles."""

    ADMIN = "admin"
    """Activates, changes settings and mapping, confirms the fuse, signs off."""
    CLERK = "clerk"
    """Sees everything, looks at plans, starts, pauses and stops runs."""


class Link(BaseModel):
    """A link's claims, all checked."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    iss: str
    aud: str
    org: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
    """The organisation's id in the issuer's realm."""
    role: Literal["admin", "clerk"]
    lang: Literal["de", "en"]
    jti: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{16,64}$")]
    iat: int
    exp: int
    zone: str | None = None
    """IANA time zone of the organisation, for the schedule."""
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    path: Annotated[str, Field(pattern=r"^/(?:[A-Za-z0-9._-][A-Za-z0-9._/-]*)?$", max_length=200)] = "/"
    """Where to land."""

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str | None) -> str | None:
        if zone is not None:
            try:
                ZoneInfo(zone)
            except (KeyError, OSError, ValueError) as error:  # an unknown name, or one that is no name
                raise ValueError("no time zone") from error
        return zone


class LinkRefused(Refusal):
    """Why a link does not open."""


def _refused(code: str) -> LinkRefused:
    return LinkRefused(code, *_TEXTS[code])


_TEXTS = {
    "link_damaged": (
        "Der Link ist beschädigt oder verändert worden. Öffnen Sie die Seite noch einmal dort, wo Sie hergekommen sind.",
        "The link is damaged or was altered. Open the page once more from where you came.",
    ),
    "link_unknown_issuer": (
        "Wer diesen Link ausgestellt hat, ist hier nicht eingetragen. Der Betreiber des Dienstes kann den Aussteller mit"
        " seinem öffentlichen Schlüssel eintragen (issuers).",
        "Whoever issued this link is not known here. The service's operator can enter the issuer with its public key"
        " (issuers).",
    ),
    "link_for_another": (
        "Dieser Link ist für einen anderen Dienst ausgestellt. Der Betreiber sollte die eingetragene Adresse prüfen"
        " (base_url).",
        "This link was issued for another service. The operator should check the address entered (base_url).",
    ),
    "link_expired": (
        "Der Link ist abgelaufen, er gilt nur eine Minute. Öffnen Sie die Seite noch einmal dort, wo Sie hergekommen sind.",
        "The link has expired, it is valid for a minute only. Open the page once more from where you came.",
    ),
    "link_from_the_future": (
        "Der Link ist später ausgestellt, als es hier ist: Die Uhren der beiden Rechner gehen auseinander. Der Betreiber"
        " sollte sie stellen lassen (NTP).",
        "The link was issued later than it is here: the clocks of the two machines differ. The operator should have them"
        " set (NTP).",
    ),
    "link_lives_too_long": (
        "Der Link gilt länger als eine Minute und wird deshalb nicht angenommen. Der Aussteller muss ihn kürzer ausstellen.",
        "The link is valid for more than a minute and is therefore not taken. Its issuer must make it shorter.",
    ),
    "link_used": (
        "Der Link wurde schon benutzt, er öffnet nur einmal. Öffnen Sie die Seite noch einmal dort, wo Sie hergekommen sind.",
        "The link has been used, it opens once only. Open the page once more from where you came.",
    ),
}


def read_link(token: str, configuration: Configuration, now: datetime) -> tuple[Link, Issuer]:
    """A link's claims and who issued it, apart from whether it was used. Raises ``LinkRefused``."""
    if len(token) > LONGEST or token.count(".") != 2:
        raise _refused("link_damaged")
    head, body, signature = token.split(".")
    if _json(head).get("alg") != "EdDSA":
        raise _refused("link_damaged")
    claims = _json(body)
    issuer = next((one for one in configuration.issuers if one.name == claims.get("iss")), None)
    if issuer is None:
        raise _refused("link_unknown_issuer")
    try:
        public_key(issuer).verify(_bytes(signature), f"{head}.{body}".encode())
        link = Link.model_validate(claims)
    except (InvalidSignature, ValidationError):
        raise _refused("link_damaged") from None
    if link.aud != configuration.base_url:
        raise _refused("link_for_another")
    moment = now.timestamp()
    if link.exp - link.iat > LONGEST_LIFE:
        raise _refused("link_lives_too_long")
    if link.iat > moment + SKEW:
        raise _refused("link_from_the_future")
    if link.exp <= moment:
        raise _refused("link_expired")
    return link, issuer


def use_link(token: str, service: Service, now: datetime) -> tuple[Link, Issuer]:
    """As ``read_link``, and the link is used up; of two at once exactly one opens. Raises ``LinkRefused``."""
    link, issuer = read_link(token, service.configuration, now)
    table = schema.used_links
    digest = hashlib.blake2b(f"{issuer.name}\0{link.jti}".encode(), digest_size=32).digest()
    try:
        with service.engine.begin() as transaction:
            transaction.execute(delete(table).where(table.c.expires_at < now))
            transaction.execute(insert(table).values(digest=digest, expires_at=datetime.fromtimestamp(link.exp, UTC)))
    except IntegrityError:
        raise _refused("link_used") from None
    return link, issuer


def public_key(issuer: Issuer) -> Ed25519PublicKey:
    """Raises ``SettingsError`` for a key that is none."""
    try:
        if issuer.public_key.startswith("-----"):
            key = load_pem_public_key(issuer.public_key.encode())
        else:
            raw = issuer.public_key.replace("-", "+").replace("_", "/").rstrip("=")
            key = Ed25519PublicKey.from_public_bytes(base64.b64decode(raw + "=" * (-len(raw) % 4), validate=True))
        if isinstance(key, Ed25519PublicKey):
            return key
    except (ValueError, TypeError):
        pass
    raise SettingsError(
        "issuer_key_invalid",
        f"Der öffentliche Schlüssel des Ausstellers {issuer.name} ist kein Ed25519-Schlüssel (PEM oder 32 Byte in Base64).",
        f"The public key of issuer {issuer.name} is no Ed25519 key (PEM, or 32 bytes in base64).",
    )


def _bytes(part: str) -> bytes:
    """URL-safe base64 without padding, in the one canonical spelling: bits that mean nothing may not vary."""
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (ValueError, binascii.Error):
        raise _refused("link_damaged") from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != part:
        raise _refused("link_damaged")
    return raw


def _json(part: str) -> dict[str, object]:
    try:
        found = json.loads(_bytes(part))
    except (ValueError, RecursionError):
        raise _refused("link_damaged") from None
    if not isinstance(found, dict):
        raise _refused("link_damaged")
    return found
