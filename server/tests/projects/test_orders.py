"""Orders begun and changed, whose they are, who sees a tenant's contact, defects and recalls."""

from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from gewerk.identity.models import Role
from gewerk.journal.models import Entry
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.projects.access import OrderNotFound, contact_of, order_for, orders
from gewerk.projects.models import Defect, WorkOrder
from gewerk.projects.operations.award import award_to_crew, award_to_firm
from gewerk.projects.operations.complain import DefectsAreInvalid, Found, complain
from gewerk.projects.operations.contact_looks import note_contact_look
from gewerk.projects.operations.draft_order import OrderIsInvalid, OrderIsOver, change_order, draft_order
from gewerk.projects.operations.moving import Stale
from gewerk.projects.operations.take_step import take_step
from gewerk.projects.states import CONTACT_SHOWN, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(factories: ModuleType) -> Any:
    class Home:
        manager = factories.organisation()
        officer = factories.acting(factories.person(manager, role=Role.HOUSING_OFFICER, last_name="Falk"))
        place = factories.property_(manager)
        unit = factories.unit(place)
        tenant = factories.tenant(unit, phones=[{"kind": "mobile", "e164": "+4917612345678", "raw": ""}])

        def draft(self, **fields: Any) -> WorkOrder:
            return draft_order(
                actor=self.officer, property_id=self.place.pk, fields={"title": "Tropft", **fields}, now=factories.NOW
            )

    return Home()


def test_a_tenants_contact_is_taken_from_the_record(factories: ModuleType, home: Any) -> None:
    order = home.draft(tenant_id=home.tenant.pk, unit_id=home.unit.pk)
    assert (order.contact_name, order.contact_phone, order.contact_email) == (
        home.tenant.name,
        "+4917612345678",
        home.tenant.email,
    )
    own = home.draft(tenant_id=home.tenant.pk, contact_name="Frau Nachbarin", contact_phone="0231 1")
    assert own.contact_name == "Frau Nachbarin"


def test_responsible_is_the_property_s_person_else_who_made_it(factories: ModuleType, home: Any) -> None:
    assert home.draft().responsible_id == home.officer.id
    lead = factories.person(home.manager)
    home.place.responsible = lead
    home.place.save()
    assert home.draft().responsible == lead


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": "  "}, "/title"),
        ({"title": "x" * 201}, "/title"),
        ({"trade": "sorcery"}, "/trade"),
        ({"urgency": "maybe"}, "/urgency"),
        ({"budget_minor": -1}, "/budget"),
        ({"unit_id": "foreign"}, "/unit_id"),
        ({"tenant_id": "foreign"}, "/tenant_id"),
        ({"responsible_id": "foreign"}, "/responsible_id"),
        ({"recall_of_id": "foreign"}, "/recall_of_id"),
        ({"state": "paid"}, "/state"),
    ],
)
def test_what_is_wrong_is_named(factories: ModuleType, home: Any, fields: dict[str, Any], wrong: str) -> None:
    other = factories.organisation()
    elsewhere = factories.property_(other)
    unit = factories.unit(elsewhere)
    foreign = {
        "unit_id": unit.pk,
        "tenant_id": factories.tenant(unit).pk,
        "responsible_id": factories.person(other).pk,
        "recall_of_id": factories.work_order(elsewhere).pk,
    }
    sent = {name: foreign[name] if value == "foreign" else value for name, value in fields.items()}
    with pytest.raises(OrderIsInvalid) as refused:
        home.draft(**sent)
    assert [p.pointer for p in refused.value.problems] == [wrong]


def test_a_change_is_told_without_what_is_personal(factories: ModuleType, home: Any) -> None:
    order = home.draft()
    changed = change_order(
        actor=home.officer,
        order_id=order.pk,
        fields={"account_code": "4210", "contact_name": "Meryem Yıldız", "due_date": date(2026, 12, 1)},
        version=order.version,
        now=factories.NOW,
    )
    told = changed.history.get(event="changed").data["fields"]
    assert told == {"account_code": ["", "4210"], "contact_name": None, "due_date": [None, "2026-12-01"]}
    entry = Entry.objects.get(event="work_order.changed")
    assert entry.data["fields"] == ["account_code", "contact_name", "due_date"]
    assert "4210" in changed.search
    with pytest.raises(Stale):
        change_order(
            actor=home.officer, order_id=order.pk, fields={"title": "Neu"}, version=order.version, now=factories.NOW
        )
    same = change_order(actor=home.officer, order_id=order.pk, fields={"account_code": "4210"}, now=factories.NOW)
    assert same.version == changed.version
    take_step(actor=home.officer, order_id=order.pk, step="cancel", reason="x", now=factories.NOW)
    with pytest.raises(OrderIsOver):
        change_order(actor=home.officer, order_id=order.pk, fields={"title": "Neu"}, now=factories.NOW)


def test_everybody_finds_what_is_theirs_and_nothing_else(factories: ModuleType, home: Any) -> None:
    firm, rival = factories.firm(home.manager), factories.firm(home.manager)
    uwe, ina = (factories.person(home.manager, role=Role.CARETAKER) for _one in range(2))
    crew = factories.crew(home.manager, uwe)
    factories.crew(home.manager, ina)
    drafted, given, own = home.draft(), factories.work_order(home.place), home.draft()
    admin = factories.acting(factories.person(home.manager))
    award_to_firm(actor=admin, order_id=given.pk, firm_id=firm.pk, now=factories.NOW)
    award_to_crew(actor=admin, order_id=own.pk, crew_id=crew.pk, now=factories.NOW)
    seen = {
        "officer": (home.officer, {drafted, given, own}),
        "fitter": (factories.acting(factories.person(firm, role=Role.FITTER)), {given}),
        "rival": (factories.acting(factories.person(rival, role=Role.FIRM)), set()),
        "uwe": (factories.acting(uwe), {own}),
        "ina": (factories.acting(ina), set()),
        "stranger": (factories.acting(factories.person(factories.organisation())), set()),
    }
    for who, (actor, expected) in seen.items():
        assert set(orders(actor)) == expected, who
        for one in {drafted, given, own} - expected:
            with pytest.raises(OrderNotFound):
                order_for(actor, one.pk)
    with pytest.raises(Refusal) as refused:
        orders(factories.acting(factories.person(home.manager, role=Role.TENANT)))
    assert refused.value.kind is RefusalKind.FORBIDDEN


