"""What a firm finds on the marketplace: open requests whose service it may take, at places where it says it works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import CharField, DateTimeField, QuerySet, UUIDField

from gewerk.catalogue.shapes import Service
from gewerk.firms.queries.onboarding import gates_of
from gewerk.identity.models import Organisation
from gewerk.journal.actor import Actor
from gewerk.kit.lookups import GivenMany
from gewerk.kit.prepared import Given, PreparedBy, prepared
from gewerk.marketplace.access import open_to, require_market
from gewerk.marketplace.areas import Form, at_places, places_of
from gewerk.marketplace.models import Invitation, QuoteRequest

MOST_SHOWN = 2_000
"""By deadline; whoever finds more names fewer services or a smaller area."""
_PLACE = "order__property__postcode"
_SHOWN = ("title", "service", "deadline_at", "organisation__name", _PLACE, "order__property__city")


@dataclass(frozen=True, slots=True)
class Market:
    """For one firm: what is open to it, without those to which it is invited already."""

    ids: list[UUID]
    """By deadline."""
    services: dict[str, Service]
    """Those that it may take, by code: each request names one of them."""


def market(actor: Actor, *, on: date, now: datetime, most: int | None = None) -> Market:
    """Seven queries, however much is open."""
    require_market(actor)
    firm = Organisation.objects.get(pk=actor.organisation_id)
    services = {service.code: service for service, gate in gates_of(firm, on=on) if gate.open}
    places = places_of(firm)
    asked = _open.of((places.form, most), partial(_open_ids, places.form, most))
    ids = asked(firm=firm.pk, country=firm.country, now=now, services=list(services), **places.values)
    return Market(ids, services)


_open = PreparedBy()


def _open_ids(form: Form, most: int | None) -> QuerySet[Any, Any]:
    firm, country = Given("firm", UUIDField()), Given("country", CharField())
    rows = open_to(firm, country, now=Given("now", DateTimeField()))
    rows = rows.filter(at_places(form, _PLACE), service__among=GivenMany("services", CharField()))
    invited = Invitation.objects.filter(firm_id=firm).values("request_id")
    return rows.exclude(pk__in=invited).order_by("deadline_at", "pk").values_list("pk", flat=True)[:most]


_shown = prepared(
    lambda: (
        QuoteRequest.objects.filter(id__among=GivenMany("requests", UUIDField()))
        .select_related("organisation", "order__property")
        .only(*_SHOWN)
    )
)


def shown_on_market(ids: Sequence[UUID]) -> list[QuoteRequest]:
    """What a page shows of them, in this order, to look at: with manager and place. One query."""
    found = {one.pk: one for one in _shown.seen(requests=ids)}
    return [found[pk] for pk in ids if pk in found]
