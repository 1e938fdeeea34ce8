"""Somebody reports damage: a ticket is made, judged by the rules of urgency and given a number."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import edits_orders, require
from gewerk.identity.models import Organisation, Person, Role
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.refusals import FieldProblem, Refusal
from gewerk.portfolio.models import Property, SubProperty, SubPropertyType
from gewerk.tickets import events
from gewerk.tickets.catalogue.faults import answered, catalogue
from gewerk.tickets.catalogue.urgency import Report, judge, react_by
from gewerk.tickets.models import (
    Channel,
    Origin,
    ReporterKind,
    ReportingSettings,
    ReportLink,
    Ticket,
    TicketCounter,
    Urgency,
)
from gewerk.tickets.operations.history import tell
from gewerk.tickets.search_text import compose
from gewerk.tickets.states import State

REPORTING = "report"
"""Scope of whoever came through a report link."""
TITLE_LETTERS = 200
TEXT_LETTERS = 10_000


class ReportIsInvalid(Refusal):
    """``problems`` says what is wrong with which field."""

    code = "report_invalid"
    message = _("Something in the report is missing or wrong.")


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What is reported. The door fetched ``property``, ``unit`` and ``reporter`` through ``access``; texts are as typed."""

    property: Property
    channel: Channel
    category: str
    language: str
    unit: SubProperty | None = None
    common_part: str = ""
    place_note: str = ""
    answers: Sequence[dict[str, str]] = ()
    title: str = ""
    """Empty: the name of the fault and the room."""
    text: str = ""
    urgency: str = ""
    """Empty: by the rules."""
    reporter: SubProperty | None = None
    reporter_person: Person | None = None
    reporter_kind: str = ReporterKind.OTHER
    reporter_name: str = ""
    reporter_email: str = ""
    reporter_phone: str = ""
    report_link: ReportLink | None = None
    access_notes: str = ""
    vulnerable: bool = False
    vulnerable_note: str = ""
    pets: str = ""
    pair_visit: bool = False
    building_wide: bool = False
    origin: Origin = Origin.GEWERK
    external_id: str | None = None
    external_number: str = ""
    files: Sequence[str] = field(default_factory=tuple)
    """Ids of files that come along, for the history."""


def may_report(actor: Actor) -> bool:
    """Staff, programs that may do everything, tenants, and whoever holds a report link."""
    return (
        edits_orders(actor)
        or (actor.kind is ActorKind.GUEST and REPORTING in actor.scopes)
        or (actor.kind is ActorKind.PERSON and bool(actor.roles & {Role.TENANT, Role.CARETAKER}))
    )


def report(*, actor: Actor, organisation: Organisation, given: NewTicket, now: datetime) -> Ticket:
    """The new ticket, in state ``new``. Raises ReportIsInvalid."""
    require(may_report(actor))
    _check(given)
    fault = catalogue().faults[given.category]
    known = answered(fault, given.answers)
    ticket = Ticket(
        organisation=organisation,
        channel=given.channel,
        origin=given.origin,
        external_id=given.external_id,
        external_number=given.external_number,
        property=given.property,
        unit=given.unit,
        common_part=given.common_part,
        place_note=given.place_note.strip(),
        report_link=given.report_link,
        reporter=given.reporter,
        reporter_person=given.reporter_person,
        reporter_kind=given.reporter_kind,
        reporter_name=given.reporter_name.strip(),
        reporter_email=given.reporter_email.strip().lower(),
        reporter_phone=given.reporter_phone.strip(),
        language=given.language[:5],
        category=given.category,
        answers=[{"question": question.key, "answer": option.key} for question, option in known],
        title=given.title.strip() or title_of(given, organisation.language),
        text=given.text.strip(),
        access_notes=given.access_notes.strip(),
        vulnerable=given.vulnerable,
        vulnerable_note=given.vulnerable_note.strip(),
        pets=given.pets.strip(),
        pair_visit=given.pair_visit,
        building_wide=given.building_wide,
        state=State.NEW,
        state_at=now,
        responsible_id=given.property.responsible_id,
        created_at=now,
        updated_at=now,
    )
    _judge(ticket, organisation, given, now)
    ticket.number = _next_number(organisation, now)
    ticket.search = compose(ticket)
    ticket.save(force_insert=True)
    tell(
        actor=actor,
        ticket=ticket,
        event="reported",
        journal_event=events.CREATED,
        to_state=State.NEW,
        data={"files": list(given.files)} if given.files else {},
        journal_data={"number": ticket.number, "category": ticket.category, "urgency": ticket.urgency},
        now=now,
    )
    return ticket


