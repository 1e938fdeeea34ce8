"""Signed addresses: a tenant's visit without login, a calendar feed. Made from a row's id and the installation's secret."""

from gewerk.kit.links import LinkIsInvalid, id_in, opened, signed
from gewerk.scheduling.models import CalendarFeed, Visit


def visit_token(visit: Visit) -> str:
    """For the tenant's address of this visit."""
    return signed("scheduling.visit", f"{visit.pk.hex}-{visit.link_version}")


def visit_of(token: str) -> Visit:
    """Raises LinkIsInvalid."""
    hexadecimal, _, version = opened("scheduling.visit", token).partition("-")
    found = Visit.objects.select_related("order", "organisation").filter(pk=id_in(hexadecimal)).first()
    if found is None or version != str(found.link_version):
        raise LinkIsInvalid
    return found


def feed_token(feed: CalendarFeed) -> str:
    return signed("scheduling.feed", feed.pk.hex)


def feed_of(token: str) -> CalendarFeed:
    """Raises LinkIsInvalid for a feed that was taken back."""
    row_id = id_in(opened("scheduling.feed", token))
    found = CalendarFeed.objects.select_related("person", "organisation").filter(pk=row_id).first()
    if found is None or found.revoked_at is not None:
        raise LinkIsInvalid
    return found
