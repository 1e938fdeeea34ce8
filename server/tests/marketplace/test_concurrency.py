"""Two at once, over real connections, on SQLite and on PostgreSQL: one wins, the other is told why."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from gewerk.identity.models import Role
from gewerk.journeys.award_quote import award_quote, claim
from gewerk.journeys.open_quotes import open_request
from gewerk.journeys.step_order import step_order
from gewerk.kit.locks import writing_transaction
from gewerk.kit.refusals import Refusal
from gewerk.marketplace.models import AwardRecord, Quote
from gewerk.marketplace.scope import ScopeItem

from ..at_once import at_once, codes
from .conftest import AFTER, DEADLINE, NOW, Matter

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_awards_one_wins_and_the_other_is_told_why(new_matter: Any) -> None:
    with writing_transaction():
        matter: Matter = new_matter()
        quotes = [matter.quote(place, 1_000 * (place + 1)) for place in range(3)]
    with writing_transaction():
        matter.open()

    def award(quote: Quote) -> Callable[[], Any]:
        return lambda: award_quote(
            actor=matter.staff, request_id=matter.request.pk, quote_id=quote.pk, reason="Darum", now=AFTER
        )

    outcomes = at_once(*(award(quote) for quote in quotes))
    assert codes(outcomes) == {"done": 1, "already_awarded": 2}
    record = AwardRecord.objects.get()
    assert matter.again().state == "awarded"
    assert matter.order.firm_id == record.firm_id
    for told in outcomes:
        if isinstance(told, Refusal):
            assert "awarded" in str(told.message) or "vergeben" in str(told.message)


def test_two_claims_at_once_one_wins(new_matter: Any) -> None:
    scope = [ScopeItem("Dichtung", 1_000, "Stk", unit_price_minor=1_000, vat_basis_points=1_900)]
    with writing_transaction():
        matter: Matter = new_matter(items=scope, mode="fixed_price_offer", claim_hours=1)
        second = matter.factories.acting(matter.factories.person(matter.firms[0], Role.DISPATCHER))

    def take(actor: Any, place: int) -> Callable[[], Any]:
        return lambda: claim(actor=actor, invitation_id=matter.invitation(place).pk, now=NOW)

    # Two people of the firm whose turn it is, and two firms whose turn it is not.
    outcomes = at_once(take(matter.owners[0], 0), take(second, 0), take(matter.owners[1], 1), take(matter.owners[2], 2))
    found = codes(outcomes)
    assert found["done"] == 1
    assert found["done"] + found["already_awarded"] + found["not_your_turn"] == 4
    assert AwardRecord.objects.get().firm_id == matter.firms[0].pk
    assert matter.again().state == "awarded"


def test_a_quote_at_the_last_moment_and_the_opening(new_matter: Any) -> None:
    """Whoever comes first: what was let in is opened, what was not is told so."""
    for _round in range(3):
        with writing_transaction():
            matter: Matter = new_matter(firms=1)
        outcomes = at_once(
            lambda matter=matter: matter.quote(0, now=DEADLINE - timedelta(microseconds=1)),
            lambda matter=matter: open_request(actor=matter.staff, request_id=matter.request.pk, now=DEADLINE),
        )
        assert codes(outcomes) in ({"done": 2}, {"done": 1, "step_not_possible": 1})
        assert (
            Quote._base_manager.filter(request=matter.request, state="submitted").count() == codes(outcomes)["done"] - 1
        )


def test_award_and_cancel_at_once(new_matter: Any) -> None:
    for _round in range(3):
        with writing_transaction():
            matter: Matter = new_matter(firms=1)
            quote = matter.quote(0)
        with writing_transaction():
            matter.open()
        outcomes = at_once(
            lambda matter=matter, quote=quote: award_quote(
                actor=matter.staff, request_id=matter.request.pk, quote_id=quote.pk, reason="Darum", now=AFTER
            ),
            lambda matter=matter: step_order(
                actor=matter.staff, order_id=matter.order.pk, step="cancel", reason="Doppelt", now=AFTER
            ),
        )
        assert codes(outcomes) in ({"done": 2}, {"done": 1, "step_not_possible": 1})
        awarded = AwardRecord.objects.filter(request=matter.request).exists()
        assert matter.again().state == ("awarded" if awarded else "ended")
        assert matter.order.state == "cancelled"
