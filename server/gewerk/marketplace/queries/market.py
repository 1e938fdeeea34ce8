"""What a firm finds on the marketplace: open requests whose service it may take, at places where it says it works."""

from datetime import date, datetime

from django.db.models import Q, QuerySet

from gewerk.firms.models import AreaKind, FirmProfile
from gewerk.firms.queries.onboarding import gates_of
from gewerk.identity.models import Organisation
from gewerk.journal.actor import Actor
from gewerk.marketplace.access import open_requests
from gewerk.marketplace.models import QuoteRequest
from gewerk.marketplace.postcodes import region_of

_PLACE = "order__property__postcode"


def market(actor: Actor, *, on: date, now: datetime) -> QuerySet[QuoteRequest]:
    """Without those to which it is invited already; by deadline."""
    firm = Organisation.objects.get(pk=actor.organisation_id)
    services = [service.code for service, gate in gates_of(firm, on=on) if gate.open]
    rows = open_requests(actor, now=now).filter(_works_at(firm), service__in=services)
    return rows.exclude(invitations__firm=firm).order_by("deadline_at", "pk")


def _works_at(firm: Organisation) -> Q:
    profile = FirmProfile.objects.filter(firm=firm).first()
    if profile is None or profile.area_kind == AreaKind.ANYWHERE:
        return Q()
    if profile.area_kind == AreaKind.RADIUS:
        # As for whoever looks for firms: nobody's coordinates are known.
        region = region_of(firm.country, firm.postcode)
        return Q(**{f"{_PLACE}__regex": region.pattern}) if region else Q()
    named = Q(pk__in=[])
    for start in profile.area_postcodes:
        named |= Q(**{f"{_PLACE}__startswith": start})
    return named
