"""A report becomes one ticket with its photos, whatever is pressed twice; numbers are single; nothing is lost by merging."""

import threading
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from gewerk.files.models import FileLink, StoredFile
from gewerk.files.queries import files_of
from gewerk.journal.actor import Actor, ActorKind, by_link
from gewerk.journal.models import Entry
from gewerk.journeys.forget_drafts import forget_drafts
from gewerk.journeys.report_damage import report_damage
from gewerk.kit.refusals import Refusal
from gewerk.tickets.access import ticket_for, tickets, tickets_of_tenant
from gewerk.tickets.models import Channel, HistoryEntry, ReportDraft, Ticket
from gewerk.tickets.operations import drafts
from gewerk.tickets.operations.change import change, note
from gewerk.tickets.operations.merge import put_under, separate
from gewerk.tickets.operations.report import NewTicket, report
from gewerk.tickets.operations.take_step import take_step
from gewerk.tickets.search_text import refresh
from gewerk.tickets.states import By

pytestmark = pytest.mark.django_db


def test_a_report_is_judged_numbered_and_told(building: Any, factories: Any) -> None:
    ticket = factories.ticket(
        building.property,
        unit=building.left,
        category="water.pipe_burst",
        answers=[{"question": "room", "answer": "bath"}, {"question": "flow", "answer": "strong"}],
        reporter_email="Wiebe@Example.org",
        text="Es läuft!",
    )
    assert ticket.number == "T-2026-0001"
    assert (ticket.title, ticket.urgency, ticket.urgency_rule) == ("Wasser läuft aus (Bad)", "emergency", "burst_pipe")
    assert ticket.reporter_email == "wiebe@example.org"
    assert ticket.responsible == building.person
    entry = Entry.objects.get(event="ticket.created")
    assert entry.data["number"] == "T-2026-0001"
    assert "wiebe" not in str(entry.data)


def test_numbers_begin_anew_each_year_and_per_organisation(building: Any, factories: Any) -> None:
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    numbers = [factories.ticket(building.property, now=now).number for now in (factories.NOW, factories.NOW, new_year)]
    assert numbers == ["T-2026-0001", "T-2026-0002", "T-2027-0001"], "half past midnight in Berlin"
    assert factories.ticket(factories.property_(factories.organisation())).number == "T-2026-0001"


@pytest.mark.django_db(transaction=True)
def test_numbers_stay_single_under_load(building: Any, factories: Any) -> None:
    faults: list[BaseException] = []

    def make() -> None:
        try:
            for _ in range(5):
                with transaction.atomic():
                    factories.ticket(building.property)
        except BaseException as fault:  # noqa: BLE001 - told below
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(Ticket.objects.values_list("number", flat=True)) == [f"T-2026-{n:04d}" for n in range(1, 31)]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"category": "water.flood"}, "/category"),
        ({"common_part": "moon"}, "/common_part"),
        ({"urgency": "soon"}, "/urgency"),
        ({"reporter_email": "wiebe"}, "/reporter_email"),
        ({"text": "x" * 10_001}, "/text"),
        ({"title": "a\x00b"}, "/title"),
    ],
)
def test_what_is_wrong_is_named(building: Any, factories: Any, fields: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Refusal) as refused:
        factories.ticket(building.property, **fields)
    assert pointer in [problem.pointer for problem in refused.value.problems]
    assert not Ticket.objects.exists()


def test_a_unit_of_another_building_is_refused(building: Any, factories: Any) -> None:
    elsewhere = factories.unit(factories.property_(building.organisation))
    for wrong in ({"unit": elsewhere}, {"unit": building.tenant}, {"unit": building.left, "common_part": "cellar"}):
        with pytest.raises(Refusal):
            factories.ticket(building.property, **wrong)


def a_photo(organisation_id: Any, factories: Any) -> StoredFile:
    return StoredFile.objects.create(
        organisation_id=organisation_id,
        kind="image",
        media_type="image/jpeg",
        sha256=uuid4().hex * 2,
        size=10,
        stored_bytes=12,
        created_at=factories.NOW,
        unlinked_at=factories.NOW,
    )


def a_draft(building: Any, factories: Any, photos: int = 2) -> ReportDraft:
    draft = drafts.begin(organisation=building.organisation, language="de", now=factories.NOW)
    for number in range(photos):
        file = a_photo(building.organisation.pk, factories)
        FileLink.objects.create(
            organisation_id=building.organisation.pk,
            file=file,
            object_type="report_draft",
            object_id=draft.pk,
            purpose="report",
            name=f"{number}.jpg",
            linked_at=factories.NOW,
            actor_kind="link",
        )
    return draft


