"""Laws that hold whatever is tried, in whatever order: no award twice, behind the seal, after validity, over the limit, past the gate;
and what a manager can read before the deadline does not depend on what the firms do.
"""

import ast
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import gewerk
import pytest
from gewerk.identity.models import Role
from gewerk.journal.actor import Actor, ActorKind
from gewerk.journal.models import Entry
from gewerk.journeys.award_order import award_or_ask
from gewerk.journeys.award_quote import award_quote
from gewerk.journeys.decide_approval import approve_and_go_on
from gewerk.journeys.open_quotes import open_due_requests
from gewerk.journeys.step_order import step_order
from gewerk.kit.refusals import Refusal
from gewerk.marketplace import access
from gewerk.marketplace.models import AwardRecord, Quote
from gewerk.marketplace.operations.end_request import end_request
from gewerk.marketplace.operations.send import move_deadline
from gewerk.marketplace.operations.write_quote import decline, save_draft, withdraw
from gewerk.marketplace.states import (
    BY_KEY,
    FINAL,
    QUOTE_BY_KEY,
    QUOTE_STEPS,
    STEPS,
    By,
    Mode,
    QuoteState,
    State,
    allowed,
)
from gewerk.projects.models import Approval
from gewerk.projects.operations.limits import covers, set_limit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import DEADLINE, NOW, VALID_UNTIL, Matter

EVERYBODY = frozenset(By)


@pytest.mark.parametrize("mode", list(Mode))
def test_every_state_has_an_exit_unless_it_is_final(mode: Mode) -> None:
    reached, more = {State.DRAFT}, {State.DRAFT}
    while more:
        more = {State(s.target) for state in more for s in allowed(state, mode, EVERYBODY)} - reached
        reached |= more
    for state in reached:
        assert bool(allowed(state, mode, EVERYBODY)) != (state in FINAL)
    assert reached == set(State) - ({State.OPENED} if mode == Mode.FIXED_PRICE_OFFER else set())


def test_keys_are_unique() -> None:
    assert len(BY_KEY) == len(STEPS)
    assert len(QUOTE_BY_KEY) == len(QUOTE_STEPS)
    final = {QuoteState.REPLACED, QuoteState.WITHDRAWN, QuoteState.AWARDED, QuoteState.NOT_AWARDED}
    assert {s for step in QUOTE_STEPS for s in step.sources} == set(QuoteState) - final


def test_only_the_seal_and_the_firms_side_touch_quotes() -> None:
    """``Quote.objects`` stands where it is decided who sees it, and where an awarded quote is made; nowhere else."""
    found = set()
    root = Path(gewerk.__file__).parent
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            named = isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}
            if named and isinstance(node.value, ast.Name) and node.value.id in {"Quote", "QuoteLine"}:
                found.add(path.relative_to(root).as_posix())
    assert found == {
        "marketplace/access.py",
        "marketplace/operations/claim_offer.py",
        "marketplace/operations/write_quote.py",
        # To the firm itself: which invitation it is about, and why it was not awarded.
        "outreach/quote_letters.py",
    }
    assert not [
        f.name
        for f in Quote._meta.get_fields()
        if f.is_relation and f.many_to_one and f.remote_field.related_name != "+"
    ]


ACTS = st.tuples(st.sampled_from(["quote", "draft", "withdraw", "decline"]), st.integers(0, 2), st.integers(1, 10**6))


def readable(matter: Matter) -> Any:
    """Everything of the marketplace and the journal that any of the manager's actors may read."""
    key = Actor(kind=ActorKind.KEY, id=None, organisation_id=matter.organisation.pk, scopes=frozenset({"all"}))
    reader = Actor(kind=ActorKind.KEY, id=None, organisation_id=matter.organisation.pk, scopes=frozenset({"read"}))
    told = list(
        Entry.objects.filter(organisation_id=matter.organisation.pk)
        .exclude(event="quote_request.invitation_declined")
        .order_by("id")
        .values("event", "object_id", "data")
    )
    seen = []
    for actor in (matter.staff, key, reader):
        seen += [
            list(access.quotes(actor).values()),
            access.quotes(actor).count(),
            access.quotes_seen(actor, all_ids()),
        ]
        seen += [list(access.requests(actor).values()), list(access.award_records(actor).values())]
    return told, seen


def all_ids() -> list[Any]:
    return list(Quote._base_manager.values_list("pk", flat=True))


