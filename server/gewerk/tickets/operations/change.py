"""Change what is known of a ticket, write a note, name who is responsible. Only on the version that was read, where one is given."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import edits_orders, require
from gewerk.identity.models import MANAGING_ROLES, Person
from gewerk.journal.actor import Actor
from gewerk.kit.locks import one_at_a_time
from gewerk.kit.refusals import FieldProblem, Refusal
from gewerk.portfolio.access import sub_properties
from gewerk.portfolio.models import SubPropertyType
from gewerk.tickets import events
from gewerk.tickets.access import ticket_to_work_on, tickets
from gewerk.tickets.catalogue.faults import catalogue
from gewerk.tickets.catalogue.urgency import react_by
from gewerk.tickets.models import HistoryEntry, Ticket, Urgency
from gewerk.tickets.operations.history import tell
from gewerk.tickets.operations.take_step import LOCK, TicketIsStale, save
from gewerk.tickets.search_text import compose
from gewerk.tickets.states import State

CHANGEABLE = {
    "title": 200,
    "text": 10_000,
    "category": 60,
    "urgency": 10,
    "unit_id": 36,
    "common_part": 40,
    "place_note": 200,
    "reporter_name": 200,
    "reporter_email": 254,
    "reporter_phone": 60,
    "access_notes": 1000,
    "vulnerable": 5,
    "vulnerable_note": 300,
    "pets": 200,
    "pair_visit": 5,
    "building_wide": 5,
    "external_number": 60,
}
"""Field -> most letters."""
_FLAGS = {"vulnerable", "pair_visit", "building_wide"}
MOST_AT_ONCE = 500


class ChangeIsInvalid(Refusal):
    code = "change_invalid"
    message = _("Something in the change is wrong.")


class NotOfTheTeam(Refusal):
    code = "not_of_the_team"
    message = _("This person does not work on tickets of your organisation.")


def change(
    *,
    actor: Actor,
    ticket_id: UUID,
    fields: Mapping[str, Any],
    reason: str = "",
    version: int | None = None,
    now: datetime,
) -> Ticket:
    """Set ``fields`` (names of ``CHANGEABLE``). Another urgency needs a reason. Raises TicketNotFound, ChangeIsInvalid, TicketIsStale."""
    one_at_a_time(LOCK, actor.organisation_id)
    ticket = ticket_to_work_on(actor, ticket_id)
    if version is not None and version != ticket.version:
        raise TicketIsStale
    wanted = {name: _clean(name, value) for name, value in fields.items()}
    _check(actor, ticket, wanted, reason)
    changed = {name: [_plain(getattr(ticket, name)), _plain(value)] for name, value in wanted.items()}
    changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
    if not changed:
        return ticket
    for name in changed:
        setattr(ticket, name, wanted[name])
    if "urgency" in changed:
        ticket.urgency_rule = ""
        if ticket.state in {State.NEW, State.REOPENED}:
            ticket.react_by_at = react_by(ticket.urgency, now=ticket.state_at)
    ticket.search = compose(ticket)
    save(ticket, now=now)
    tell(
        actor=actor,
        ticket=ticket,
        event="changed",
        journal_event=events.UPDATED,
        reason=reason.strip(),
        data=changed,
        journal_data={"fields": sorted(changed)},
        internal=True,
        now=now,
    )
    return ticket


def note(*, actor: Actor, ticket_id: UUID, text: str, now: datetime) -> HistoryEntry:
    """An internal note: the reporter never sees it. Raises TicketNotFound, ChangeIsInvalid."""
    ticket = ticket_to_work_on(actor, ticket_id)
    text = text.replace("\x00", "").strip()
    if not text or len(text) > 4000:
        message = str(_("Please write something, at most 4,000 characters."))
        raise ChangeIsInvalid(message, problems=(FieldProblem("/text", "required", message),))
    return tell(
        actor=actor,
        ticket=ticket,
        event="noted",
        journal_event=events.NOTED,
        reason=text,
        internal=True,
        now=now,
    )


def assign(*, actor: Actor, ticket_ids: Collection[UUID], person_id: UUID | None, now: datetime) -> int:
    """Name who is responsible for these tickets; None: nobody. Foreign ids are left out. Returns how many changed."""
    require(edits_orders(actor))
    person = None
    if person_id is not None:
        person = Person.objects.filter(
            pk=person_id,
            is_active=True,
            memberships__organisation_id=actor.organisation_id,
            memberships__ended_at__isnull=True,
            memberships__role__in=MANAGING_ROLES,
        ).first()
        if person is None:
            raise NotOfTheTeam
    one_at_a_time(LOCK, actor.organisation_id)
    rows = tickets(actor).select_for_update(of=("self",)).filter(pk__in=list(ticket_ids)[:MOST_AT_ONCE])
    changed = 0
    for ticket in rows.select_related("responsible").order_by("id"):
        if ticket.responsible_id == person_id:
            continue
        before = ticket.responsible.name if ticket.responsible else None
        ticket.responsible = person
        save(ticket, now=now)
        tell(
            actor=actor,
            ticket=ticket,
            event="assigned",
            journal_event=events.UPDATED,
            data={"responsible": [before, person.name if person else None]},
            journal_data={"fields": ["responsible"]},
            internal=True,
            now=now,
        )
        changed += 1
    return changed


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _clean(name: str, value: Any) -> Any:
    if name in _FLAGS:
        return bool(value)
    if name == "unit_id":
        return value or None
    text = str(value or "").strip()
    return text.lower() if name == "reporter_email" else text


def _check(actor: Actor, ticket: Ticket, wanted: Mapping[str, Any], reason: str) -> None:
    wrong: list[FieldProblem] = []

    def problem(name: str, code: str, message: Any) -> None:
        wrong.append(FieldProblem(f"/{name}", code, str(message)))

    for name, value in wanted.items():
        if name not in CHANGEABLE:
            problem(name, "unknown_field", _("There is no such field."))
        elif isinstance(value, str) and len(value) > CHANGEABLE[name]:
            problem(name, "too_long", _("At most %(letters)s characters.") % {"letters": CHANGEABLE[name]})
        elif isinstance(value, str) and "\x00" in value:
            problem(name, "wrong_format", _("The text holds a sign that cannot be stored."))
    if wrong:
        raise ChangeIsInvalid(problems=tuple(wrong))
    if "title" in wanted and not wanted["title"]:
        problem("title", "required", _("Please enter a title."))
    if "category" in wanted and wanted["category"] not in catalogue().faults:
        problem("category", "not_allowed", _("Please choose what is broken."))
    if "urgency" in wanted:
        if wanted["urgency"] not in Urgency.values:
            problem("urgency", "not_allowed", _("Please choose one."))
        elif wanted["urgency"] != ticket.urgency and not reason.strip():
            problem("reason", "required", _("Please say why the urgency is another."))
    if wanted.get("reporter_email"):
        try:
            validate_email(wanted["reporter_email"])
        except ValidationError:
            problem("reporter_email", "wrong_format", _("This is no e-mail address."))
    unit_id = wanted.get("unit_id", ticket.unit_id)
    part = wanted.get("common_part", ticket.common_part)
    if part and part not in catalogue().parts:
        problem("common_part", "not_allowed", _("There is no such part of a building."))
    if part and unit_id:
        problem("common_part", "not_allowed", _("A place is either in a unit or a common part."))
    if "unit_id" in wanted and unit_id and unit_id != ticket.unit_id:
        here = sub_properties(actor).filter(pk=unit_id, type=SubPropertyType.UNIT, property_id=ticket.property_id)
        if not here.exists():
            problem("unit_id", "not_allowed", _("This unit is not in this property."))
    if wrong:
        raise ChangeIsInvalid(wrong[0].message, problems=tuple(wrong))
