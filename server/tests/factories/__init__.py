"""Factories with traits: ``factories.organisation(country="AT")``, ``factories.person(org, role="admin")``."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from gewerk.catalogue.queries import catalogue_of
from gewerk.files.models import FileLink, StoredFile
from gewerk.firms.models import Crew, CrewMember, Evidence, FirmProfile, FirmTrade, FrameworkPrice, ListedFirm
from gewerk.identity.models import Membership, Organisation, OrganisationKind, Person, Role
from gewerk.journal.actor import Actor, ActorKind, system
from gewerk.journeys.open_quotes import open_request
from gewerk.journeys.request_quotes import send_request
from gewerk.marketplace.models import Invitation, Quote, QuoteRequest
from gewerk.marketplace.operations.prepare import choose_firms, draft_request
from gewerk.marketplace.operations.write_quote import items_of, submit
from gewerk.marketplace.scope import PriceGiven, QuoteGiven
from gewerk.portfolio.models import Property, SubProperty, Tenure
from gewerk.projects.items import Line
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.draft_order import draft_order
from gewerk.projects.operations.set_items import set_items
from gewerk.tickets.models import Channel, Ticket
from gewerk.tickets.operations.report import NewTicket, report

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PASSWORD = "Lindenhof-2026!"
_count = itertools.count(1)

_COUNTRIES = {
    "DE": {"language": "de", "currency": "EUR", "time_zone": "Europe/Berlin"},
    "AT": {"language": "de", "currency": "EUR", "time_zone": "Europe/Vienna"},
    "GB": {"language": "en", "currency": "GBP", "time_zone": "Europe/London"},
}


def organisation(country: str = "DE", **fields: Any) -> Organisation:
    defaults = {
        "kind": OrganisationKind.MANAGER,
        "name": f"Verwaltung {next(_count)}",
        "created_at": NOW,
        "country": country,
    }
    return Organisation.objects.create(**{**defaults, **_COUNTRIES[country], **fields})


def person(org: Organisation, role: str = Role.ADMIN, **fields: Any) -> Person:
    number = next(_count)
    defaults: dict[str, Any] = {"first_name": "Sabine", "last_name": f"Krüger{number}", "created_at": NOW}
    somebody = Person.objects.create_user(
        fields.pop("email", f"person{number}@example.org"), PASSWORD, **{**defaults, **fields}
    )
    Membership.objects.create(person=somebody, organisation=org, role=role, created_at=NOW)
    return somebody


def property_(org: Organisation, **fields: Any) -> Property:
    number = next(_count)
    defaults = {
        "external_id": f"1-9-{number}",
        "client_number": "1",
        "name": f"Lindemannstraße {number}",
        "street": "Lindemannstraße",
        "house_number": str(number),
        "postcode": "44137",
        "city": "Dortmund",
        "country": org.country,
        "created_at": NOW,
        "updated_at": NOW,
        "source": "erp",
    }
    return Property.objects.create(organisation=org, **{**defaults, **fields})


def unit(prop: Property, **fields: Any) -> SubProperty:
    number = next(_count)
    defaults = {
        "type": "unit",
        "external_id": f"{prop.external_id}-{number}",
        "client_number": prop.client_number,
        "name": f"{number}",
        "usage": "living",
        "occupancy": "let",
        "created_at": NOW,
        "updated_at": NOW,
        "source": "erp",
    }
    return SubProperty.objects.create(organisation=prop.organisation, property=prop, **{**defaults, **fields})


def tenant(*units: SubProperty, **fields: Any) -> SubProperty:
    number = next(_count)
    defaults = {
        "type": "tenant",
        "external_id": f"1-6014{number}-{number}",
        "client_number": units[0].client_number,
        "name": f"Jonas Wiebe {number}",
        "kind": "natural",
        "first_name": "Jonas",
        "last_name": f"Wiebe {number}",
        "email": f"wiebe{number}@example.org",
        "role": "main_tenant",
        "created_at": NOW,
        "updated_at": NOW,
        "source": "erp",
    }
    somebody = SubProperty.objects.create(organisation=units[0].organisation, **{**defaults, **fields})
    for one in units:
        Tenure.objects.create(organisation=one.organisation, party=somebody, unit=one)
    return somebody


def acting(somebody: Person, *roles: str) -> Actor:
    """The person as they act in the organisation of their first membership; ``roles``: instead of the membership's."""
    membership = Membership.objects.filter(person=somebody).order_by("created_at", "id")[0]
    return Actor(
        kind=ActorKind.PERSON,
        id=somebody.pk,
        organisation_id=membership.organisation_id,
        roles=frozenset(roles or {membership.role}),
    )


