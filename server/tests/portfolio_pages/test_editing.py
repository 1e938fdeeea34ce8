"""Changing by hand: what the ERP leads is refused, a stale form is refused, history and journal tell the rest."""

from datetime import UTC, datetime
from types import ModuleType
from uuid import uuid4

import pytest
from gewerk.identity.access import actor_for
from gewerk.identity.models import Role
from gewerk.journal.actor import Actor
from gewerk.journal.models import Entry
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.portfolio.access import NotFound
from gewerk.portfolio.models import FieldChange, OutsideReference, Property, PropertyGroup, SavedView
from gewerk.portfolio.operations.archive_by_hand import ErpArchives, StillInUse, archive_by_hand, restore
from gewerk.portfolio.operations.assign_responsible import NotOfTheTeam, SamePerson, assign_responsible
from gewerk.portfolio.operations.change import Stale
from gewerk.portfolio.operations.edit_record import ArchivedRecord, LedByErp, edit_record, enter_record
from gewerk.portfolio.operations.group_members import ErpGroups, put_in_group, take_out_of_group
from gewerk.portfolio.operations.outside_references import (
    ReferenceIncomplete,
    ReferenceKnown,
    add_outside_reference,
    remove_outside_reference,
)
from gewerk.portfolio.operations.saved_views import NameMissing, delete_view, save_view

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def org(factories: ModuleType) -> object:
    return factories.organisation()


@pytest.fixture
def actor(org: object, factories: ModuleType) -> Actor:
    return _actor(factories, org, Role.HOUSING_OFFICER)


def _actor(factories: ModuleType, org: object, role: str) -> Actor:
    somebody = factories.person(org, role=role)
    return actor_for(somebody, org.pk, memberships=list(somebody.memberships.all()))


def test_own_fields_change_with_history_and_journal(org: object, actor: Actor, factories: ModuleType) -> None:
    house = factories.property_(org, erp_fields=["street"], property_type="Wohnhaus")
    assert edit_record(
        actor=actor, type="property", record_id=house.pk, fields={"property_type": "Geschäftshaus"}, version=1, now=NOW
    )
    house.refresh_from_db()
    assert (house.property_type, house.version, house.updated_at) == ("Geschäftshaus", 2, NOW)
    change = FieldChange.objects.get(object_id=house.pk)
    assert (change.field, change.old, change.new, change.actor_id) == (
        "property_type",
        "Wohnhaus",
        "Geschäftshaus",
        actor.id,
    )
    entry = Entry.objects.get(object_id=house.pk)
    assert (entry.event, entry.data) == ("property.updated", {"fields": ["property_type"]})


def test_what_the_erp_leads_is_refused_and_nothing_is_written(org: object, actor: Actor, factories: ModuleType) -> None:
    house = factories.property_(org, erp_fields=["street", "city"])
    with pytest.raises(LedByErp):
        edit_record(
            actor=actor,
            type="property",
            record_id=house.pk,
            fields={"city": "Kiel", "addition": "x"},
            version=1,
            now=NOW,
        )
    house.refresh_from_db()
    assert (house.city, house.addition, house.version) == ("Dortmund", "", 1)
    assert not FieldChange.objects.exists()
    # The same value is no change, hence no trespass.
    assert not edit_record(
        actor=actor, type="property", record_id=house.pk, fields={"city": "Dortmund"}, version=1, now=NOW
    )


def test_an_old_version_is_refused(org: object, actor: Actor, factories: ModuleType) -> None:
    house = factories.property_(org, source="manual")
    edit_record(actor=actor, type="property", record_id=house.pk, fields={"storeys": 3}, version=1, now=NOW)
    with pytest.raises(Stale):
        edit_record(actor=actor, type="property", record_id=house.pk, fields={"storeys": 4}, version=1, now=NOW)
    assert Property.objects.get(pk=house.pk).storeys == 3


def test_who_may_only_look_may_not_change(org: object, factories: ModuleType) -> None:
    house = factories.property_(org, source="manual")
    finance = _actor(factories, org, Role.FINANCE_OFFICER)
    for attempt in (
        lambda: edit_record(
            actor=finance, type="property", record_id=house.pk, fields={"storeys": 3}, version=1, now=NOW
        ),
        lambda: enter_record(actor=finance, type="property", fields={"street": "Anger"}, now=NOW),
        lambda: archive_by_hand(actor=finance, type="property", record_id=house.pk, now=NOW),
        lambda: assign_responsible(actor=finance, property_ids=[house.pk], changes={"deputy": None}, now=NOW),
    ):
        with pytest.raises(Refusal) as refusal:
            attempt()
        assert refusal.value.kind is RefusalKind.FORBIDDEN


