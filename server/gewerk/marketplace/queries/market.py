"""What a firm finds on the marketplace: open requests whose service it may take, at places where it says it works."""

from datetime import date, datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from gewerk.firms.queries.onboarding import gates_of
from gewerk.identity.models import Organisation
from gewerk.journal.actor import Actor
from gewerk.marketplace.access import open_requests
from gewerk.marketplace.areas import places_of
from gewerk.marketplace.models import QuoteRequest

MOST_SHOWN = 2_000
"""By deadline; whoever finds more names fewer services or a smaller area."""
_PLACE = "order__property__postcode"
_SHOWN = ("title", "service", "deadline_at", "organisation__name", _PLACE, "order__property__city")


def market(actor: Actor, *, on: date, now: datetime) -> QuerySet[QuoteRequest]:
    """Without those to which it is invited already; by deadline."""
    firm = Organisation.objects.get(pk=actor.organisation_id)
    services = [service.code for service, gate in gates_of(firm, on=on) if gate.open]
    rows = open_requests(actor, now=now).filter(places_of(firm, _PLACE), service__in=services)
    return rows.exclude(invitations__firm=firm).order_by("deadline_at", "pk")


def market_page(found: QuerySet[QuoteRequest], per_page: int, number: str) -> tuple[Page[UUID], list[QuoteRequest]]:
    """A page of ``market`` and its requests with manager and place. Two queries: ids first, which are counted with it, then what a page
    shows of them."""
    page = Paginator(list(found.values_list("pk", flat=True)[:MOST_SHOWN]), per_page).get_page(number)
    rows = (
        QuoteRequest.objects.select_related("organisation", "order__property").only(*_SHOWN).in_bulk(page.object_list)
    )
    return page, [rows[pk] for pk in page.object_list]