def firm(
    *managers: Organisation, standing: str = "approved", trades: tuple[str, ...] = (), **fields: Any
) -> Organisation:
    """A tradesperson's firm on the lists of these managers."""
    one = organisation(**{"kind": OrganisationKind.FIRM, "name": f"Betrieb {next(_count)}", **fields})
    FirmProfile.objects.create(firm=one, updated_at=NOW)
    FirmTrade.objects.bulk_create(FirmTrade(firm=one, trade=code) for code in trades)
    for manager in managers:
        ListedFirm.objects.create(
            organisation=manager,
            firm=one,
            standing=standing,
            blocked_reason="Unzuverlässig" if standing == "blocked" else "",
            search=one.name.lower(),
            created_at=NOW,
            updated_at=NOW,
        )
    return one


def firm_trades(firm: Organisation, *trades: str) -> None:
    """The firm says that it does these too."""
    FirmTrade.objects.bulk_create(FirmTrade(firm=firm, trade=code) for code in trades)


def evidence(firm: Organisation, *, state: str = "confirmed", with_file: bool = True, **fields: Any) -> Evidence:
    """A paper of the firm that holds in 2026, decided by somebody else than who sent it. ``trades`` only where the kind asks."""
    kind = catalogue_of(firm.country).evidence[fields.setdefault("kind", "liability_insurance")]
    defaults: dict[str, Any] = {
        "number": f"N-{next(_count)}",
        "issuer": "Westfälische Versicherung",
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2027, 6, 30) if kind.expires else None,
        "submitted_at": NOW,
    }
    if kind.minimum_minor is not None:
        defaults |= {"insured_minor": 1_000_000_000, "currency": catalogue_of(firm.country).currency}
    else:
        fields.pop("insured_minor", None)
    if not kind.per_trade:
        fields.pop("trades", None)
    if not {"submitted_by", "submitted_by_id"} & set(fields):
        fields["submitted_by"] = person(firm, role=Role.FIRM)
    if state != "submitted" and "decided_by" not in fields:
        fields |= {"decided_by": somebody_of_the_operator(), "decided_at": NOW}
    if state == "refused":
        fields.setdefault("reason", "Die Police ist nicht lesbar.")
    one = Evidence.objects.create(firm=firm, country=firm.country, state=state, **{**defaults, **fields})
    if with_file:
        paper = StoredFile.objects.create(
            organisation_id=firm.pk,
            kind="document",
            media_type="application/pdf",
            sha256=f"{next(_count):064x}",
            size=1,
            stored_bytes=1,
            created_at=NOW,
        )
        FileLink.objects.create(
            organisation_id=firm.pk,
            file=paper,
            object_type="evidence",
            object_id=one.pk,
            purpose="evidence",
            name="Nachweis.pdf",
            linked_at=NOW,
            actor_kind="person",
            actor_id=one.submitted_by_id,
        )
    return one


def somebody_of_the_operator() -> Person:
    """A further person of the installation's one operator."""
    found = Organisation.objects.filter(kind=OrganisationKind.OPERATOR).first()
    return person(found or organisation(kind=OrganisationKind.OPERATOR, name="Betrieb"), role=Role.OPERATOR)