def test_contact_is_shown_to_the_firm_from_award_to_acceptance_and_each_look_is_noted(
    factories: ModuleType, home: Any
) -> None:
    firm = factories.firm(home.manager)
    fitter = factories.acting(factories.person(firm, role=Role.FITTER))
    admin = factories.acting(factories.person(home.manager))
    order = factories.work_order(home.place, contact_name="Meryem Yıldız", contact_phone="0176 1", access_notes="3. OG")
    shown = []
    for actor, step in ((admin, "award"), (fitter, "start"), (fitter, "finish"), (admin, "accept"), (admin, "invoice")):
        if step == "award":
            order = award_to_firm(actor=actor, order_id=order.pk, firm_id=firm.pk, now=factories.NOW)
        elif step == "invoice":
            order = WorkOrder.objects.get(pk=order.pk)
            break
        else:
            order = take_step(actor=actor, order_id=order.pk, step=step, now=factories.NOW)
        seen = contact_of(fitter, order)
        shown.append((order.state, seen is not None))
        assert (seen is not None) == (order.state in CONTACT_SHOWN)
        assert contact_of(admin, order) is not None
    assert shown == [("awarded", True), ("in_progress", True), ("done", True), ("accepted", False)]

    assert note_contact_look(actor=fitter, order=order, now=factories.NOW)
    assert not note_contact_look(actor=fitter, order=order, now=factories.NOW + timedelta(hours=3))
    assert note_contact_look(actor=fitter, order=order, now=factories.NOW + timedelta(days=2))
    assert not note_contact_look(actor=admin, order=order, now=factories.NOW)
    (first, _second) = Entry.objects.filter(event="work_order.contact_seen").order_by("id")
    assert (first.organisation_id, first.actor_id) == (home.manager.pk, fitter.id)
    assert first.data == {"for_organisation_id": str(firm.pk)}
    assert not Entry.objects.filter(data__icontains="Yıldız").exists()


def test_a_firm_that_gave_the_order_back_sees_it_no_more(factories: ModuleType, home: Any) -> None:
    firm = factories.firm(home.manager)
    owner = factories.acting(factories.person(firm, role=Role.FIRM))
    order = factories.work_order(home.place)
    award_to_firm(
        actor=factories.acting(factories.person(home.manager)), order_id=order.pk, firm_id=firm.pk, now=factories.NOW
    )
    back = take_step(actor=owner, order_id=order.pk, step="decline", reason="Keine Zeit", now=factories.NOW)
    assert (back.state, back.firm_id) == (State.DRAFT, None)
    assert not orders(owner).exists()
    entry = Entry.objects.get(event="work_order.decline")
    assert entry.organisation_id == home.manager.pk
    assert entry.data["firm_id"] == str(firm.pk)


def test_defects_send_the_order_back_until_they_are_mended(factories: ModuleType, home: Any) -> None:
    firm = factories.firm(home.manager)
    fitter = factories.acting(factories.person(firm, role=Role.FITTER))
    order = factories.work_order(home.place)
    award_to_firm(
        actor=factories.acting(factories.person(home.manager)), order_id=order.pk, firm_id=firm.pk, now=factories.NOW
    )
    take_step(actor=fitter, order_id=order.pk, step="finish", now=factories.NOW)
    today = factories.NOW.date()
    for wrong in ([], [Found(" ", today)], [Found("x", today - timedelta(days=1))]):
        with pytest.raises(DefectsAreInvalid):
            complain(actor=home.officer, order_id=order.pk, defects=wrong, now=factories.NOW)
    back = complain(
        actor=home.officer,
        order_id=order.pk,
        defects=[Found("Fuge offen", today + timedelta(days=7)), Found("Schmutz", today)],
        now=factories.NOW,
    )
    assert (back.state, back.done_at) == (State.IN_PROGRESS, None)
    assert list(Defect.objects.order_by("number").values_list("number", "mended_at")) == [(1, None), (2, None)]
    take_step(actor=fitter, order_id=order.pk, step="finish", now=factories.NOW)
    assert not Defect.objects.filter(mended_at__isnull=True).exists()
    done = take_step(
        actor=home.officer, order_id=order.pk, step="accept", warranty_until=date(2028, 11, 22), now=factories.NOW
    )
    assert done.warranty_until_date == date(2028, 11, 22)
    assert not Defect.objects.filter(accepted_at__isnull=True).exists()
    recall = home.draft(recall_of_id=order.pk)
    assert list(order.recalls.all()) == [recall]


def test_the_database_itself_refuses_what_no_order_may_be(factories: ModuleType, home: Any) -> None:
    order = home.draft()
    firm, crew = factories.firm(home.manager), factories.crew(home.manager)
    for impossible in (
        {"state": "lost"},
        {"state": "awarded"},
        {"firm": firm, "crew": crew},
        {"state": "paid", "crew": crew},
        {"recall_of": order},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            WorkOrder.objects.filter(pk=order.pk).update(**impossible)
