"""The 15 % rule: what it follows from, and that nobody is ever limited without an earlier warning."""

from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from gewerk.firms.models import ListedFirm
from gewerk.identity.models import Membership, Organisation, Role
from gewerk.journal.actor import Actor, system
from gewerk.journal.models import Entry
from gewerk.journeys.open_quotes import open_request
from gewerk.journeys.request_quotes import send_request
from gewerk.kit.refusals import Refusal
from gewerk.marketplace.answer_rule import MOST_RUNNING, Answered, Verdict, verdict
from gewerk.marketplace.models import AnswerCase, Appeal, Invitation, Stage
from gewerk.marketplace.operations.answer_limit import FirmIsLimited, limited_firms
from gewerk.marketplace.operations.appeals import (
    AlreadyAppealed,
    AppealIsDecided,
    AppealIsInvalid,
    NothingToAppeal,
    OwnAppeal,
    appeal,
    decide_appeal,
)
from gewerk.marketplace.operations.moving import ReasonMissing
from gewerk.marketplace.operations.prepare import choose_firms, draft_request
from gewerk.marketplace.operations.send import invite
from gewerk.marketplace.operations.watch_answers import watch_answers, watch_firm
from gewerk.marketplace.operations.write_quote import decline, items_of, submit
from gewerk.marketplace.queries.answers import answered_by, unanswered
from gewerk.marketplace.scope import PriceGiven, QuoteGiven, ScopeItem
from gewerk.marketplace.states import Mode
from hypothesis import given
from hypothesis import strategies as st

COUNTS = st.integers(0, 200)


@st.composite
def answered(draw: st.DrawFn) -> Answered:
    asked = draw(COUNTS)
    left = draw(st.integers(0, asked))
    return Answered(asked, left, draw(st.integers(0, left)))


@given(st.lists(st.tuples(answered(), st.booleans()), max_size=40))
def test_the_rule_never_limits_without_an_earlier_warning(course: list[tuple[Answered, bool]]) -> None:
    """Whatever happens, in whatever order: before each limit stands a warning, and between them no lifting."""
    stage: Stage | None = None
    for found, appealed in course:
        follows = verdict(found, stage, appeal_open=appealed)
        if follows is Verdict.LIMIT:
            assert stage is Stage.WARNED
            assert found.unanswered_since_warning > 0
            assert not appealed
        if follows in (Verdict.WARN, Verdict.LIMIT):
            assert found.unanswered * 100 > 15 * found.asked
        stage = {Verdict.WARN: Stage.WARNED, Verdict.LIMIT: Stage.LIMITED, Verdict.LIFT: None}.get(follows, stage)  # type: ignore[arg-type]
        assert stage is None or found.too_few


@given(answered(), st.sampled_from([None, *Stage]))
def test_fifteen_percent_or_less_has_no_consequence(found: Answered, stage: Stage | None) -> None:
    if found.unanswered * 100 <= 15 * found.asked:
        assert verdict(found, stage) is (None if stage is None else Verdict.LIFT)


@given(answered())
def test_an_answer_more_never_makes_it_worse(found: Answered) -> None:
    better = Answered(found.asked + 1, found.unanswered, found.unanswered_since_warning)
    assert found.too_few or not better.too_few


def test_the_border_is_not_yet_too_much() -> None:
    assert not Answered(20, 3).too_few
    assert Answered(19, 3).too_few