def test_foreign_records_are_not_there(org: object, actor: Actor, factories: ModuleType) -> None:
    foreign = factories.organisation()
    house = factories.property_(foreign, source="manual")
    group = PropertyGroup.objects.create(organisation=foreign, name="x", created_at=NOW, updated_at=NOW)
    for attempt in (
        lambda: edit_record(
            actor=actor, type="property", record_id=house.pk, fields={"storeys": 3}, version=1, now=NOW
        ),
        lambda: archive_by_hand(actor=actor, type="property", record_id=house.pk, now=NOW),
        lambda: put_in_group(actor=actor, group_id=group.pk, property_ids=[], now=NOW),
        lambda: add_outside_reference(
            actor=actor, object_type="property", object_id=house.pk, system="a", reference="b", now=NOW
        ),
        lambda: remove_outside_reference(actor=actor, reference_id=uuid4(), now=NOW),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert assign_responsible(actor=actor, property_ids=[house.pk], changes={"responsible": actor.id}, now=NOW) == 0


def test_archive_and_restore_undo_each_other(org: object, actor: Actor, factories: ModuleType) -> None:
    house = factories.property_(org, source="manual")
    unit = factories.unit(house, source="manual")
    with pytest.raises(StillInUse):
        archive_by_hand(actor=actor, type="property", record_id=house.pk, now=NOW)
    archive_by_hand(actor=actor, type="unit", record_id=unit.pk, now=NOW)
    archive_by_hand(actor=actor, type="property", record_id=house.pk, now=NOW)
    house.refresh_from_db()
    assert (house.archived_at, house.archive_reason) == (NOW, "manual")
    with pytest.raises(ArchivedRecord):
        edit_record(
            actor=actor, type="property", record_id=house.pk, fields={"storeys": 1}, version=house.version, now=NOW
        )
    restore(actor=actor, type="property", record_id=house.pk, now=NOW)
    house.refresh_from_db()
    assert (house.archived_at, house.archive_reason) == (None, "")


def test_the_erp_decides_about_the_life_of_its_records(org: object, actor: Actor, factories: ModuleType) -> None:
    house = factories.property_(org)
    gone = factories.property_(org, archived_at=NOW, archive_reason="vanished")
    with pytest.raises(ErpArchives):
        archive_by_hand(actor=actor, type="property", record_id=house.pk, now=NOW)
    with pytest.raises(ErpArchives):
        restore(actor=actor, type="property", record_id=gone.pk, now=NOW)


def test_responsible_people_come_from_the_team(org: object, actor: Actor, factories: ModuleType) -> None:
    colleague = factories.person(org, role=Role.HOUSING_MANAGER)
    tenant = factories.person(org, role=Role.TENANT)
    stranger = factories.person(factories.organisation())
    houses = [factories.property_(org) for _ in range(3)]
    ids = [h.pk for h in houses]
    assert assign_responsible(actor=actor, property_ids=ids, changes={"responsible": colleague.pk}, now=NOW) == 3
    assert assign_responsible(actor=actor, property_ids=ids, changes={"responsible": colleague.pk}, now=NOW) == 0
    assert FieldChange.objects.filter(field="responsible", new=colleague.name).count() == 3
    # No name in the journal.
    assert all(entry.data == {"fields": ["responsible"]} for entry in Entry.objects.all())
    for wrong in (tenant, stranger):
        with pytest.raises(NotOfTheTeam):
            assign_responsible(actor=actor, property_ids=ids, changes={"deputy": wrong.pk}, now=NOW)
    with pytest.raises(SamePerson):
        assign_responsible(actor=actor, property_ids=ids, changes={"deputy": colleague.pk}, now=NOW)
    assert not Property.objects.filter(deputy__isnull=False).exists()


def test_groups_by_hand_unless_the_erp_leads_them(org: object, actor: Actor, factories: ModuleType) -> None:
    group_id = enter_record(actor=actor, type="property_group", fields={"name": "Quartier Nord"}, now=NOW)
    free = factories.property_(org, erp_fields=["street"])
    led = factories.property_(org, erp_fields=["groups"])
    assert put_in_group(actor=actor, group_id=group_id, property_ids=[free.pk], now=NOW) == 1
    assert put_in_group(actor=actor, group_id=group_id, property_ids=[free.pk], now=NOW) == 0
    with pytest.raises(ErpGroups):
        put_in_group(actor=actor, group_id=group_id, property_ids=[free.pk, led.pk], now=NOW)
    assert list(free.groups.values_list("name", flat=True)) == ["Quartier Nord"]
    assert take_out_of_group(actor=actor, group_id=group_id, property_ids=[free.pk], now=NOW) == 1
    assert not free.groups.exists()
    assert list(FieldChange.objects.values_list("old", "new")) == [(None, "Quartier Nord"), ("Quartier Nord", None)]


def test_outside_references_come_and_go(org: object, actor: Actor, factories: ModuleType) -> None:
    house = factories.property_(org)
    unit = factories.unit(house)
    tenant = factories.tenant(unit)
    for kind, one in (("property", house), ("unit", unit)):
        add_outside_reference(
            actor=actor, object_type=kind, object_id=one.pk, system=" Versorger ", reference="4711", now=NOW
        )
    with pytest.raises(ReferenceKnown):
        add_outside_reference(
            actor=actor, object_type="unit", object_id=unit.pk, system="Versorger", reference="4711", now=NOW
        )
    with pytest.raises(ReferenceIncomplete):
        add_outside_reference(actor=actor, object_type="unit", object_id=unit.pk, system=" ", reference="1", now=NOW)
    for kind in ("unit", "tenant"):
        with pytest.raises(NotFound):
            add_outside_reference(
                actor=actor, object_type=kind, object_id=tenant.pk, system="a", reference="b", now=NOW
            )
    gone = OutsideReference.objects.get(object_id=unit.pk)
    remove_outside_reference(actor=actor, reference_id=gone.pk, now=NOW)
    assert OutsideReference.objects.get().system == "Versorger"


def test_views_belong_to_who_saved_them(org: object, actor: Actor, factories: ModuleType) -> None:
    other = _actor(factories, org, Role.ADMIN)
    save_view(actor=actor, listing="properties", name="Kiel", query="city=Kiel", now=NOW)
    save_view(actor=actor, listing="properties", name="Kiel", query="city=Kiel&sort=-units", now=NOW)
    view = SavedView.objects.get()
    assert view.query == "city=Kiel&sort=-units"
    assert not delete_view(actor=other, view_id=view.pk)
    with pytest.raises(NameMissing):
        save_view(actor=actor, listing="properties", name=" \x00", query="", now=NOW)
    assert delete_view(actor=actor, view_id=view.pk)
