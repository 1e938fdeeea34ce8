"""Mails about tickets: the reporter hears of every step, with the link of the status page; who is responsible hears of what is new."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gewerk.config.installation import installation
from gewerk.identity.models import MANAGING_ROLES, Membership, Organisation, Person, Role
from gewerk.journal.models import Entry
from gewerk.outreach.letters import Letter, address, language_of
from gewerk.portfolio.models import Property
from gewerk.tickets.catalogue.faults import catalogue
from gewerk.tickets.links import status_token
from gewerk.tickets.models import HistoryEntry, Origin, Ticket, Urgency
from gewerk.tickets.operations.report import settings_of
from gewerk.tickets.states import BY_KEY

_HEADLINES: dict[str, Promise] = {
    "review": _("your report is being reviewed"),
    "start": _("work on your report has begun"),
    "wait": _("your report has to wait"),
    "resolve": _("is it mended?"),
    "close": _("your report is closed"),
    "reject": _("your report was rejected"),
    "reopen": _("your report is open again"),
    "merged": _("others in the building report the same"),
}
_SENTENCES: dict[str, Promise] = {
    "review": _("We are looking at your report. Next we decide who mends it and when."),
    "start": _("It is being worked on. If somebody has to come to you, we agree on a time with you first."),
    "wait": _("It has to wait a little. We go on as soon as that is possible."),
    "resolve": _(
        "It should be mended. Please have a look and tell us on the page below: is everything all right?"
        " Without an answer we close the report in two weeks."
    ),
    "close": _("The report is closed. If it happens again, you can open it once more on its page."),
    "reject": _("We do not work on this report."),
    "reopen": _("We look at it once more and get back to you."),
    "merged": _("It is mended for all together. You still hear of every step."),
}


def ticket_created(entry: Entry, now: datetime) -> Iterable[Letter]:  # noqa: ARG001 - a listener's signature
    ticket = _ticket(entry)
    if ticket is None:
        return
    if ticket.origin == Origin.GEWERK:
        yield from _to_reporter(ticket, "ticket_received")
    yield from _to_staff(ticket, entry, "ticket_new")


def ticket_state_changed(entry: Entry, now: datetime) -> Iterable[Letter]:  # noqa: ARG001 - a listener's signature
    ticket = _ticket(entry)
    step = BY_KEY.get(entry.data.get("step", ""))
    if ticket is None or step is None:
        return
    told = HistoryEntry.objects.filter(pk=entry.data.get("history"), ticket=ticket).first()
    reason = told.reason if told else ""
    by_reporter = entry.actor_kind == "guest" or entry.actor_id == ticket.reporter_person_id is not None
    if step.tells_reporter and not by_reporter:
        yield from _to_reporter(ticket, "ticket_step", step=step.key, reason=reason)
    if by_reporter and step.key == "reopen":
        yield from _to_staff(ticket, entry, "ticket_reopened", reason=reason)


def ticket_merged(entry: Entry, now: datetime) -> Iterable[Letter]:  # noqa: ARG001 - a listener's signature
    ticket = _ticket(entry)
    if ticket is not None and ticket.incident_id is not None:
        yield from _to_reporter(ticket, "ticket_step", step="merged", reason="")


def _ticket(entry: Entry) -> Ticket | None:
    if entry.object_id is None:
        return None
    return Ticket.objects.select_related("organisation", "property", "responsible").filter(pk=entry.object_id).first()


def _to_reporter(ticket: Ticket, template: str, *, step: str = "", reason: str = "") -> Iterable[Letter]:
    if not ticket.reporter_email:
        return
    organisation = ticket.organisation
    language = ticket.language if ticket.language in {"de", "en"} else organisation.language
    fault = catalogue().faults.get(ticket.category)
    yield Letter(
        recipient=ticket.reporter_email,
        language=language,
        template=template,
        organisation=organisation,
        context={
            "number": ticket.number,
            "fault": fault.title.in_(language) if fault else ticket.title,
            "organisation_name": organisation.name,
            "url": address(f"/status/{status_token(ticket)}/"),
            "meanwhile": [line.in_(language) for line in fault.meanwhile] if fault else [],
            "phone": settings_of(organisation).emergency_phone or organisation.phone,
            "emergency": ticket.urgency == Urgency.EMERGENCY,
            "headline": _HEADLINES.get(step, ""),
            "sentence": _SENTENCES.get(step, ""),
            "reason": reason,
        },
    )


def _to_staff(ticket: Ticket, entry: Entry, template: str, *, reason: str = "") -> Iterable[Letter]:
    organisation = ticket.organisation
    for person in _staff(ticket, organisation):
        if person.pk == entry.actor_id:
            continue  # did it themselves
        language = language_of(person, organisation)
        yield Letter(
            recipient=person.email,
            language=language,
            template=template,
            organisation=organisation,
            context={
                "number": ticket.number,
                "fault": catalogue().title(ticket.category, language),
                "urgency": Urgency(ticket.urgency).label,
                "emergency": ticket.urgency == Urgency.EMERGENCY,
                "react_by": ticket.react_by_at,
                "place": _place(ticket.property),
                "url": address(f"/tickets/{ticket.pk}/"),
                "reason": reason,
                "base_url": installation().base_url,
            },
        )


def _staff(ticket: Ticket, organisation: Organisation) -> list[Person]:
    """Who is responsible and the deputy; where nobody is, the managing people who work on tickets."""
    live = Membership.objects.filter(
        organisation=organisation, ended_at__isnull=True, person__is_active=True, role__in=MANAGING_ROLES
    )
    named_ids = (ticket.responsible_id, ticket.property.responsible_id, ticket.property.deputy_id)
    wanted = {one for one in named_ids if one is not None}
    named = live.filter(person_id__in=wanted) if wanted else live.none()
    rows = named if named.exists() else live.exclude(role=Role.FINANCE_OFFICER)
    people = {one.person_id: one.person for one in rows.select_related("person").order_by("person__email")}
    return list(people.values())


def _place(one: Property) -> str:
    street = " ".join(part for part in (one.street, one.house_number) if part) or one.name
    return ", ".join(part for part in (street, f"{one.postcode} {one.city}".strip()) if part)
