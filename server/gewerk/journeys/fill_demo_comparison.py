"""The demo's comparison: three firms quoted for a bathtub, the quotes are open, and the manager is to award.

Two firms may take the work; the cheapest may not any more: its insurance ran out after it had quoted.
Part of ``fill_demo``, through the same operations as people. Never runs elsewhere.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from gewerk.firms.operations.evidence import Paper
from gewerk.firms.operations.list_firm import list_firm
from gewerk.firms.operations.write_profile import write_profile
from gewerk.identity.access import actor_for
from gewerk.identity.models import Membership, Organisation, OrganisationKind, Person, Role
from gewerk.identity.operations.organisations import new_organisation
from gewerk.journal.actor import Actor
from gewerk.journeys.fill_demo_market import show_paper
from gewerk.journeys.open_quotes import open_request
from gewerk.journeys.request_quotes import send_request
from gewerk.journeys.submit_quote import submit_quote
from gewerk.marketplace.models import Pricing
from gewerk.marketplace.operations.prepare import choose_firms, draft_request
from gewerk.marketplace.operations.write_quote import items_of
from gewerk.marketplace.scope import PriceGiven, QuoteGiven, ScopeItem
from gewerk.portfolio.models import Property
from gewerk.projects.operations.draft_order import draft_order

_VAT = 1900
_TRADES = ("plumbing",)
_SCOPE = (
    ScopeItem("Badewanne ausbauen und entsorgen", 1_000, "Stück", number="01.0010", section="Abbruch"),
    ScopeItem("Stahlwanne 170 x 75 mit Träger liefern und setzen", 1_000, "Stück", number="02.0010", section="Wanne"),
    ScopeItem("Wannenfüll- und Brausebatterie", 1_000, "Stück", number="02.0020", section="Wanne"),
    ScopeItem("Fliesenspiegel schließen", 1_800, "m²", number="03.0010", section="Fliesen"),
    ScopeItem("Wannengriff, verchromt", 1_000, "Stück", number="02.0030", section="Wanne", optional=True),
)
_PRICES = (
    (18_500, 79_000, 24_500, 11_200, 6_900),
    (16_000, 84_500, 21_900, 19_800, 5_500),
    (15_000, 66_000, 19_900, 9_800, 4_900),
)
"""Net, minor units per item."""


def compare_quotes(*, boss: Actor, operator: Actor, place: Property, now: datetime) -> None:
    sent_at, today = now - timedelta(days=9), now.date()
    lehmann = _rival("Wasser und Wärme Lehmann (Demo)", "Lehmann", "44309", operator, today - timedelta(days=90), now)
    neumann = _rival("Bad & Rohr Neumann (Demo)", "Neumann", "44263", operator, today - timedelta(days=200), now)
    oeztuerk = _rival("Sanitär Öztürk (Demo)", "Öztürk", "44145", operator, today - timedelta(days=366), now)
    firms = (lehmann, neumann, oeztuerk)
    for rival in firms:
        list_firm(actor=boss, firm=Organisation.objects.get(pk=rival.organisation_id), now=sent_at)
    order = draft_order(
        actor=boss, property_id=place.pk, fields={"title": "Badewanne erneuern", "trade": "plumbing"}, now=sent_at
    )
    fields = {
        "service": "bathtub_replace",
        "text": "Die Emaille ist durchgerostet. Das Bad liegt im 2. OG, ein Aufzug ist da.",
        "deadline_at": sent_at + timedelta(days=7),
        "visit_possible": True,
    }
    asked = draft_request(actor=boss, order_id=order.pk, fields=fields, items=_SCOPE, now=sent_at)
    choose_firms(actor=boss, request_id=asked.pk, firm_ids=[firm.organisation_id for firm in firms], now=sent_at)
    send_request(actor=boss, request_id=asked.pk, now=sent_at)
    for days, (firm, prices) in enumerate(zip(firms, _PRICES, strict=True), start=2):
        invitation = asked.invitations.get(firm_id=firm.organisation_id)
        given = QuoteGiven(
            pricing=Pricing.ITEMS,
            prices=_priced(items_of(invitation), prices),
            start_date=today + timedelta(days=7 * days),
            duration_days=days,
            valid_until_date=today + timedelta(days=40),
            conditions="Zahlbar innerhalb von 14 Tagen." if firm is neumann else "",
        )
        submit_quote(actor=firm, invitation_id=invitation.pk, given=given, now=sent_at + timedelta(days=days))
    open_request(actor=boss, request_id=asked.pk, now=sent_at + timedelta(days=7))


def _priced(items: Mapping[UUID, object], prices: Sequence[int]) -> tuple[PriceGiven, ...]:
    return tuple(PriceGiven(minor, _VAT, item_id=item_id) for item_id, minor in zip(items, prices, strict=True))


def _rival(name: str, last_name: str, postcode: str, operator: Actor, insured_from: date, now: datetime) -> Actor:
    """Somebody who speaks for a new firm with all papers a bathtub needs; the insurance runs a year from ``insured_from``."""
    since = now - timedelta(days=400)
    firm = new_organisation(kind=OrganisationKind.FIRM, name=name, country="DE", now=since)
    firm.street, firm.postcode, firm.city = "Hafenstraße 9", postcode, "Dortmund"
    firm.save(update_fields=["street", "postcode", "city"])
    address = f"{last_name.lower().replace('ö', 'oe').replace('ü', 'ue')}@demo.example"
    person = Person.objects.create_user(address, None, first_name="Aylin", last_name=last_name, created_at=since)
    member = Membership.objects.create(person=person, organisation=firm, role=Role.FIRM, created_at=since)
    owner = actor_for(person, firm.pk, memberships=[member])
    write_profile(
        actor=owner,
        fields={"contact_name": f"Aylin {last_name}", "area_kind": "postcodes", "area_postcodes": ["44"]},
        trades=_TRADES,
        now=since,
    )
    long_ago, year = now.date() - timedelta(days=900), timedelta(days=365)
    papers = (
        Paper("craft_card", "Handwerkskammer Dortmund", long_ago, number=f"HWK-{last_name}", trades=_TRADES),
        Paper("business_registration", "Stadt Dortmund", long_ago),
        Paper(
            "liability_insurance",
            "Musterversicherung AG",
            insured_from,
            insured_from + year,
            number=f"DEMO-{last_name}",
            insured_minor=500_000_000,
        ),
        Paper("exemption_48b", "Finanzamt Dortmund-Ost", long_ago, now.date() + year, number=f"48B-{last_name}"),
        Paper("bg_certificate", "BG BAU", insured_from, now.date() + year),
        Paper("water_concession", "DEW21", long_ago, now.date() + year, trades=_TRADES),
    )
    for paper in papers:
        show_paper(paper, owner=owner, operator=operator, firm_id=firm.pk, now=now - timedelta(days=10))
    return owner
