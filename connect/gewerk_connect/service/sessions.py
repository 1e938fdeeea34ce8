"""Who has a page open: made by a link, kept for a working day, known by a cookie of the service's own."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from gewerk_connect.service import schema
from gewerk_connect.service.configuration import Issuer
from gewerk_connect.service.connections import Tenant
from gewerk_connect.service.installation import Service
from gewerk_connect.service.links import Link, Role

LIFE = timedelta(hours=10)
_T = schema.sessions


@dataclass(slots=True, frozen=True)
class Session:
    tenant: Tenant
    issuer: str
    role: Role
    language: str
    form_token: str
    zone: str | None
    country: str | None
    person: str | None
    """The name that was typed last where a name is asked for (sign-off, fuse)."""
    expires_at: datetime
    digest: bytes


def begin(service: Service, link: Link, issuer: Issuer, now: datetime) -> tuple[str, Session]:
    """The cookie's value and the session."""
    value = secrets.token_urlsafe(32)
    session = Session(
        tenant=Tenant(issuer.names_organisations_of, link.org),
        issuer=issuer.name,
        role=Role(link.role),
        language=link.lang,
        form_token=secrets.token_urlsafe(32),
        zone=link.zone,
        country=link.country,
        person=None,
        expires_at=now + LIFE,
        digest=_digest(value),
    )
    with service.engine.begin() as transaction:
        transaction.execute(delete(_T).where(_T.c.expires_at < now))
        transaction.execute(
            insert(_T).values(
                digest=session.digest,
                realm=session.tenant.realm,
                organisation=session.tenant.organisation,
                issuer=session.issuer,
                role=session.role.value,
                language=session.language,
                form_token=session.form_token,
                zone=session.zone,
                country=session.country,
                created_at=now,
                expires_at=session.expires_at,
            )
        )
    return value, session


def find(service: Service, value: str | None, now: datetime) -> Session | None:
    """The live session of a cookie's value."""
    if not value:
        return None
    with service.engine.connect() as transaction:
        row = transaction.execute(select(_T).where((_T.c.digest == _digest(value)) & (_T.c.expires_at > now))).first()
    if row is None:
        return None
    return Session(
        tenant=Tenant(row.realm, row.organisation),
        issuer=row.issuer,
        role=Role(row.role),
        language=row.language,
        form_token=row.form_token,
        zone=row.zone,
        country=row.country,
        person=row.person,
        expires_at=row.expires_at,
        digest=bytes(row.digest),
    )


def change(service: Service, session: Session, *, language: str | None = None, person: str | None = None) -> Session:
    """Another language, or the name as it was typed."""
    changed = replace(session, language=language or session.language, person=person or session.person)
    with service.engine.begin() as transaction:
        transaction.execute(
            update(_T).where(_T.c.digest == session.digest).values(language=changed.language, person=changed.person)
        )
    return changed


def end(service: Service, session: Session) -> None:
    with service.engine.begin() as transaction:
        transaction.execute(delete(_T).where(_T.c.digest == session.digest))


def _digest(value: str) -> bytes:
    return hashlib.blake2b(value.encode(), digest_size=32).digest()