@dataclass
class Asked:
    """A firm that is asked again and again, by two managers."""

    factories: ModuleType
    firm: Organisation
    owner: Actor
    managers: list[Actor]
    now: Any

    def request(self, *, hours: int = 168, manager: int = 0, fixed: bool = False) -> Invitation:
        actor = self.managers[manager]
        organisation = Organisation.objects.get(pk=actor.organisation_id)
        order = self.factories.work_order(self.factories.property_(organisation))
        fields: dict[str, Any] = {"deadline_at": self.now + timedelta(hours=hours)}
        items = None
        if fixed:
            fields = {"mode": Mode.FIXED_PRICE_OFFER, "claim_hours": hours}
            items = [ScopeItem("Hahn abdichten", 1_000, "Stk", unit_price_minor=4_900, vat_basis_points=1_900)]
        made = draft_request(actor=actor, order_id=order.pk, fields=fields, items=items, now=self.now)
        choose_firms(actor=actor, request_id=made.pk, firm_ids=[self.firm.pk], now=self.now)
        send_request(actor=actor, request_id=made.pk, now=self.now)
        return Invitation.objects.select_related("request").get(request=made)

    def over(self, invitation: Invitation) -> None:
        """The deadline passes and the quotes are opened."""
        invitation.request.refresh_from_db()
        self.now = max(self.now, invitation.request.deadline_at)
        organisation_id = invitation.request.organisation_id
        open_request(actor=system(organisation_id), request_id=invitation.request_id, now=self.now)

    def ignored(self, **fields: Any) -> Invitation:
        found = self.request(**fields)
        self.over(found)
        return found

    def quoted(self) -> Invitation:
        found = self.request()
        prices = tuple(PriceGiven(1_000, 1_900, item_id=pk) for pk in items_of(found))
        given_ = QuoteGiven(prices=prices, valid_until_date=(self.now + timedelta(days=60)).date())
        submit(actor=self.owner, invitation_id=found.pk, given=given_, now=self.now)
        self.over(found)
        return found

    def declined(self) -> Invitation:
        found = self.request()
        decline(actor=self.owner, invitation_id=found.pk, reason="Kein Monteur frei", now=self.now)
        self.over(found)
        return found

    def watch(self, **later: int) -> AnswerCase | None:
        self.now += timedelta(**(later or {"minutes": 1}))
        watch_answers(now=self.now)
        return AnswerCase.objects.filter(firm=self.firm).order_by("-warned_at").first()

    def events(self) -> list[str]:
        rows = Entry.objects.filter(organisation_id=self.firm.pk, object_type__in=["answer_case", "appeal"])
        return list(rows.order_by("id").values_list("event", flat=True))

    def limited(self) -> AnswerCase:
        self.ignored()
        self.watch()
        self.ignored()
        case = self.watch()
        assert case is not None
        assert case.stage is Stage.LIMITED
        return case


@pytest.fixture
def asked(db: None, factories: ModuleType) -> Asked:
    managers = [factories.organisation(), factories.organisation()]
    firm = factories.firm(*managers)
    return Asked(
        factories,
        firm,
        factories.acting(factories.person(firm, Role.FIRM)),
        [factories.acting(factories.person(one)) for one in managers],
        factories.NOW,
    )


@pytest.fixture
def operator(db: None, factories: ModuleType) -> Actor:
    return factories.acting(factories.somebody_of_the_operator())


def test_quotes_and_refusals_with_a_reason_are_answers(asked: Asked) -> None:
    asked.quoted()
    asked.declined()
    asked.ignored()
    assert answered_by([asked.firm.pk], now=asked.now) == {asked.firm.pk: Answered(3, 1)}
    assert [one.firm_id for one in unanswered(asked.firm.pk, now=asked.now)] == [asked.firm.pk]


def test_what_is_sealed_or_still_running_counts_nothing(asked: Asked) -> None:
    running = asked.request()
    assert answered_by([asked.firm.pk], now=asked.now + timedelta(days=3)) == {}
    # The deadline is over, but nobody has opened the quotes: whether this firm answered is sealed.
    assert answered_by([asked.firm.pk], now=running.request.deadline_at + timedelta(hours=1)) == {}
    asked.over(running)
    assert answered_by([asked.firm.pk], now=asked.now) == {asked.firm.pk: Answered(1, 1)}


def test_a_request_that_left_less_than_a_day_counts_nothing(asked: Asked) -> None:
    asked.ignored(hours=23)
    assert answered_by([asked.firm.pk], now=asked.now) == {}
    asked.ignored(hours=24)
    assert answered_by([asked.firm.pk], now=asked.now) == {asked.firm.pk: Answered(1, 1)}


