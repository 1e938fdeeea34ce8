"""The only way a door gets a ticket. Somebody else's ticket is not found."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet, UUIDField

from gewerk.identity.access import edits_orders, require, sees_orders
from gewerk.identity.models import Membership, Role
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.prepared import Given, prepared
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.tickets.models import ReportDraft, ReportLink, Ticket


class TicketNotFound(Refusal):
    kind = RefusalKind.NOT_FOUND
    code = "not_found"


def tickets(actor: Actor) -> QuerySet[Ticket]:
    """Those of the actor's organisation (and client, where a key is limited to one)."""
    require(sees_orders(actor))
    rows = Ticket.objects.filter(organisation_id=actor.organisation_id)
    return rows.filter(property__client_number=actor.client_number) if actor.client_number else rows


_one = prepared(
    lambda: Ticket.objects.filter(
        organisation_id=Given("organisation", UUIDField()), pk=Given("ticket", UUIDField())
    ).select_related("property", "unit", "responsible")
)


def ticket_for(actor: Actor, ticket_id: UUID) -> Ticket:
    """Raises TicketNotFound for an unknown or a foreign id alike."""
    require(sees_orders(actor))
    found = _one(organisation=actor.organisation_id, ticket=ticket_id)
    if not found or (actor.client_number and found[0].property.client_number != actor.client_number):
        raise TicketNotFound
    one: Ticket = found[0]
    return one


def ticket_to_work_on(actor: Actor, ticket_id: UUID) -> Ticket:
    """For changing: also asks whether the actor may, and locks the row where the database can."""
    require(edits_orders(actor))
    found = tickets(actor).select_for_update(of=("self",)).filter(pk=ticket_id).first()
    if found is None:
        raise TicketNotFound
    return found


def tickets_of_tenant(actor: Actor) -> QuerySet[Ticket]:
    """What a tenant reported while logged in, and what is known to come from their tenancy."""
    require(actor.kind is ActorKind.PERSON and Role.TENANT in actor.roles)
    assert actor.id is not None, "a person always has an id"
    records = Membership.objects.filter(
        person_id=actor.id,
        organisation_id=actor.organisation_id,
        role=Role.TENANT,
        ended_at__isnull=True,
        sub_property_id__isnull=False,
    ).values("sub_property_id")
    return Ticket.objects.filter(
        Q(reporter_person_id=actor.id) | Q(reporter_id__in=records), organisation_id=actor.organisation_id
    )


def ticket_of_tenant(actor: Actor, ticket_id: UUID) -> Ticket:
    found = tickets_of_tenant(actor).select_related("property", "unit", "incident").filter(pk=ticket_id).first()
    if found is None:
        raise TicketNotFound
    return found


def report_links(actor: Actor) -> QuerySet[ReportLink]:
    require(sees_orders(actor))
    rows = ReportLink.objects.filter(organisation_id=actor.organisation_id)
    return rows.filter(property__client_number=actor.client_number) if actor.client_number else rows


def report_link_for(actor: Actor, link_id: UUID) -> ReportLink:
    found = report_links(actor).select_related("property", "unit").filter(pk=link_id).first()
    if found is None:
        raise TicketNotFound
    return found


def seen_tickets(actor: Actor, ids: Collection[UUID]) -> set[UUID]:
    """Which of these the actor may see, for files linked to them (``files.access.VIEWERS``)."""
    if sees_orders(actor):
        return set(tickets(actor).filter(pk__in=ids).values_list("pk", flat=True))
    if actor.kind is ActorKind.PERSON and Role.TENANT in actor.roles:
        return set(tickets_of_tenant(actor).filter(pk__in=ids).values_list("pk", flat=True))
    return set()


def seen_drafts(actor: Actor, ids: Collection[UUID]) -> set[UUID]:
    """A draft is seen by whoever is writing it while logged in; one without a login is shown by its own door."""
    if actor.kind is not ActorKind.PERSON or actor.id is None:
        return set()
    rows = ReportDraft.objects.filter(pk__in=ids, organisation_id=actor.organisation_id, person_id=actor.id)
    return set(rows.values_list("pk", flat=True))