def title_of(given: NewTicket, language: str) -> str:
    """``Wasserhahn tropft oder klemmt (Bad)``, ``Licht geht nicht (Keller)``."""
    found = catalogue()
    fault = found.faults[given.category]
    rooms = [o.title.in_(language) for question, o in answered(fault, given.answers) if question.key == "room"]
    if given.common_part and not rooms:
        rooms = [found.parts[given.common_part].in_(language)]
    title = fault.title.in_(language)
    return f"{title} ({rooms[0]})" if rooms else title


def settings_of(organisation: Organisation) -> ReportingSettings:
    """The stored settings, or the defaults."""
    return ReportingSettings.objects.filter(pk=organisation.pk).first() or ReportingSettings(organisation=organisation)


def asked_of_the_rules(
    *, organisation: Organisation, category: str, answers: dict[str, str], vulnerable: bool, now: datetime
) -> Report:
    """The report as the rules of urgency see it, on the organisation's clock."""
    hours = settings_of(organisation)
    given = Report(category, answers, now.astimezone(ZoneInfo(organisation.time_zone)), vulnerable)
    if hours.office_opens is None or hours.office_closes is None:
        return given
    return Report(given.fault, given.answers, given.local, vulnerable, hours.office_opens, hours.office_closes)


def _judge(ticket: Ticket, organisation: Organisation, given: NewTicket, now: datetime) -> None:
    if given.urgency:
        ticket.urgency = given.urgency
    else:
        answers = {one["question"]: one["answer"] for one in ticket.answers}
        judged = judge(
            asked_of_the_rules(
                organisation=organisation,
                category=ticket.category,
                answers=answers,
                vulnerable=ticket.vulnerable,
                now=now,
            )
        )
        ticket.urgency, ticket.urgency_rule = judged.urgency, judged.rule
        ticket.building_wide = ticket.building_wide or answers.get("extent") == "building"
    ticket.react_by_at = react_by(ticket.urgency, now=now)


def _next_number(organisation: Organisation, now: datetime) -> str:
    """``T-2026-0001``: the row of the year is locked until the transaction ends, so no two tickets get the same."""
    year = now.astimezone(ZoneInfo(organisation.time_zone)).year
    counters = TicketCounter.objects.filter(organisation=organisation, year=year)
    if not counters.update(last=F("last") + 1):
        TicketCounter.objects.bulk_create([TicketCounter(organisation=organisation, year=year)], ignore_conflicts=True)
        counters.update(last=F("last") + 1)
    return f"T-{year}-{counters.get().last:04d}"


_LIMITS = {
    "title": TITLE_LETTERS,
    "text": TEXT_LETTERS,
    "place_note": 200,
    "reporter_name": 200,
    "reporter_email": 254,
    "reporter_phone": 60,
    "access_notes": 1000,
    "vulnerable_note": 300,
    "pets": 200,
    "external_id": 200,
    "external_number": 60,
}


def _check(given: NewTicket) -> None:
    wrong: list[FieldProblem] = []

    def problem(name: str, code: str, message: str) -> None:
        wrong.append(FieldProblem(f"/{name}", code, message))

    found = catalogue()
    if given.category not in found.faults:
        problem("category", "not_allowed", str(_("Please choose what is broken.")))
    if given.common_part and given.common_part not in found.parts:
        problem("common_part", "not_allowed", str(_("There is no such part of a building.")))
    if given.unit is not None:
        if given.common_part:
            problem("common_part", "not_allowed", str(_("A place is either in a unit or a common part.")))
        if given.unit.type != SubPropertyType.UNIT or given.unit.property_id != given.property.pk:
            problem("unit_id", "not_allowed", str(_("This unit is not in this property.")))
    if given.urgency and given.urgency not in Urgency.values:
        problem("urgency", "not_allowed", str(_("Please choose one.")))
    if given.reporter_kind not in ReporterKind.values:
        problem("reporter_kind", "not_allowed", str(_("Please choose one.")))
    for name, letters in _LIMITS.items():
        value = getattr(given, name) or ""
        if len(value) > letters:
            problem(name, "too_long", str(_("At most %(letters)s characters.") % {"letters": letters}))
        if "\x00" in value:
            problem(name, "wrong_format", str(_("The text holds a sign that cannot be stored.")))
    if given.reporter_email.strip():
        try:
            validate_email(given.reporter_email.strip())
        except ValidationError:
            problem("reporter_email", "wrong_format", str(_("This is no e-mail address.")))
    if wrong:
        raise ReportIsInvalid(problems=tuple(wrong))