def act(matter: Matter, kind: str, place: int, minor: int, now: Any = NOW) -> None:
    common: dict[str, Any] = {"actor": matter.owners[place], "invitation_id": matter.invitation(place).pk, "now": now}
    try:
        if kind == "quote":
            matter.quote(place, minor, now=now)
        elif kind == "draft":
            save_draft(given=matter.given(place, minor), **common)
        elif kind == "withdraw":
            withdraw(**common)
        else:
            decline(reason="Keine Zeit", **common)
    except Refusal:
        pass


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, max_size=8))
def test_behind_the_seal_nothing_shows_what_firms_do(new_matter: Any, acts: list[tuple[str, int, int]]) -> None:
    matter: Matter = new_matter()
    before = readable(matter)
    for one in acts:
        act(matter, *one, now=DEADLINE - timedelta(seconds=1))
        assert readable(matter) == before
    # Whoever ends the request early never sees them either.
    end_request(actor=matter.staff, request_id=matter.request.pk, reason="Aus", now=DEADLINE)
    assert not access.quotes(matter.staff).exists()


MOVES = st.tuples(
    st.sampled_from(
        [
            "quote",
            "withdraw",
            "decline",
            "open",
            "award",
            "award",
            "award",
            "approve",
            "by_hand",
            "end",
            "later",
            "block",
            "unblock",
        ]
    ),
    st.integers(0, 2),
    st.integers(1, 60_000),
    st.sampled_from([-3, -1, 0, 1, 2, 80]),
)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(MOVES, min_size=3, max_size=12))
def test_no_path_awards_wrongly(new_matter: Any, moves: list[tuple[str, int, int, int]]) -> None:
    """Days are counted from the deadline; 80 days after it every quote has run out."""
    matter: Matter = new_matter(role=Role.HOUSING_OFFICER)
    boss = matter.factories.acting(matter.factories.person(matter.organisation))
    set_limit(actor=boss, role=Role.HOUSING_OFFICER, amount_minor=500_000, now=NOW)
    for place in range(3):
        matter.quote(place, 10_000 * (place + 1))
    clock = NOW
    for kind, place, minor, day in moves:
        clock = max(clock, DEADLINE + timedelta(days=day))
        before = AwardRecord.objects.filter(request=matter.request).count()
        with suppress(Refusal):
            _try(matter, boss, kind, place, minor, clock)
        matter.again()
        records = list(AwardRecord.objects.filter(request=matter.request))
        assert len(records) <= 1
        if len(records) > before:
            _check_award(matter, records[0], clock, boss)
        taken = matter.order.state == "awarded" and matter.order.award_kind == "quote"
        assert taken == (len(records) == 1 and matter.request.state == "awarded")
        if matter.request.opened_at is None:
            assert not records


def _try(matter: Matter, boss: Actor, kind: str, place: int, minor: int, now: Any) -> None:
    request_id = matter.request.pk
    ids = list(
        Quote._base_manager.filter(request_id=request_id).order_by("created_at", "id").values_list("pk", flat=True)
    )
    if kind in {"quote", "withdraw", "decline"}:
        act(matter, kind, place, minor, now=now)
    elif kind == "open":
        open_due_requests(now=now)
    elif kind == "award":
        award_quote(actor=matter.staff, request_id=request_id, quote_id=ids[minor % len(ids)], reason="Darum", now=now)
    elif kind == "approve":
        for approval in Approval.objects.filter(state="asked", order=matter.order):
            approve_and_go_on(actor=boss, approval_id=approval.pk, now=now)
    elif kind == "by_hand":
        # A draft awarded by hand would end the story: only while quotes are out.
        if matter.order.state in {"tendering", "quoted"}:
            award_or_ask(actor=boss, order_id=matter.order.pk, firm_id=matter.firms[place].pk, now=now)
    elif kind == "end":
        step_order(actor=matter.staff, order_id=matter.order.pk, step="end_tender", reason="Aus", now=now)
    elif kind == "later":
        move_deadline(actor=matter.staff, request_id=request_id, deadline_at=now + timedelta(days=1), now=now)
    elif kind == "block":
        matter.firms[place].listings.update(standing="blocked", blocked_reason="Pfusch")
    else:
        matter.firms[place].listings.update(standing="approved", blocked_reason="")


def _check_award(matter: Matter, record: AwardRecord, now: Any, boss: Actor) -> None:
    quote = Quote._base_manager.get(pk=record.quote_id)
    request = matter.request
    assert request.deadline_at is not None
    assert request.opened_at is not None
    assert now >= request.opened_at >= request.deadline_at
    assert now.date() <= VALID_UNTIL
    assert quote.state == "awarded"
    assert quote.request_id == request.pk
    assert matter.firms[[f.pk for f in matter.firms].index(record.firm_id)].listings.get().standing == "approved"
    actor = boss if record.person_id == boss.id else matter.staff
    approved = Approval.objects.filter(
        order=matter.order, firm_id=record.firm_id, state="approved", amount_minor__gte=record.gross_minor
    ).exists()
    assert covers(actor, record.gross_minor) or approved
    assert matter.order.items_gross_minor == record.gross_minor == quote.gross_minor
    assert matter.order.firm_id == record.firm_id
    submitted = Quote._base_manager.filter(request=request, state="not_awarded").values_list("pk", flat=True)
    assert {one["quote_id"] for one in record.others} == {str(pk) for pk in submitted}
