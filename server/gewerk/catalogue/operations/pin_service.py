"""Whoever refers to a service writes down what it said then."""

from datetime import datetime

from gewerk.catalogue.models import ServiceVersion
from gewerk.catalogue.operations.edit_service import LOCK, next_version
from gewerk.catalogue.queries import content_of, service
from gewerk.kit.locks import one_at_a_time


def pin_service(*, country: str, code: str, now: datetime) -> ServiceVersion:
    """The version that says what holds now; made when no version says it yet. Raises ServiceNotFound, NoCatalogue.

    Called inside the transaction of whoever refers to it.
    """
    one_at_a_time(*LOCK)
    current = service(country, code)
    newest = ServiceVersion.objects.filter(country=country, code=code).order_by("-number").first()
    if newest is not None and newest.content == content_of(current):
        return newest
    return next_version(current, is_edit=False, edited_by_id=None, now=now)
