"""Two at once, over real connections, on SQLite and on PostgreSQL: what is said of a firm is said once, and the other is told why."""

from types import ModuleType
from typing import Any

import pytest
from gewerk.firms.models import Evidence
from gewerk.firms.operations.evidence import confirm_evidence, refuse_evidence
from gewerk.identity.models import Role
from gewerk.journal.models import Entry
from gewerk.journeys.step_order import step_order
from gewerk.kit.locks import writing_transaction
from gewerk.marketplace.models import AnswerCase, Appeal, Rating
from gewerk.marketplace.operations.appeals import appeal, decide_appeal
from gewerk.marketplace.operations.rate_work import answer_rating, rate_as_manager
from gewerk.marketplace.operations.send import invite
from gewerk.marketplace.operations.watch_answers import watch_firm

from ..at_once import at_once, codes
from .conftest import AFTER, NOW, Matter
from .test_answer_rule import Asked

pytestmark = pytest.mark.django_db(transaction=True)

STARS = {"quality": 5, "punctuality": 4, "tidiness": 3, "price_truth": 5}


def test_of_two_ratings_of_one_order_one_stands_and_of_two_answers_one(factories: ModuleType) -> None:
    with writing_transaction():
        manager = factories.organisation()
        firm = factories.firm(manager)
        order = factories.work_order(factories.property_(manager), firm=firm, state="accepted", accepted_at=NOW)
        people = [factories.acting(factories.person(manager)) for _ in range(2)]
        owners = [factories.acting(factories.person(firm, Role.FIRM)) for _ in range(2)]
    rated = at_once(
        *(lambda who=who: rate_as_manager(actor=who, order_id=order.pk, stars=STARS, now=NOW) for who in people)
    )
    assert codes(rated) == {"done": 1, "already_rated": 1}
    rating = Rating.objects.get()
    answers = at_once(
        *(
            lambda who=who, n=n: answer_rating(actor=who, rating_id=rating.pk, text=f"Danke {n}", now=NOW)
            for n, who in enumerate(owners)
        )
    )
    assert codes(answers) == {"done": 1, "already_answered": 1}
    rating.refresh_from_db()
    assert rating.answer in {"Danke 0", "Danke 1"}


def test_two_people_decide_on_one_paper(factories: ModuleType) -> None:
    for _round in range(3):
        with writing_transaction():
            paper = factories.evidence(factories.firm(), state="submitted")
            first, second = (factories.acting(factories.somebody_of_the_operator()) for _ in range(2))
        outcomes = at_once(
            lambda paper=paper, first=first: confirm_evidence(actor=first, evidence_id=paper.pk, version=1, now=NOW),
            lambda paper=paper, second=second: refuse_evidence(
                actor=second, evidence_id=paper.pk, reason="Nicht lesbar", version=1, now=NOW
            ),
        )
        found = codes(outcomes)
        assert found["done"] == 1
        assert found["done"] + found["already_decided"] + found["stale"] == 2
        decided = Evidence.objects.get(pk=paper.pk)
        assert (decided.state, bool(decided.reason)) in {("confirmed", False), ("refused", True)}


def test_two_people_decide_on_one_appeal(factories: ModuleType) -> None:
    with writing_transaction():
        firm = factories.firm()
        AnswerCase.objects.create(firm=firm, warned_at=NOW, warned_asked=10, warned_unanswered=4)
        owner = factories.acting(factories.person(firm, Role.FIRM))
        made = appeal(actor=owner, text="Wir waren im Urlaub.", now=NOW)
        first, second = (factories.acting(factories.somebody_of_the_operator()) for _ in range(2))
    outcomes = at_once(
        lambda: decide_appeal(actor=first, appeal_id=made.pk, grant=True, reason="Stimmt", now=AFTER),
        lambda: decide_appeal(actor=second, appeal_id=made.pk, grant=False, reason="Nein", now=AFTER),
    )
    assert codes(outcomes) == {"done": 1, "appeal_decided": 1}
    decided = Appeal.objects.get()
    assert (AnswerCase.objects.get().ended_at is not None) is (decided.outcome == "granted")


def test_two_workers_warn_once_and_limit_once(factories: ModuleType) -> None:
    with writing_transaction():
        managers = [factories.organisation(), factories.organisation()]
        firm = factories.firm(*managers)
        asked = Asked(
            factories,
            firm,
            factories.acting(factories.person(firm, Role.FIRM)),
            [factories.acting(factories.person(one)) for one in managers],
            factories.NOW,
        )
        asked.ignored()
    for expected in ("answer_case.warned", "answer_case.limited"):
        looked = at_once(*(lambda now=asked.now: watch_firm(firm.pk, now=now) for _ in range(2)))
        assert sorted(looked) == [False, True]
        assert Entry.objects.filter(organisation_id=firm.pk, event=expected).count() == 1
        with writing_transaction():
            asked.ignored()
    assert AnswerCase.objects.count() == 1


def test_an_invitation_while_the_request_ends(new_matter: Any) -> None:
    for _round in range(3):
        with writing_transaction():
            matter: Matter = new_matter(firms=1)
            another = matter.factories.firm(matter.organisation)
        outcomes = at_once(
            lambda matter=matter, another=another: invite(
                actor=matter.staff, request_id=matter.request.pk, firm_ids=[another.pk], now=NOW
            ),
            lambda matter=matter: step_order(
                actor=matter.staff, order_id=matter.order.pk, step="cancel", reason="Doppelt", now=NOW
            ),
        )
        found = codes(outcomes)
        assert found["done"] >= 1
        assert matter.again().state == "ended"
        invited = matter.request.invitations.filter(firm=another).exists()
        assert invited is (found["done"] == 2), outcomes
