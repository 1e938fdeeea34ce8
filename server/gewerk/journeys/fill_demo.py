"""The demo's work: a firm with agreed prices and papers, a caretaker's crew, and damage in every state that somebody waits in.

Everything goes the way people go, through the same operations, so that history, mails and sums are there too. Never runs elsewhere.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import transaction

from gewerk.firms.models import CostKind
from gewerk.firms.operations.crews import save_crew
from gewerk.firms.operations.framework_prices import Price, agree_price
from gewerk.firms.operations.list_firm import change_listing, list_firm
from gewerk.firms.operations.write_profile import write_profile
from gewerk.identity.access import actor_for
from gewerk.identity.models import Membership, Organisation, OrganisationKind, Role
from gewerk.journal.actor import Actor, by_link
from gewerk.journeys.agree_visit import take_slot
from gewerk.journeys.award_order import Taken, award_ticket
from gewerk.journeys.complete_visit import finish_capture
from gewerk.journeys.enter_home import enter_home
from gewerk.journeys.fill_demo_afterwards import rate_demo, warn_demo
from gewerk.journeys.fill_demo_comparison import compare_quotes
from gewerk.journeys.fill_demo_market import ask_for_quotes, show_papers, write_request
from gewerk.journeys.report_damage import report_damage
from gewerk.journeys.step_order import step_order
from gewerk.portfolio.models import SubProperty, SubPropertyType, Tenure, Usage
from gewerk.projects.items import Line
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.variations import ask_for_variation
from gewerk.scheduling.models import Slot
from gewerk.scheduling.operations import arrange, capture
from gewerk.scheduling.operations.moving import Span
from gewerk.tickets.models import Channel, ReporterKind, ReportLink, Ticket
from gewerk.tickets.operations.report import REPORTING, NewTicket
from gewerk.tickets.operations.report_links import create_link

_VAT = 1900
_PRICES = (
    ("tap-seal", "Wasserhahn abdichten, Dichtung wechseln", "Stück", 4900, "plumbing"),
    ("tap-new", "Einhebelmischer liefern und montieren", "Stück", 14900, "plumbing"),
    ("drain", "Abfluss mit Spirale reinigen", "Stück", 8900, "plumbing"),
    ("cistern", "Spülkasten instand setzen", "Stück", 7400, "plumbing"),
    ("radiator-vent", "Heizkörper entlüften und Thermostat prüfen", "Stück", 5200, "heating"),
    ("radiator-valve", "Thermostatventil wechseln", "Stück", 9800, "heating"),
    ("hour", "Monteurstunde", "Std", 6400, "plumbing"),
    ("travel", "Anfahrt im Stadtgebiet", "Pauschale", 2900, "plumbing"),
)


@dataclass(frozen=True, slots=True)
class _Damage:
    category: str
    text: str
    room: str = ""


_DAMAGES = (
    _Damage("water.tap", "Der Hahn in der Küche tropft Tag und Nacht.", "kitchen"),
    _Damage("heating.no_heating", "Seit heute früh ist die ganze Wohnung kalt."),
    _Damage("roof.stain", "Im Bad wird ein Fleck an der Decke größer.", "bath"),
    _Damage("water.toilet_running", "Die Spülung läuft nach.", "bath"),
    _Damage("heating.radiator_cold", "Der Heizkörper im Wohnzimmer bleibt unten kalt.", "living"),
    _Damage("water.drain", "Das Waschbecken läuft kaum noch ab.", "bath"),
    _Damage("windows_doors.window", "Das Schlafzimmerfenster schließt nicht mehr.", "bedroom"),
    _Damage("mould.damp", "Hinter den Fliesen im Bad kommt Wasser aus der Wand.", "bath"),
    _Damage("heating.radiator_cold", "Im ganzen Strang werden die Heizkörper nicht warm.", "living"),
    _Damage("windows_doors.window", "Durch die Fenster im Flur zieht es.", "hall"),
)
_FINISHED = (
    _Damage("water.tap", "Der Hahn im Bad ließ sich nicht mehr zudrehen.", "bath"),
    _Damage("water.toilet_running", "Das Wasser lief Tag und Nacht in die Schüssel.", "bath"),
)
"""Reported weeks ago by the first tenants, done and accepted since."""


@transaction.atomic
def fill_demo(*, now: datetime) -> bool:
    """Once, as soon as the stock is there. Returns whether anything was made."""
    manager = _home(OrganisationKind.MANAGER)
    firm = _home(OrganisationKind.FIRM)
    tenants = _tenants(manager)
    if len(tenants) < len(_DAMAGES) or Ticket.objects.filter(organisation=manager).exists():
        return False
    boss = _somebody(manager, Role.HOUSING_MANAGER)
    dispatcher = _somebody(firm, Role.FIRM)
    prices = _firm_of_the_list(boss, dispatcher, firm, now)
    crew = save_crew(
        actor=boss,
        crew_id=None,
        kind="caretaker",
        name="Hausmeister Pohl",
        phone="+49 231 5550155",
        member_ids=[person_of(manager, Role.CARETAKER)],
        now=now,
    )
    ages = (2, 5, 20, 30, 52, 75, 98, 27, 8, 3)
    reported = [
        _reported(manager, boss, tenant, damage, now=now - timedelta(hours=hours))
        for tenant, damage, hours in zip(tenants, _DAMAGES, ages, strict=True)
    ]
    _owners_home(now)
    today = now.astimezone(ZoneInfo(manager.time_zone)).date()

    def awarded(ticket: Ticket, code: str, at: datetime) -> WorkOrder:
        taken = [Taken(prices[code]), Taken(prices["travel"])]
        return award_ticket(actor=boss, ticket_ids=[ticket.pk], taken=taken, as_of=today, now=at).order

    _offer(dispatcher, awarded(reported[3], "cistern", now - timedelta(hours=26)), now=now - timedelta(hours=3))
    visit = _offer(
        dispatcher, awarded(reported[4], "radiator-vent", now - timedelta(hours=50)), now=now - timedelta(hours=40)
    )
    first = Slot.objects.filter(visit_id=visit).order_by("starts_at")[0]
    take_slot(actor=boss, visit_id=visit, slot_id=first.pk, now=now - timedelta(hours=30))
    _more_needed(dispatcher, first.visit.order, now=now - timedelta(hours=1))
    _done(dispatcher, awarded(reported[5], "drain", now - timedelta(hours=70)), now=now - timedelta(hours=4))
    finished = []
    for tenant, damage, code in zip(tenants, _FINISHED, ("tap-seal", "cistern"), strict=False):
        ticket = _reported(manager, boss, tenant, damage, now=now - timedelta(days=12))
        order = awarded(ticket, code, now - timedelta(days=11))
        _done(dispatcher, order, now=now - timedelta(days=7), text="Instand gesetzt, Probelauf gemacht.")
        finished.append((order, ticket))
    rate_demo(boss=boss, owner=dispatcher, done=finished, now=now)
    warn_demo(boss=boss, owner=dispatcher, place=finished[0][0].property, now=now)
    award_ticket(actor=boss, ticket_ids=[reported[6].pk], crew_id=crew.pk, as_of=today, now=now - timedelta(hours=90))
    operator = _somebody(_home(OrganisationKind.OPERATOR), Role.OPERATOR)
    show_papers(owner=dispatcher, operator=operator, firm_id=firm.pk, now=now)
    compare_quotes(boss=boss, operator=operator, place=finished[1][0].property, now=now)
    ask_for_quotes(boss=boss, dispatcher=dispatcher, ticket_id=reported[7].pk, firm_id=firm.pk, now=now)
    clerk = _somebody(manager, Role.HOUSING_OFFICER)
    whole_riser = [Taken(prices["radiator-valve"], 11_000), Taken(prices["travel"])]
    award_ticket(actor=clerk, ticket_ids=[reported[8].pk], taken=whole_riser, as_of=today, now=now - timedelta(hours=2))
    write_request(boss=boss, ticket_id=reported[9].pk, now=now)
    return True


def _owners_home(now: datetime) -> None:
    """The private owner has entered her flat."""
    owner = _somebody(_home(OrganisationKind.OWNER), Role.PRIVATE_OWNER)
    enter_home(
        actor=owner,
        street="Kronprinzenstraße",
        house_number="84",
        postcode="44135",
        city="Dortmund",
        country="DE",
        flat="3. OG rechts",
        now=now,
    )


def _tenants(manager: Organisation) -> list[SubProperty]:
    """Of dwellings, with an e-mail address and an open lease: two of each property, so that the work lies in several places."""
    rows = (
        Tenure.objects.select_related("party", "unit__property")
        .filter(
            organisation=manager,
            unit__usage=Usage.LIVING,
            party__type=SubPropertyType.TENANT,
            party__archived_at__isnull=True,
            party__contract_end__isnull=True,
        )
        .exclude(party__email="")
        .order_by("party__external_id", "id")
    )
    seen: Counter[UUID | None] = Counter()
    found: dict[UUID, SubProperty] = {}
    for row in rows:
        if row.party_id not in found and seen[row.unit.property_id] < 2:
            seen[row.unit.property_id] += 1
            found[row.party_id] = row.party
    return list(found.values())[: len(_DAMAGES)]


def _home(kind: OrganisationKind) -> Organisation:
    return Organisation.objects.filter(kind=kind).order_by("created_at", "id")[0]


def person_of(organisation: Organisation, role: Role) -> UUID:
    """The demo's person of that role."""
    found = Membership.objects.filter(organisation=organisation, role=role, ended_at__isnull=True)
    return found.order_by("created_at", "id")[0].person_id