def crew(manager: Organisation, *members: Person, **fields: Any) -> Crew:
    """Own people of the manager."""
    defaults = {"kind": "caretaker", "name": f"Team {next(_count)}", "created_at": NOW, "updated_at": NOW}
    one = Crew.objects.create(organisation=manager, **{**defaults, **fields})
    CrewMember.objects.bulk_create(CrewMember(crew=one, person=member) for member in members)
    return one


def framework_price(manager: Organisation, firm: Organisation, **fields: Any) -> FrameworkPrice:
    number = next(_count)
    defaults = {
        "code": f"S-{number}",
        "text": "Dichtung erneuern",
        "unit": "Stk",
        "net_minor": 4_900,
        "currency": manager.currency,
        "vat_basis_points": 1_900,
        "valid_from": date(2026, 1, 1),
        "created_at": NOW,
        "updated_at": NOW,
    }
    return FrameworkPrice.objects.create(organisation=manager, firm=firm, **{**defaults, **fields})


def work_order(place: Property, *, price_minor: int = 10_000, **fields: Any) -> WorkOrder:
    """A draft with one item of ``price_minor`` net at 19 %, made by an administrator of its own; ``fields`` are set as columns."""
    admin = acting(person(place.organisation))
    with transaction.atomic():
        made = draft_order(actor=admin, property_id=place.pk, fields={"title": "Wasserhahn tropft"}, now=NOW)
        if price_minor:
            made = set_items(
                actor=admin, order_id=made.pk, lines=[Line("Dichtung", 1_000, "Stk", price_minor, 1_900)], now=NOW
            )
    if fields:
        WorkOrder.objects.filter(pk=made.pk).update(**fields)
        made.refresh_from_db()
    return made


def quote_request(order: WorkOrder, *firms: Organisation, admin: Actor | None = None, **fields: Any) -> QuoteRequest:
    """Sent to these firms, until a week after ``NOW``."""
    actor = admin or acting(person(order.organisation))
    given = {"deadline_at": NOW + timedelta(days=7), **fields}
    with transaction.atomic():
        made = draft_request(actor=actor, order_id=order.pk, fields=given, now=NOW)
        choose_firms(actor=actor, request_id=made.pk, firm_ids=[firm.pk for firm in firms], now=NOW)
        return send_request(actor=actor, request_id=made.pk, now=NOW)


def quote(invitation: Invitation, *, price_minor: int = 10_000, **fields: Any) -> Quote:
    """Submitted by the firm's owner, each item at ``price_minor`` and 19 %."""
    prices = tuple(PriceGiven(price_minor, 1_900, item_id=pk) for pk in items_of(invitation))
    given = QuoteGiven(**{"prices": prices, "valid_until_date": date(2027, 6, 30), **fields})
    with transaction.atomic():
        actor = acting(person(invitation.firm, role=Role.FIRM))
        return submit(actor=actor, invitation_id=invitation.pk, given=given, now=NOW)


def opened(request: QuoteRequest) -> QuoteRequest:
    """At its deadline."""
    assert request.deadline_at is not None
    with transaction.atomic():
        return open_request(actor=system(request.organisation_id), request_id=request.pk, now=request.deadline_at)


def ticket(prop: Property, **fields: Any) -> Ticket:
    """As the operation makes it, with what ``fields`` say put over it (``state="waiting"``, ``created_at=...``)."""
    given = {name: fields.pop(name) for name in list(fields) if name in NewTicket.__dataclass_fields__}
    made = report(
        actor=system(prop.organisation_id),
        organisation=prop.organisation,
        given=NewTicket(
            **{"property": prop, "channel": Channel.PHONE, "category": "water.tap", "language": "de", **given}
        ),
        now=fields.pop("now", NOW),
    )
    for name, value in fields.items():
        setattr(made, name, value)
    if fields:
        made.save()
    return made