def test_of_a_fixed_price_offer_the_window_counts_once_it_is_over(asked: Asked) -> None:
    found = asked.request(fixed=True, hours=48)
    assert found.window_until_at is not None
    assert answered_by([asked.firm.pk], now=found.window_until_at - timedelta(minutes=1)) == {}
    assert answered_by([asked.firm.pk], now=found.window_until_at) == {asked.firm.pk: Answered(1, 1)}


def test_what_lies_ninety_days_back_is_forgotten(asked: Asked) -> None:
    asked.ignored()
    assert answered_by([asked.firm.pk], now=asked.now + timedelta(days=89)) == {asked.firm.pk: Answered(1, 1)}
    assert answered_by([asked.firm.pk], now=asked.now + timedelta(days=90)) == {}


def test_first_a_warning_then_a_limit_then_nothing_once_the_firm_answers(asked: Asked) -> None:
    assert asked.watch() is None
    asked.ignored()
    case = asked.watch()
    assert case is not None
    assert (case.stage, case.warned_asked, case.warned_unanswered) == (Stage.WARNED, 1, 1)
    assert limited_firms([asked.firm.pk]) == set()
    # Worse becomes nothing by itself: what was sent before the warning does not limit.
    assert asked.watch(days=1) == case
    assert asked.events() == ["answer_case.warned"]
    asked.ignored()
    case = asked.watch()
    assert case is not None
    assert (case.stage, case.limited_asked, case.limited_unanswered) == (Stage.LIMITED, 2, 2)
    assert limited_firms([asked.firm.pk]) == {asked.firm.pk}
    asked.watch(days=90)
    assert limited_firms([asked.firm.pk]) == set()
    assert asked.events() == ["answer_case.warned", "answer_case.limited", "answer_case.lifted"]


def test_what_was_sent_before_the_warning_does_not_limit(asked: Asked) -> None:
    first, second = asked.request(), asked.request(hours=200)
    asked.over(first)
    asked.watch()
    asked.over(second)
    case = asked.watch()
    assert case is not None
    assert case.stage is Stage.WARNED


def test_a_limited_firm_has_few_invitations_running_over_all_managers(asked: Asked) -> None:
    asked.limited()
    running = [asked.request(manager=n % 2) for n in range(MOST_RUNNING)]
    with pytest.raises(FirmIsLimited), transaction.atomic():
        asked.request(manager=1)
    # More firms for a request that is out: the same rule.
    other = asked.factories.firm()
    ListedFirm.objects.create(
        organisation_id=asked.managers[1].organisation_id, firm=other, created_at=asked.now, updated_at=asked.now
    )
    order = asked.factories.work_order(
        asked.factories.property_(Organisation.objects.get(pk=asked.managers[1].organisation_id))
    )
    sent = asked.factories.quote_request(
        order, other, admin=asked.managers[1], deadline_at=asked.now + timedelta(days=3)
    )
    with pytest.raises(FirmIsLimited), transaction.atomic():
        invite(actor=asked.managers[1], request_id=sent.pk, firm_ids=[asked.firm.pk], now=asked.now)
    decline(actor=asked.owner, invitation_id=running[0].pk, reason="Kein Monteur frei", now=asked.now)
    asked.request(manager=1)


def test_a_quote_that_is_sealed_frees_no_place(asked: Asked) -> None:
    """Else a manager who invites the firm would learn whether it has answered somebody."""
    asked.limited()
    running = [asked.request() for _ in range(MOST_RUNNING)]
    prices = tuple(PriceGiven(1_000, 1_900, item_id=pk) for pk in items_of(running[0]))
    given_ = QuoteGiven(prices=prices, valid_until_date=(asked.now + timedelta(days=60)).date())
    submit(actor=asked.owner, invitation_id=running[0].pk, given=given_, now=asked.now)
    with pytest.raises(FirmIsLimited), transaction.atomic():
        asked.request()


