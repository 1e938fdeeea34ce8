"""Evidence: who shows it, who decides on it, and that a firm is told in time when it runs out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from gewerk.files.access import FileNotFound, file_for
from gewerk.files.models import FileLink
from gewerk.firms.access import EvidenceNotFound, evidence, evidence_for
from gewerk.firms.models import Evidence, EvidenceReminder, EvidenceState
from gewerk.firms.operations.evidence import (
    AlreadyDecided,
    EvidenceIsInvalid,
    NothingToSee,
    OwnEvidence,
    Paper,
    confirm_evidence,
    refuse_evidence,
    submit_evidence,
)
from gewerk.firms.operations.list_firm import Stale
from gewerk.firms.operations.remind_of_evidence import BEFORE, passed, remind_of_evidence
from gewerk.identity.models import Membership, Role
from gewerk.journal.models import Entry
from gewerk.kit.refusals import Refusal, RefusalKind
from hypothesis import given
from hypothesis import strategies as st

PAPER = Paper(
    kind="liability_insurance",
    issuer="Westfälische Versicherung",
    number="HV 4711",
    valid_from=date(2026, 1, 1),
    valid_until=date(2026, 12, 31),
    insured_minor=300_000_000,
)


@pytest.fixture
def owner(factories: ModuleType) -> Any:
    return factories.acting(factories.person(factories.firm(trades=("painting",)), role=Role.FIRM))


@pytest.fixture
def operator(factories: ModuleType) -> Any:
    return factories.acting(factories.somebody_of_the_operator())


def shown(factories: ModuleType, owner: Any, **changes: Any) -> Evidence:
    return submit_evidence(
        actor=owner, firm_id=owner.organisation_id, paper=replace(PAPER, **changes), now=factories.NOW
    )


def with_file(factories: ModuleType, one: Evidence, sent_by: Any = None) -> Evidence:
    stored = factories.evidence(one.firm, kind="business_registration")
    link = FileLink.objects.get(object_id=stored.pk)
    FileLink.objects.filter(pk=link.pk).update(object_id=one.pk, actor_id=sent_by or one.submitted_by_id)
    return one


@pytest.mark.django_db
def test_a_paper_is_shown_and_somebody_else_confirms_it(factories: ModuleType, owner: Any, operator: Any) -> None:
    one = with_file(factories, shown(factories, owner))
    assert (one.state, one.country, one.currency, one.trades) == ("submitted", "DE", "EUR", [])
    confirmed = confirm_evidence(actor=operator, evidence_id=one.pk, version=1, now=factories.NOW)
    assert (confirmed.state, confirmed.decided_by_id, confirmed.version) == ("confirmed", operator.id, 2)
    with pytest.raises(AlreadyDecided):
        confirm_evidence(actor=operator, evidence_id=one.pk, now=factories.NOW)
    told = list(Entry.objects.filter(object_type="evidence").order_by("pk").values_list("event", "data"))
    data = {"firm_id": str(owner.organisation_id), "kind": "liability_insurance"}
    assert told == [("evidence.submitted", {**data, "version": 1}), ("evidence.confirmed", {**data, "version": 2})]


@pytest.mark.django_db
def test_nobody_decides_on_their_own(factories: ModuleType, owner: Any, operator: Any) -> None:
    """Neither who entered it, nor who sent the file, nor anybody who has ever belonged to the firm."""
    entered = submit_evidence(actor=operator, firm_id=owner.organisation_id, paper=PAPER, now=factories.NOW)
    sent = with_file(factories, shown(factories, owner), sent_by=operator.id)
    colleague = factories.somebody_of_the_operator()
    of_both = factories.somebody_of_the_operator()
    Membership.objects.create(
        person=of_both,
        organisation_id=owner.organisation_id,
        role=Role.FITTER,
        created_at=factories.NOW,
        ended_at=factories.NOW,
    )
    acting_both = replace(factories.acting(factories.somebody_of_the_operator()), id=of_both.pk)
    for actor, one in ((operator, entered), (operator, sent), (acting_both, sent)):
        with pytest.raises(OwnEvidence):
            confirm_evidence(actor=actor, evidence_id=one.pk, now=factories.NOW)
        with pytest.raises(OwnEvidence):
            refuse_evidence(actor=actor, evidence_id=one.pk, reason="falsch", now=factories.NOW)
    second = factories.acting(colleague)
    assert confirm_evidence(actor=second, evidence_id=sent.pk, now=factories.NOW).decided_by_id == colleague.pk


@pytest.mark.django_db
def test_the_database_itself_lets_nobody_decide_on_their_own(factories: ModuleType, owner: Any) -> None:
    one = shown(factories, owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(pk=one.pk).update(state="confirmed", decided_by_id=owner.id, decided_at=factories.NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(pk=one.pk).update(state="confirmed")


@pytest.mark.django_db
def test_without_a_file_nothing_is_confirmed(factories: ModuleType, owner: Any, operator: Any) -> None:
    with pytest.raises(NothingToSee):
        confirm_evidence(actor=operator, evidence_id=shown(factories, owner).pk, now=factories.NOW)


@pytest.mark.django_db
def test_refusing_needs_a_reason_and_a_confirmed_one_can_be_taken_back(
    factories: ModuleType, owner: Any, operator: Any
) -> None:
    one = with_file(factories, shown(factories, owner))
    with pytest.raises(EvidenceIsInvalid) as refused:
        refuse_evidence(actor=operator, evidence_id=one.pk, reason=" ", now=factories.NOW)
    assert refused.value.problems[0].pointer == "/reason"
    confirm_evidence(actor=operator, evidence_id=one.pk, now=factories.NOW)
    with pytest.raises(Stale):
        refuse_evidence(actor=operator, evidence_id=one.pk, reason="Gekündigt", version=1, now=factories.NOW)
    gone = refuse_evidence(actor=operator, evidence_id=one.pk, reason="Gekündigt", version=2, now=factories.NOW)
    assert (gone.state, gone.reason) == (EvidenceState.REFUSED, "Gekündigt")
    assert "Gekündigt" not in str(list(Entry.objects.values_list("data", flat=True)))
    with pytest.raises(AlreadyDecided):
        refuse_evidence(actor=operator, evidence_id=one.pk, reason="Noch einmal", now=factories.NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.FITTER, Role.ADMIN, Role.TENANT, Role.CARETAKER])
def test_only_who_speaks_for_the_firm_shows_its_papers(factories: ModuleType, owner: Any, role: str) -> None:
    other = replace(owner, roles=frozenset({role}))
    with pytest.raises(Refusal) as refused:
        shown(factories, other)
    assert refused.value.kind == RefusalKind.FORBIDDEN
    with pytest.raises(Refusal):
        submit_evidence(actor=owner, firm_id=factories.firm().pk, paper=PAPER, now=factories.NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.FIRM, Role.ADMIN, Role.HOUSING_OFFICER])
def test_only_the_operator_decides(factories: ModuleType, owner: Any, role: str) -> None:
    one = shown(factories, owner)
    actor = replace(factories.acting(factories.person(factories.organisation())), roles=frozenset({role}))
    with pytest.raises(Refusal) as refused:
        confirm_evidence(actor=actor, evidence_id=one.pk, now=factories.NOW)
    assert refused.value.kind == RefusalKind.FORBIDDEN


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"kind": "diploma"}, "/kind"),
        ({"kind": "gas_safe"}, "/kind"),
        ({"issuer": " "}, "/issuer"),
        ({"number": "9" * 101}, "/number"),
        ({"valid_until": None}, "/valid_until"),
        ({"valid_until": date(2025, 12, 31)}, "/valid_until"),
        ({"insured_minor": None}, "/insured_minor"),
        ({"insured_minor": 0}, "/insured_minor"),
        ({"kind": "craft_card"}, "/trades"),
        ({"kind": "craft_card", "trades": ["alchemy"]}, "/trades"),
    ],
)
def test_nonsense_is_refused(factories: ModuleType, owner: Any, changes: dict[str, Any], wrong: str) -> None:
    with pytest.raises(EvidenceIsInvalid) as refused:
        shown(factories, owner, **changes)
    assert [problem.pointer for problem in refused.value.problems] == [wrong]


@pytest.mark.django_db
def test_who_sees_evidence_and_who_opens_its_file(factories: ModuleType) -> None:
    org = factories.organisation()
    firm, foreign = factories.firm(org, trades=("painting",)), factories.firm(trades=("painting",))
    one, other = factories.evidence(firm), factories.evidence(foreign)
    manager = factories.acting(factories.person(org))
    fitter = factories.acting(factories.person(firm, role=Role.FITTER))
    dispatcher = factories.acting(factories.person(firm, role=Role.DISPATCHER))
    operator = factories.acting(factories.somebody_of_the_operator())
    for actor in (manager, fitter, dispatcher):
        assert list(evidence(actor)) == [one]
        with pytest.raises(EvidenceNotFound):
            evidence_for(actor, other.pk)
    assert set(evidence(operator)) == {one, other}
    file_id = FileLink.objects.get(object_id=one.pk).file_id
    for actor in (dispatcher, operator):
        assert file_for(actor, file_id).object_id == one.pk
    strangers = factories.acting(factories.person(foreign, role=Role.FIRM))
    for actor in (manager, fitter, strangers):
        with pytest.raises(FileNotFound):
            file_for(actor, file_id)


@given(
    first_day=st.integers(-20, 100),
    gaps=st.lists(st.integers(1, 40), max_size=12),
)
def test_each_reminder_is_given_once_on_the_first_day_that_the_worker_wakes(first_day: int, gaps: list[int]) -> None:
    """``first_day``: days left when the worker first looks; ``gaps``: how many days it sleeps in between."""
    awake = [first_day]
    for gap in gaps:
        awake.append(awake[-1] - gap)
    told: dict[int, list[int]] = {days: [] for days in BEFORE}
    for left in awake:
        for days in passed(left, {days for days, at in told.items() if at}):
            told[days].append(left)
    for days, at in told.items():
        due = [left for left in awake if left <= days]
        assert at == due[:1]


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("awake", "mails"),
    [
        (range(90, -10, -1), [60, 30, 7]),
        ([61, 59, 58, 29, 6], [59, 29, 6]),
        ([61, 20, 19, 18], [20]),
        ([61, 5, 4], [5]),
        ([61, -3, -4], [-3]),
        ([3], [3]),
    ],
)
def test_a_firm_is_told_whatever_the_worker_slept_through(factories: ModuleType, awake: Any, mails: list[int]) -> None:
    end = date(2027, 6, 30)
    one = factories.evidence(factories.firm(), valid_until=end)
    for left in awake:
        for _twice in range(2):
            remind_of_evidence(now=_at(end - timedelta(days=left)))
    told = Entry.objects.filter(event="evidence.expires").order_by("pk")
    assert [entry.data["days_left"] for entry in told] == mails
    assert {entry.organisation_id for entry in told} == {one.firm_id}
    given_out = [days for entry in told for days in entry.data["reminders"]]
    assert sorted(given_out) == sorted(set(given_out)), "never twice"
    assert sorted(given_out) == sorted(days for days in BEFORE if min(awake) <= days), "never skipped"


@pytest.mark.django_db
def test_the_day_is_the_firms_own(factories: ModuleType) -> None:
    """At 23:30 UTC it is tomorrow in Berlin."""
    end = date(2027, 6, 30)
    factories.evidence(factories.firm(), valid_until=end)
    factories.evidence(factories.firm(country="GB"), kind="public_liability", valid_until=end)
    late = datetime(2027, 4, 30, 22, 30, tzinfo=UTC)
    assert remind_of_evidence(now=late) == 1
    assert Entry.objects.get(event="evidence.expires").data["days_left"] == 60
    assert remind_of_evidence(now=late + timedelta(hours=2)) == 1


@pytest.mark.django_db
def test_nobody_is_reminded_of_what_is_replaced_unconfirmed_or_endless(factories: ModuleType) -> None:
    firm = factories.firm(trades=("painting",))
    end = date(2026, 12, 1)
    factories.evidence(firm, valid_until=end)
    factories.evidence(firm, valid_until=date(2028, 1, 1))
    factories.evidence(firm, kind="bg_certificate", valid_until=end, state="submitted")
    factories.evidence(firm, kind="gas_concession", valid_until=end, state="refused")
    factories.evidence(firm, kind="business_registration")
    assert remind_of_evidence(now=_at(date(2026, 11, 25))) == 0
    # A newer one with a smaller sum replaces nothing.
    other = factories.firm()
    one = factories.evidence(other, valid_until=end)
    factories.evidence(other, valid_until=date(2028, 1, 1), insured_minor=1)
    assert remind_of_evidence(now=_at(date(2026, 11, 25))) == 1
    assert set(EvidenceReminder.objects.filter(evidence=one).values_list("days", flat=True)) == {60, 30, 7}
