"""The jobs that the phone takes along: what is to be done, where, when, how to get in."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.http import require_safe

from gewerk.entrypoints.web.field.answers import answer, for_the_app
from gewerk.entrypoints.web.visits.card import span_words, zone_for
from gewerk.journal.actor import Actor
from gewerk.projects.access import contact_of, orders
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.contact_looks import note_contact_look
from gewerk.projects.states import State
from gewerk.scheduling.checklists import checklist_for
from gewerk.scheduling.models import Visit
from gewerk.scheduling.queries.visits import next_visits

MOST_JOBS = 200
TAKEN_ALONG = (State.AWARDED, State.BOOKED, State.IN_PROGRESS)


@require_safe
@for_the_app
def jobs(request: HttpRequest) -> HttpResponseBase:
    """At most 200, those with the nearest visit first. That the contact went along is noted for each order."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    now = timezone.now()
    rows = (
        orders(actor)
        .filter(state__in=TAKEN_ALONG)
        .select_related("property", "unit", "organisation")
        .order_by("due_date", "created_at")[:MOST_JOBS]
    )
    found = list(rows)
    visits = next_visits([order.pk for order in found])
    with transaction.atomic():
        for order in found:
            note_contact_look(actor=actor, order=order, now=now)
    told = [_job(actor, order, visits.get(order.pk)) for order in found]
    told.sort(key=lambda job: (job["starts_at"] is None, job["starts_at"] or ""))
    person = request.user
    return answer(
        {
            "person": str(person.pk),
            "name": person.name,  # type: ignore[union-attr]
            "csrf": get_token(request),
            "now": now,
            "jobs": told,
        }
    )


def _job(actor: Actor, order: WorkOrder, visit: Visit | None) -> dict[str, Any]:
    place = order.property
    contact = contact_of(actor, order)
    starts_at = visit.starts_at if visit is not None else None
    return {
        "id": str(order.pk),
        "number": order.number,
        "title": order.title,
        "text": order.text,
        "urgency": order.urgency,
        "place": f"{place.street} {place.house_number}, {place.postcode} {place.city}".strip(" ,"),
        "unit": " ".join(part for part in (order.unit.name if order.unit else "", order.place_note) if part),
        "when": span_words(starts_at, visit.ends_at, zone_for(order)) if visit is not None else "",
        "starts_at": starts_at.isoformat() if starts_at else None,
        "contact": {
            "name": contact.name,
            "phone": contact.phone,
            "access_notes": contact.access_notes,
            "pets": contact.pets,
        }
        if contact
        else None,
        "manager": order.organisation.name,
        "manager_phone": order.organisation.phone,
        "checklist": checklist_for(order.trade),
    }