def test_the_database_lets_nobody_limit_before_the_warning(asked: Asked) -> None:
    now = asked.now
    for limited_at in (now, now - timedelta(days=1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            AnswerCase.objects.create(
                firm=asked.firm, warned_at=now, warned_asked=2, warned_unanswered=1, limited_at=limited_at
            )
    AnswerCase.objects.create(firm=asked.firm, warned_at=now, warned_asked=2, warned_unanswered=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        AnswerCase.objects.create(firm=asked.firm, warned_at=now, warned_asked=2, warned_unanswered=1)


def test_an_appeal_holds_the_limit_back_until_it_is_decided(asked: Asked, operator: Actor) -> None:
    asked.ignored()
    asked.watch()
    made = appeal(actor=asked.owner, text="Der Monteur war krank.", now=asked.now)
    asked.ignored()
    case = asked.watch()
    assert case is not None
    assert case.stage is Stage.WARNED
    decide_appeal(actor=operator, appeal_id=made.pk, grant=False, reason="Eine Absage genügt.", now=asked.now)
    case = asked.watch()
    assert case is not None
    assert case.stage is Stage.LIMITED
    # The limit is another decision: it may be appealed against too, once.
    appeal(actor=asked.owner, text="Wir waren im Urlaub.", now=asked.now)
    with pytest.raises(AlreadyAppealed):
        appeal(actor=asked.owner, text="Noch einmal.", now=asked.now)


def test_a_granted_appeal_ends_the_case_and_what_was_unanswered_counts_no_more(asked: Asked, operator: Actor) -> None:
    asked.limited()
    made = appeal(actor=asked.owner, text="Unsere Mails kamen nicht an.", now=asked.now)
    decided = decide_appeal(
        actor=operator, appeal_id=made.pk, grant=True, reason="Der Anbieter war gestört.", now=asked.now
    )
    assert decided.case.firm_id == asked.firm.pk
    assert answered_by([asked.firm.pk], now=asked.now) == {}
    asked.watch(hours=2)
    assert limited_firms([asked.firm.pk]) == set()
    assert asked.events()[-3:] == ["appeal.made", "answer_case.lifted", "appeal.decided"]
    with pytest.raises(AppealIsDecided):
        decide_appeal(actor=operator, appeal_id=made.pk, grant=False, reason="Doch nicht.", now=asked.now)


def test_an_appeal_needs_words_and_a_decision_its_reason(asked: Asked, operator: Actor) -> None:
    with pytest.raises(NothingToAppeal):
        appeal(actor=asked.owner, text="Vorsorglich", now=asked.now)
    asked.ignored()
    asked.watch()
    for text in (" ", "x" * 4_001):
        with pytest.raises(AppealIsInvalid):
            appeal(actor=asked.owner, text=text, now=asked.now)
    made = appeal(actor=asked.owner, text="Betriebsferien", now=asked.now)
    with pytest.raises(ReasonMissing):
        decide_appeal(actor=operator, appeal_id=made.pk, grant=True, reason=" ", now=asked.now)
    assert Appeal.objects.get().outcome == "open"


def test_only_somebody_else_of_the_operator_decides(asked: Asked, operator: Actor, factories: ModuleType) -> None:
    asked.ignored()
    asked.watch()
    made = appeal(actor=asked.owner, text="Betriebsferien", now=asked.now)
    Membership.objects.create(
        person_id=operator.id, organisation=asked.firm, role=Role.FITTER, created_at=asked.now, ended_at=asked.now
    )
    with pytest.raises(OwnAppeal):
        decide_appeal(actor=operator, appeal_id=made.pk, grant=True, reason="Gern.", now=asked.now)
    for nobody in (asked.owner, asked.managers[0], factories.acting(factories.person(asked.firm, Role.FITTER))):
        with pytest.raises(Refusal) as refused:
            decide_appeal(actor=nobody, appeal_id=made.pk, grant=True, reason="Gern.", now=asked.now)
        assert refused.value.kind == "forbidden"
    with pytest.raises(Refusal):
        appeal(actor=factories.acting(factories.person(asked.firm, Role.FITTER)), text="Ich auch", now=asked.now)


def test_a_second_look_of_the_worker_changes_nothing(asked: Asked) -> None:
    asked.ignored()
    asked.watch()
    assert watch_firm(asked.firm.pk, now=asked.now + timedelta(minutes=1)) is False
    assert watch_answers(now=asked.now + timedelta(minutes=2)) == 0
    assert AnswerCase.objects.count() == 1
