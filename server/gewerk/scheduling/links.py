"""Signed addresses: a tenant's visit without login, a calendar feed. Made from a row's id and the installation's secret."""

from uuid import UUID

from django.core.signing import BadSignature, Signer

from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.scheduling.models import CalendarFeed, Visit


class LinkIsInvalid(Refusal):
    """Changed, cut off, replaced by a newer one or taken back."""

    kind = RefusalKind.NOT_FOUND
    code = "link_invalid"


def _signer(salt: str) -> Signer:
    return Signer(salt=f"gewerk.scheduling.{salt}", sep=".")


def visit_token(visit: Visit) -> str:
    """For the tenant's address of this visit."""
    return _signer("visit").sign(f"{visit.pk.hex}-{visit.link_version}")


def visit_of(token: str) -> Visit:
    """Raises LinkIsInvalid."""
    opened = _opened("visit", token)
    hexadecimal, _, version = opened.partition("-")
    found = Visit.objects.select_related("order", "organisation").filter(pk=_uuid(hexadecimal)).first()
    if found is None or version != str(found.link_version):
        raise LinkIsInvalid
    return found


def feed_token(feed: CalendarFeed) -> str:
    return _signer("feed").sign(feed.pk.hex)


def feed_of(token: str) -> CalendarFeed:
    """Raises LinkIsInvalid for a feed that was taken back."""
    opened = _opened("feed", token)
    found = CalendarFeed.objects.select_related("person", "organisation").filter(pk=_uuid(opened)).first()
    if found is None or found.revoked_at is not None:
        raise LinkIsInvalid
    return found


def _opened(salt: str, token: str) -> str:
    try:
        return _signer(salt).unsign(token)
    except BadSignature as changed:
        raise LinkIsInvalid from changed


def _uuid(text: str) -> UUID:
    try:
        return UUID(hex=text)
    except ValueError as changed:
        raise LinkIsInvalid from changed
