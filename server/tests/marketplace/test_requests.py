"""A request from the draft to the award, as manager and firms live it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from gewerk.catalogue.queries import service
from gewerk.firms.models import Evidence
from gewerk.identity.models import Role
from gewerk.journal.actor import Actor, system
from gewerk.journal.models import Entry
from gewerk.journeys.award_order import award_or_ask
from gewerk.journeys.award_quote import award_quote
from gewerk.journeys.decide_approval import approve_and_go_on
from gewerk.journeys.open_quotes import open_due_requests, open_request
from gewerk.journeys.request_quotes import request_from_tickets, send_request
from gewerk.journeys.step_order import step_order
from gewerk.kit.refusals import Refusal
from gewerk.marketplace import access
from gewerk.marketplace.links import LinkIsInvalid, invitation_token, owner_token
from gewerk.marketplace.models import AwardRecord, Quote, QuoteRequest, RecordIsForEver
from gewerk.marketplace.operations import owner_approvals, questions
from gewerk.marketplace.operations.open_quotes import StillSealed
from gewerk.marketplace.operations.prepare import (
    RequestIsInvalid,
    RequestIsLive,
    RequestIsSent,
    change_request,
    choose_firms,
    draft_request,
)
from gewerk.marketplace.operations.record_award import OwnerHasNotAgreed, QuoteHasExpired
from gewerk.marketplace.operations.send import DeadlineIsFixed, DeadlineIsOver, invite, move_deadline
from gewerk.marketplace.operations.write_quote import (
    GateIsClosed,
    QuoteIsInvalid,
    TooManyQuotes,
    decline,
    given_of,
    save_draft,
    submit,
    withdraw,
)
from gewerk.marketplace.queries import for_programs
from gewerk.marketplace.scope import PriceGiven, QuoteGiven, ScopeItem
from gewerk.projects.models import Approval, WorkOrder
from gewerk.projects.operations.award import QuotesAreOut
from gewerk.projects.operations.limits import set_limit

from .conftest import AFTER, DEADLINE, NOW, Matter

pytestmark = pytest.mark.django_db


def award(matter: Matter, quote: Quote, now: Any = AFTER, actor: Actor | None = None, **fields: Any) -> Any:
    given = {"reason": "Günstigstes Angebot", **fields}
    return award_quote(actor=actor or matter.staff, request_id=matter.request.pk, quote_id=quote.pk, now=now, **given)


def test_from_the_request_to_the_award(sent: Matter) -> None:
    assert sent.order.state == "tendering"
    dear, cheap, middle = sent.quote(0, 3_000), sent.quote(1, 1_000), sent.quote(2, 2_000)
    sent.open()
    assert sent.again().state == "opened"
    assert sent.order.state == "quoted"
    outcome = award(sent, cheap, losers={dear.pk: "Zu teuer"})
    sent.again()
    assert (sent.request.state, sent.order.state, sent.order.firm_id) == ("awarded", "awarded", sent.firms[1].pk)
    # 12.5 m² twice at 10.00; the optional item is priced and not counted.
    assert (outcome.record.net_minor, outcome.record.gross_minor) == (25_000, 29_750)
    assert sent.order.items_gross_minor == 29_750
    assert sent.order.award_kind == "quote"
    assert [(o["gross_minor"], o["reason"]) for o in outcome.record.others] == [
        (59_500, "Günstigstes Angebot"),
        (89_250, "Zu teuer"),
    ]
    assert {q.pk: q.state for q in access.quotes(sent.staff)} == {
        dear.pk: "not_awarded",
        middle.pk: "not_awarded",
        cheap.pk: "awarded",
    }
    told = set(Entry.objects.filter(event="quote.not_awarded").values_list("organisation_id", flat=True))
    assert told == {sent.firms[0].pk, sent.firms[2].pk}


def test_draft_submit_replace_withdraw_decline(sent: Matter) -> None:
    actor, invitation = sent.owners[0], sent.invitation(0)
    partial = QuoteGiven(prices=sent.given(0).prices[:1])
    save_draft(actor=actor, invitation_id=invitation.pk, given=partial, now=NOW)
    with pytest.raises(QuoteIsInvalid):
        submit(actor=actor, invitation_id=invitation.pk, given=partial, now=NOW)
    first = sent.quote(0, 2_000)
    assert (first.number, first.state) == (1, "submitted")
    # A new draft beside the submitted one changes nothing until it is submitted.
    save_draft(actor=actor, invitation_id=invitation.pk, given=sent.given(0, 100), now=NOW)
    first.refresh_from_db()
    assert first.state == "submitted"
    second = sent.quote(0, 1_500, discount_basis_points=300, conditions="Ohne Entsorgung")
    first.refresh_from_db()
    assert (first.state, second.number) == ("replaced", 2)
    assert given_of(second) == sent.given(0, 1_500, discount_basis_points=300, conditions="Ohne Entsorgung")
    withdraw(actor=actor, invitation_id=invitation.pk, now=NOW)
    lump = submit(
        actor=actor,
        invitation_id=invitation.pk,
        given=sent.given(0, prices=(), pricing="lump_sum", lump_net_minor=50_000),
        now=NOW,
    )
    assert lump.gross_minor == 59_500
    decline(actor=actor, invitation_id=invitation.pk, reason="Keine Leute", now=NOW)
    invitation.refresh_from_db()
    assert invitation.state == "declined"
    assert sorted(access.quotes(actor).values_list("state", flat=True)) == ["replaced", "withdrawn", "withdrawn"]
    sent.open()
    assert not access.quotes(sent.staff).exists()


def test_a_firm_that_thinks_better_of_it_is_not_seen_before_the_opening(sent: Matter) -> None:
    decline(actor=sent.owners[0], invitation_id=sent.invitation(0).pk, reason="Keine Leute", now=NOW)
    before = for_programs.one(sent.staff, sent.request.pk)
    sent.quote(0)
    assert for_programs.one(sent.staff, sent.request.pk) == before
    sent.open()
    assert sent.invitation(0).state == "invited"
    assert access.quotes(sent.staff).count() == 1


def test_nothing_comes_in_at_or_after_the_deadline(sent: Matter) -> None:
    sent.quote(0, now=DEADLINE - timedelta(microseconds=1))
    for moment in (DEADLINE, AFTER):
        for act in (
            lambda moment=moment: sent.quote(1, now=moment),
            lambda moment=moment: withdraw(actor=sent.owners[0], invitation_id=sent.invitation(0).pk, now=moment),
            lambda moment=moment: decline(
                actor=sent.owners[0], invitation_id=sent.invitation(0).pk, reason="Nein", now=moment
            ),
            lambda moment=moment: questions.ask(
                actor=sent.owners[0], invitation_id=sent.invitation(0).pk, text="Noch da?", now=moment
            ),
        ):
            with pytest.raises(DeadlineIsOver):
                act()


def test_the_deadline_moves_later_only_and_nobody_opens_before_it(sent: Matter) -> None:
    with pytest.raises(StillSealed):
        sent.open(now=DEADLINE - timedelta(microseconds=1))
    for earlier in (NOW, DEADLINE, DEADLINE - timedelta(hours=1)):
        with pytest.raises(DeadlineIsFixed):
            move_deadline(actor=sent.staff, request_id=sent.request.pk, deadline_at=earlier, now=NOW)
    move_deadline(actor=sent.staff, request_id=sent.request.pk, deadline_at=AFTER + timedelta(days=1), now=NOW)
    with pytest.raises(StillSealed):
        sent.open(now=AFTER)
    assert open_due_requests(now=AFTER) == 0
    assert open_due_requests(now=AFTER + timedelta(days=1)) == 1
    assert sent.again().state == "opened"


def test_the_database_itself_keeps_the_seal(sent: Matter) -> None:
    for change in ({"opened_at": DEADLINE - timedelta(seconds=1)}, {"state": "opened"}, {"state": "awarded"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            QuoteRequest.objects.filter(pk=sent.request.pk).update(**change)


def test_what_is_sent_stays_as_it_is(sent: Matter) -> None:
    with pytest.raises(RequestIsSent):
        change_request(actor=sent.staff, request_id=sent.request.pk, fields={"title": "Anders"}, now=NOW)
    with pytest.raises(RequestIsSent):
        choose_firms(actor=sent.staff, request_id=sent.request.pk, firm_ids=[], now=NOW)
    with pytest.raises(RequestIsLive):
        draft_request(actor=sent.staff, order_id=sent.order.pk, now=NOW)
    late = sent.factories.firm(sent.organisation)
    invite(actor=sent.staff, request_id=sent.request.pk, firm_ids=[late.pk, sent.firms[0].pk], now=NOW)
    assert list(sent.request.invitations.values_list("position", flat=True)) == [1, 2, 3, 4]


def test_a_request_needs_items_firms_and_time(new_matter: Any) -> None:
    for fields in ({"items": ()}, {"firms": 0}, {"deadline_at": NOW}, {"deadline_at": None}):
        with pytest.raises(RequestIsInvalid) as wrong:
            new_matter(**fields)
        assert wrong.value.problems


def test_while_quotes_are_out_nothing_else_awards_the_order(sent: Matter) -> None:
    firm = sent.firms[0]
    with pytest.raises(QuotesAreOut):
        award_or_ask(actor=sent.staff, order_id=sent.order.pk, firm_id=firm.pk, now=NOW)
    cheap = sent.quote(0)
    sent.open()
    with pytest.raises(QuotesAreOut):
        award_or_ask(actor=sent.staff, order_id=sent.order.pk, firm_id=firm.pk, now=AFTER)
    award(sent, cheap)


@pytest.mark.parametrize("step", ["end_tender", "cancel"])
def test_the_orders_own_steps_end_the_request(sent: Matter, step: str) -> None:
    sent.quote(0)
    step_order(actor=sent.staff, order_id=sent.order.pk, step=step, reason="Hat sich erledigt", now=NOW)
    assert sent.again().state == "ended"
    assert not access.quotes(sent.staff).exists()  # ended early: sealed for ever
    assert Entry.objects.filter(event="quote_invitation.request_ended").count() == 3


def test_questions_and_answers_are_for_all(sent: Matter) -> None:
    asked = questions.ask(actor=sent.owners[0], invitation_id=sent.invitation(0).pk, text="Aufzug?", now=NOW)
    questions.answer(actor=sent.staff, question_id=asked.pk, text="Ja", now=NOW)
    with pytest.raises(Refusal):
        questions.answer(actor=sent.staff, question_id=asked.pk, text="Nein", now=NOW)
    told = Entry.objects.filter(event="quote_invitation.question_answered")
    assert set(told.values_list("organisation_id", flat=True)) == {firm.pk for firm in sent.firms}


def test_a_quote_is_awarded_while_it_is_valid(sent: Matter) -> None:
    quote = sent.quote(0, valid_until_date=DEADLINE.date())
    sent.open()
    with pytest.raises(QuoteHasExpired):
        award(sent, quote, now=DEADLINE + timedelta(days=1))
    award(sent, quote, now=DEADLINE + timedelta(minutes=5))


def test_a_closed_gate_lets_nobody_quote_or_be_awarded(sent: Matter) -> None:
    quote = sent.quote(0)
    sent.firms[1].listings.update(standing="blocked", blocked_reason="Pfusch")
    with pytest.raises(GateIsClosed):
        sent.quote(1)
    sent.open()
    sent.firms[0].listings.update(standing="blocked", blocked_reason="Pfusch")
    with pytest.raises(GateIsClosed):
        award(sent, quote)
    assert sent.again().state == "opened"
    assert sent.order.state == "quoted"


def test_evidence_that_expired_shuts_the_gate_of_the_service(new_matter: Any) -> None:
    painting = service("DE", "paint_room")
    sent = new_matter(service=painting.code)
    with pytest.raises(GateIsClosed):
        sent.quote(0)
    for firm in sent.firms:
        sent.factories.firm_trades(firm, "painting")
        for need in painting.requirements:
            sent.factories.evidence(firm, kind=need.kind, trades=("painting",))
    quote = sent.quote(0)
    sent.open()
    Evidence.objects.filter(firm=sent.firms[0], kind="liability_insurance").update(
        valid_until=NOW.date() - timedelta(days=1)
    )
    # Said in the language of whoever asks, at the moment of asking.
    with translation.override("de"), pytest.raises(GateIsClosed) as refused:
        award(sent, quote)
    assert "Betriebshaftpflicht: abgelaufen" in str(refused.value.message)
    assert sent.again().state == "opened"


def test_a_service_that_nobody_knows_is_refused(new_matter: Any) -> None:
    with pytest.raises(RequestIsInvalid) as refused:
        new_matter(service="teleportation")
    assert [problem.pointer for problem in refused.value.problems] == ["/service"]


def test_above_the_limit_an_approval_awards_with_the_record(new_matter: Any) -> None:
    sent = new_matter(role=Role.HOUSING_OFFICER)
    officer, boss = sent.staff, sent.factories.acting(sent.factories.person(sent.organisation))
    set_limit(actor=boss, role=Role.HOUSING_OFFICER, amount_minor=29_749, now=NOW)
    quote, other = sent.quote(0), sent.quote(1, 2_000)
    sent.open()
    outcome = award(sent, quote)
    assert outcome.record is None
    assert outcome.approval is not None
    assert sent.again().state == "opened"
    approve_and_go_on(actor=boss, approval_id=outcome.approval.pk, now=AFTER)
    assert sent.again().state == "awarded"
    record = AwardRecord.objects.get()
    assert (record.quote_id, record.person_id, record.others[0]["quote_id"]) == (quote.pk, boss.id, str(other.pk))
    assert Approval.objects.get().state == "approved"
    assert officer.id != boss.id


def test_the_owner_agrees_by_link_first(sent: Matter) -> None:
    owner_approvals.set_owner_rule(actor=sent.staff, from_minor=29_750, now=NOW)
    quote, cheaper = sent.quote(0), sent.quote(1, 999)
    sent.open()
    with pytest.raises(OwnerHasNotAgreed):
        award(sent, quote)
    asked = owner_approvals.ask_owner(
        actor=sent.staff,
        request_id=sent.request.pk,
        quote_id=quote.pk,
        name="Frau Sommer",
        email="sommer@example.org",
        now=AFTER,
    )
    token = owner_token(asked)
    for wrong in (token[:-1], token.replace(asked.pk.hex, cheaper.pk.hex), "x" * 80, ""):
        with pytest.raises(LinkIsInvalid):
            owner_approvals.decide_as_owner(token=wrong, approves=True, now=AFTER)
    owner_approvals.decide_as_owner(token=token, approves=True, now=AFTER)
    with pytest.raises(owner_approvals.OwnerHasDecided):
        owner_approvals.decide_as_owner(token=token, approves=False, reason="Doch nicht", now=AFTER)
    award(sent, quote)


def test_a_refusing_owner_stops_the_award(sent: Matter) -> None:
    quote = sent.quote(0)
    sent.open()
    asked = owner_approvals.ask_owner(
        actor=sent.staff, request_id=sent.request.pk, quote_id=quote.pk, name="A", email="a@example.org", now=AFTER
    )
    owner_approvals.decide_as_owner(token=owner_token(asked), approves=False, reason="Zu teuer", now=AFTER)
    with pytest.raises(OwnerHasNotAgreed):
        award(sent, quote)


def test_a_firm_without_account_answers_by_link(sent: Matter) -> None:
    actor, invitation = access.guest_of(invitation_token(sent.invitation(0)))
    submit(actor=actor, invitation_id=invitation.pk, given=sent.given(0), now=NOW)
    others = sent.invitation(1)
    with pytest.raises(access.RequestNotFound):
        submit(actor=actor, invitation_id=others.pk, given=sent.given(1), now=NOW)
    assert access.quotes(actor).count() == 1
    others.link_version += 1
    old = invitation_token(sent.invitation(1))
    others.save()
    with pytest.raises(LinkIsInvalid):
        access.guest_of(old)


def test_only_who_speaks_for_the_firm_quotes(sent: Matter) -> None:
    fitter = sent.factories.acting(sent.factories.person(sent.firms[0], Role.FITTER))
    with pytest.raises(Refusal) as refused:
        submit(actor=fitter, invitation_id=sent.invitation(0).pk, given=sent.given(0), now=NOW)
    assert refused.value.code == "forbidden"
    for stranger in (
        sent.owners[1],
        sent.factories.acting(sent.factories.person(sent.factories.organisation(), "firm")),
    ):
        with pytest.raises(access.RequestNotFound):
            submit(actor=stranger, invitation_id=sent.invitation(0).pk, given=sent.given(0), now=NOW)


def test_a_thousand_quotes_meet_a_limit(sent: Matter) -> None:
    for minor in range(1, 21):
        sent.quote(0, minor)
    for minor in range(21, 41):
        with pytest.raises(TooManyQuotes):
            sent.quote(0, minor)
    assert access.quotes(sent.owners[0]).filter(state="submitted").count() == 1
    sent.quote(1)  # nobody else is kept out


def test_the_record_is_for_ever(sent: Matter) -> None:
    quote = sent.quote(0)
    sent.open()
    record = award(sent, quote).record
    record.reason = "Anders"
    for act in (
        record.save,
        record.delete,
        AwardRecord.objects.all().delete,
        lambda: AwardRecord.objects.update(reason="Anders"),
    ):
        with pytest.raises(RecordIsForEver):
            act()


def test_from_the_ticket_in_one_go(factories: Any) -> None:
    organisation = factories.organisation()
    staff = factories.acting(factories.person(organisation))
    ticket = factories.ticket(factories.property_(organisation))
    request = request_from_tickets(
        actor=staff, ticket_ids=[ticket.pk], items=[ScopeItem("Dichtung", 1_000, "Stk")], now=NOW
    )
    assert request.order.ticket_links.get().ticket_id == ticket.pk
    assert WorkOrder.objects.count() == 1


def offer(new_matter: Any, **fields: Any) -> Matter:
    scope = [ScopeItem("Dichtung", 2_000, "Stk", unit_price_minor=1_000, vat_basis_points=1_900)]
    made: Matter = new_matter(items=scope, mode="fixed_price_offer", deadline_at=None, claim_hours=4, **fields)
    return made


def test_a_fixed_price_goes_round_in_fair_order(new_matter: Any) -> None:
    from gewerk.journeys.award_quote import claim

    made = offer(new_matter)
    windows = [(made.invitation(n).window_from_at, made.invitation(n).window_until_at) for n in range(3)]
    hours = [timedelta(hours=4 * n) for n in range(4)]
    assert windows == [(NOW + hours[n], NOW + hours[n + 1]) for n in range(3)]
    for place, now in ((1, NOW), (2, NOW), (0, NOW + hours[1])):
        with pytest.raises(Refusal) as refused:
            claim(actor=made.owners[place], invitation_id=made.invitation(place).pk, now=now)
        assert refused.value.code == "not_your_turn"
    decline(actor=made.owners[0], invitation_id=made.invitation(0).pk, reason="Urlaub", now=NOW + timedelta(hours=1))
    # The next one need not wait for the hours of the first.
    assert made.invitation(1).window_from_at == NOW + timedelta(hours=1)
    outcome = claim(actor=made.owners[1], invitation_id=made.invitation(1).pk, now=NOW + timedelta(hours=2))
    made.again()
    assert (made.order.state, made.order.firm_id, made.order.items_gross_minor) == ("awarded", made.firms[1].pk, 2_380)
    assert outcome.record.gross_minor == 2_380
    with pytest.raises(Refusal) as late:
        claim(actor=made.owners[2], invitation_id=made.invitation(2).pk, now=made.invitation(2).window_from_at)
    assert late.value.code == "already_awarded"


def test_an_offer_that_nobody_takes_ends(new_matter: Any) -> None:
    made = offer(new_matter)
    assert open_due_requests(now=NOW + timedelta(hours=11)) == 0
    assert open_due_requests(now=NOW + timedelta(hours=12)) == 1
    assert made.again().state == "ended"
    assert made.order.state == "draft"


def test_an_offer_binds_within_the_senders_limit_only(new_matter: Any) -> None:
    made = offer(new_matter, sent=False, role=Role.HOUSING_OFFICER)
    boss = made.factories.acting(made.factories.person(made.organisation))
    set_limit(actor=boss, role=Role.HOUSING_OFFICER, amount_minor=2_379, now=NOW)
    with pytest.raises(Refusal) as refused:
        send_request(actor=made.staff, request_id=made.request.pk, now=NOW)
    assert refused.value.code == "over_limit"


def test_firms_propose_alternatives_that_do_not_count(sent: Matter) -> None:
    prices = (
        *sent.given(0).prices,
        PriceGiven(9_900, 1_900, text="Statt Fliesen: Vinyl", unit="m²", quantity_thousandths=500),
    )
    quote = sent.quote(0, prices=prices)
    assert quote.gross_minor == 29_750
    assert quote.lines.filter(own_alternative=True).count() == 1


def test_the_system_opens_in_no_other_organisation(sent: Matter) -> None:
    other = sent.factories.organisation()
    with pytest.raises(access.RequestNotFound):
        open_request(actor=system(other.pk), request_id=sent.request.pk, now=AFTER)