def test_a_draft_is_sent_once_with_its_photos(building: Any, factories: Any) -> None:
    draft = a_draft(building, factories)
    given = NewTicket(property=building.property, channel=Channel.QR, category="water.tap", language="de")
    sent = [
        report_damage(
            actor=by_link(building.organisation.pk, draft.pk, "report"),
            organisation=building.organisation,
            given=given,
            draft=draft,
            now=factories.NOW,
        )
        for _ in range(2)
    ]
    assert sent[0] == sent[1] == Ticket.objects.get()
    assert [one.name for one in files_of("ticket", sent[0].pk)] == ["0.jpg", "1.jpg"]
    assert files_of("report_draft", draft.pk) == []
    assert StoredFile.objects.filter(unlinked_at__isnull=True).count() == 2


def test_a_draft_is_forgotten_after_a_week(building: Any, factories: Any) -> None:
    draft = a_draft(building, factories)
    assert forget_drafts(now=factories.NOW + drafts.KEPT) == 0
    assert forget_drafts(now=factories.NOW + drafts.KEPT * 1.01) == 1
    assert not ReportDraft.objects.filter(pk=draft.pk).exists()
    assert StoredFile.objects.filter(unlinked_at__isnull=False).count() == 2


def test_merging_loses_nothing_and_the_state_is_shared(building: Any, factories: Any) -> None:
    lead = factories.ticket(building.property, unit=building.left, category="heating.no_heating")
    second = factories.ticket(building.property, unit=building.right, category="heating.no_heating", text="Auch hier.")
    before = HistoryEntry.objects.filter(ticket=second).count()
    put_under(actor=building.staff, lead_id=lead.pk, ticket_ids=[second.pk], building_wide=True, now=factories.NOW)
    put_under(actor=building.staff, lead_id=lead.pk, ticket_ids=[second.pk], now=factories.NOW)
    take_step(actor=building.staff, by=By.STAFF, ticket_id=lead.pk, step="start", now=factories.NOW)
    second.refresh_from_db()
    assert (second.state, second.text, second.number, second.unit) == (
        "in_progress",
        "Auch hier.",
        "T-2026-0002",
        building.right,
    )
    assert HistoryEntry.objects.filter(ticket=second).count() == before + 2
    with pytest.raises(Refusal) as refused:
        take_step(actor=building.staff, by=By.STAFF, ticket_id=second.pk, step="resolve", now=factories.NOW)
    assert refused.value.code == "follows_incident"
    separate(actor=building.staff, ticket_id=second.pk, now=factories.NOW)
    take_step(actor=building.staff, by=By.STAFF, ticket_id=second.pk, step="resolve", now=factories.NOW)
    lead.refresh_from_db()
    assert (lead.state, lead.building_wide) == ("in_progress", True)


def test_chains_and_foreign_buildings_cannot_be_merged(building: Any, factories: Any) -> None:
    one, two, three = (factories.ticket(building.property) for _ in range(3))
    elsewhere = factories.ticket(factories.property_(building.organisation))
    closed = factories.ticket(building.property, state="closed")
    foreign = factories.ticket(factories.property_(factories.organisation()))
    put_under(actor=building.staff, lead_id=one.pk, ticket_ids=[two.pk], now=factories.NOW)
    for lead, member, code in [
        (two, three, "cannot_lead"),
        (three, one, "cannot_follow"),
        (one, elsewhere, "cannot_follow"),
        (one, closed, "cannot_follow"),
        (closed, three, "cannot_lead"),
        (one, foreign, "not_found"),
        (foreign, one, "not_found"),
    ]:
        with pytest.raises(Refusal) as refused:
            put_under(actor=building.staff, lead_id=lead.pk, ticket_ids=[member.pk], now=factories.NOW)
        assert refused.value.code == code


