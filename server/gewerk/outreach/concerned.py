"""Whom an order concerns: the manager's people, those who do the work, the tenant. Each with the language to write in."""

from dataclasses import dataclass
from uuid import UUID

from gewerk.firms.models import CrewMember
from gewerk.identity.models import MANAGING_ROLES, Membership, Organisation, Role
from gewerk.outreach.letters import language_of
from gewerk.projects.models import WorkOrder
from gewerk.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address. ``person_id`` empty: somebody without login."""

    email: str
    language: str
    person_id: UUID | None = None


def staff_of(order: WorkOrder) -> list[Recipient]:
    """Who is responsible for the order; else for the property, with the deputy; else who work on orders."""
    organisation = order.organisation
    live = Membership.objects.filter(
        organisation=organisation, ended_at__isnull=True, person__is_active=True, role__in=MANAGING_ROLES
    ).select_related("person")
    leading = (order.property.responsible_id, order.property.deputy_id)
    wanted = [one for one in ((order.responsible_id,) if order.responsible_id else leading) if one is not None]
    named = list(live.filter(person_id__in=wanted)) if wanted else []
    found = named or list(live.exclude(role=Role.FINANCE_OFFICER))
    people = {one.person_id: one.person for one in found}
    return [Recipient(one.email, language_of(one, organisation), one.pk) for one in people.values()]


def contractors_of(order: WorkOrder) -> list[Recipient]:
    """The firm's owner and dispatchers, else the firm's own address; the members of the crew."""
    if order.crew_id is not None:
        return crew_members(order.crew_id, order.organisation)
    return [] if order.firm is None else speakers_of(order.firm)


def crew_members(crew_id: UUID, organisation: Organisation) -> list[Recipient]:
    """Of the manager's own people."""
    members = CrewMember.objects.filter(crew_id=crew_id, person__is_active=True).select_related("person")
    return [Recipient(one.person.email, language_of(one.person, organisation), one.person_id) for one in members]


def speakers_of(firm: Organisation) -> list[Recipient]:
    """The firm's owner and dispatchers, else the firm's own address."""
    live = Membership.objects.filter(
        organisation=firm, ended_at__isnull=True, person__is_active=True, role__in=(Role.FIRM, Role.DISPATCHER)
    ).select_related("person")
    people = {one.person_id: one.person for one in live}
    if people:
        return [Recipient(one.email, language_of(one, firm), one.pk) for one in people.values()]
    return [Recipient(firm.email, firm.language)] if firm.email else []


def tenant_of(order: WorkOrder) -> Recipient | None:
    """The address given for the order, the tenant's own, or that of whoever reported; None: a letter on paper is needed."""
    organisation = order.organisation
    if order.contact_email:
        language = order.tenant.language if order.tenant is not None else ""
        return Recipient(order.contact_email, _known(language) or organisation.language)
    if order.tenant is not None and order.tenant.email:
        return Recipient(order.tenant.email, _known(order.tenant.language) or organisation.language)
    reported = Ticket.objects.filter(order_links__order=order).exclude(reporter_email="").order_by("created_at").first()
    if reported is None:
        return None
    return Recipient(reported.reporter_email, _known(reported.language) or organisation.language)


def place_of(order: WorkOrder) -> str:
    """``Lindemannstraße 12, 44137 Dortmund``: which flat, the page says."""
    place = order.property
    street = f"{place.street} {place.house_number}".strip() or place.name
    return ", ".join(part for part in (street, f"{place.postcode} {place.city}".strip()) if part)


def _known(language: str) -> str:
    return language if language in {"de", "en"} else ""