def _somebody(organisation: Organisation, role: Role) -> Actor:
    held = Membership.objects.select_related("person").filter(
        organisation=organisation, role=role, ended_at__isnull=True
    )
    membership = held.order_by("created_at", "id")[0]
    return actor_for(membership.person, organisation.pk, memberships=[membership])


def _firm_of_the_list(boss: Actor, owner: Actor, firm: Organisation, now: datetime) -> dict[str, UUID]:
    write_profile(
        actor=owner,
        fields={
            "contact_name": "Ralf Sommer",
            "emergency_phone": "+49 231 5550148",
            "about": "Sanitär und Heizung im Dortmunder Stadtgebiet, zwölf Monteure, Notdienst an jedem Tag.",
            "languages": ["de", "tr"],
            "area_kind": "postcodes",
            "area_postcodes": ["44", "58"],
        },
        trades=["plumbing", "heating"],
        now=now,
    )
    list_firm(actor=boss, firm=firm, supplier_number="70147", now=now)
    change_listing(actor=boss, firm_id=firm.pk, standing="preferred", supplier_number="70147", now=now)
    first_day = now.date() - timedelta(days=60)
    return {
        code: agree_price(
            actor=boss,
            firm_id=firm.pk,
            price=Price(code, text, unit, net, _VAT, valid_from=first_day, trade=trade),
            now=now,
        ).pk
        for code, text, unit, net, trade in _PRICES
    }