def test_changes_are_kept_with_before_and_after(building: Any, factories: Any) -> None:
    ticket = factories.ticket(building.property, text="alt")
    with pytest.raises(Refusal) as refused:
        change(actor=building.staff, ticket_id=ticket.pk, fields={"urgency": "emergency"}, now=factories.NOW)
    assert refused.value.problems[0].pointer == "/reason"
    changed = change(
        actor=building.staff,
        ticket_id=ticket.pk,
        fields={"urgency": "emergency", "unit_id": building.left.pk, "pets": "Hund"},
        reason="Die Mieterin rief an.",
        now=factories.NOW,
    )
    assert (changed.urgency, changed.urgency_rule, changed.unit_id) == ("emergency", "", building.left.pk)
    entry = HistoryEntry.objects.latest("id")
    assert entry.data["urgency"] == ["normal", "emergency"]
    assert (entry.reason, entry.internal) == ("Die Mieterin rief an.", True)
    assert Entry.objects.latest("id").data["fields"] == ["pets", "unit_id", "urgency"]
    note(actor=building.staff, ticket_id=ticket.pk, text="Ruft morgen wieder an.", now=factories.NOW)
    assert HistoryEntry.objects.latest("id").internal


def test_search_finds_words_in_any_form_and_addresses(building: Any, factories: Any) -> None:
    from gewerk.tickets.queries.search import found_by

    ticket = factories.ticket(
        building.property,
        unit=building.left,
        title="Wasserhähne tropfen",
        text="Die Heizungen in den Zimmern werden nicht warm",
        reporter_name="Müller",
    )
    other = factories.ticket(factories.property_(building.organisation), title="Fenster klemmt")
    for typed in (
        "Wasserhahn",
        "tropft",
        "heizung",
        "Zimmer",
        "mueller",
        "MULLER",
        "T-2026-0001",
        "Lindemannstr. 12",
        "2. OG links",
        "hähne",
    ):
        assert list(Ticket.objects.filter(found_by(typed))) == [ticket], typed
    assert list(Ticket.objects.filter(found_by("Fenstern"))) == [other]
    assert not Ticket.objects.filter(found_by("Wasserhahn Fenster")).exists()
    building.property.search = "hafenweg 3"
    building.property.save()
    assert refresh([building.property]) == 1
    assert list(Ticket.objects.filter(found_by("Hafenweg"))) == [ticket]


def test_only_the_organisations_people_reach_a_ticket(building: Any, factories: Any) -> None:
    ticket = factories.ticket(building.property, reporter=building.tenant)
    other = factories.organisation()
    stranger = Actor(ActorKind.PERSON, uuid4(), other.pk, roles=frozenset({"admin"}))
    with pytest.raises(Refusal):
        ticket_for(stranger, ticket.pk)
    assert not tickets(stranger).exists()
    limited = Actor(ActorKind.KEY, uuid4(), building.organisation.pk, scopes=frozenset({"all"}), client_number="2")
    assert not tickets(limited).exists()
    with pytest.raises(Refusal) as refused:
        tickets(Actor(ActorKind.KEY, uuid4(), building.organisation.pk, scopes=frozenset({"master_data"})))
    assert refused.value.code == "forbidden"


def test_a_tenant_sees_what_comes_from_the_own_tenancy(building: Any, factories: Any) -> None:
    from gewerk.identity.models import Membership

    person = factories.person(building.organisation, role="tenant")
    Membership.objects.filter(person=person).update(sub_property_id=building.tenant.pk)
    me = Actor(ActorKind.PERSON, person.pk, building.organisation.pk, roles=frozenset({"tenant"}))
    mine = factories.ticket(building.property, reporter=building.tenant)
    typed = factories.ticket(building.property, reporter_person=person)
    factories.ticket(building.property, unit=building.left)
    assert set(tickets_of_tenant(me)) == {mine, typed}
    with pytest.raises(Refusal):
        tickets(me)


def test_a_role_that_only_looks_changes_nothing(building: Any, factories: Any) -> None:
    ticket = factories.ticket(building.property)
    finance = Actor(
        ActorKind.PERSON, building.person.pk, building.organisation.pk, roles=frozenset({"finance_officer"})
    )
    assert ticket_for(finance, ticket.pk) == ticket
    given = NewTicket(property=building.property, channel=Channel.PHONE, category="water.tap", language="de")
    for act in (
        lambda: take_step(actor=finance, by=By.STAFF, ticket_id=ticket.pk, step="start", now=factories.NOW),
        lambda: change(actor=finance, ticket_id=ticket.pk, fields={"pets": "x"}, now=factories.NOW),
        lambda: note(actor=finance, ticket_id=ticket.pk, text="x", now=factories.NOW),
        lambda: report(actor=finance, organisation=building.organisation, given=given, now=factories.NOW),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "forbidden"
