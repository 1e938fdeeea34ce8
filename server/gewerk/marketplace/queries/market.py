"""What a firm finds on the marketplace: open requests whose service it may take, at places where it says it works."""

from datetime import date, datetime

from django.db.models import QuerySet

from gewerk.firms.queries.onboarding import gates_of
from gewerk.identity.models import Organisation
from gewerk.journal.actor import Actor
from gewerk.marketplace.access import open_requests
from gewerk.marketplace.areas import places_of
from gewerk.marketplace.models import QuoteRequest

_PLACE = "order__property__postcode"


def market(actor: Actor, *, on: date, now: datetime) -> QuerySet[QuoteRequest]:
    """Without those to which it is invited already; by deadline."""
    firm = Organisation.objects.get(pk=actor.organisation_id)
    services = [service.code for service, gate in gates_of(firm, on=on) if gate.open]
    rows = open_requests(actor, now=now).filter(places_of(firm, _PLACE), service__in=services)
    return rows.exclude(invitations__firm=firm).order_by("deadline_at", "pk")