def _reported(manager: Organisation, boss: Actor, tenant: SubProperty, damage: _Damage, *, now: datetime) -> Ticket:
    tenure = tenant.tenures.select_related("unit__property").filter(unit__usage=Usage.LIVING).order_by("id")[0]
    place = tenure.unit.property
    assert place is not None  # the query asked for it
    link = ReportLink.objects.filter(property=place, unit__isnull=True).first()
    link = link or create_link(actor=boss, property=place, note="Aushang im Treppenhaus", now=now)
    given = NewTicket(
        property=place,
        unit=tenure.unit,
        channel=Channel.QR,
        report_link=link,
        category=damage.category,
        answers=[{"question": "room", "answer": damage.room}] if damage.room else [],
        text=damage.text,
        language="de",
        reporter=tenant,
        reporter_kind=ReporterKind.TENANT,
        reporter_name=f"{tenant.first_name} {tenant.last_name}".strip() or tenant.company_name,
        reporter_email=tenant.email,
    )
    return report_damage(actor=by_link(manager.pk, link.pk, REPORTING), organisation=manager, given=given, now=now)


def _offer(dispatcher: Actor, order: WorkOrder, *, now: datetime) -> UUID:
    """Three mornings and afternoons of the next week, as a firm offers them."""
    zone = ZoneInfo(order.organisation.time_zone)
    monday = (now.astimezone(zone) + timedelta(days=7 - now.weekday())).replace(minute=0, second=0, microsecond=0)
    spans = [
        Span(start, start + timedelta(hours=2))
        for days, hour in ((0, 8), (1, 10), (2, 14))
        if (start := (monday + timedelta(days=days)).replace(hour=hour))
    ]
    return arrange.propose(actor=dispatcher, order_id=order.pk, spans=spans, now=now).pk


def _more_needed(dispatcher: Actor, order: WorkOrder, *, now: datetime) -> None:
    line = Line("Thermostatventil zusätzlich wechseln", 1_000, "Stück", 9800, _VAT, CostKind.MATERIAL)
    reason = "Das Ventil sitzt fest und lässt sich nicht mehr gängig machen."
    ask_for_variation(actor=dispatcher, order_id=order.pk, reason=reason, lines=[line], now=now)


def _done(
    dispatcher: Actor,
    order: WorkOrder,
    *,
    now: datetime,
    text: str = "Abfluss mit Spirale gereinigt, Siphon getauscht, Probelauf gemacht.",
) -> None:
    step_order(actor=dispatcher, order_id=order.pk, step="start", now=now - timedelta(hours=2))
    captured = capture.Captured(
        completion_id=uuid4(),
        captured_at=now,
        sent_at=now,
        text=text,
        minutes=50,
        checklist=[("Dichtheit geprüft", True), ("Arbeitsplatz sauber verlassen", True)],
    )
    completion = capture.begin(actor=dispatcher, order_id=order.pk, captured=captured, now=now)
    finish_capture(actor=dispatcher, completion_id=completion.pk, now=now)
