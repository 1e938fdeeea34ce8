"""Why a firm cannot have a job: a clerk reads words, never a code; a firm does not read how it stands on a manager's list."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation
from gewerk.catalogue.delivered import COUNTRIES
from gewerk.catalogue.queries import catalogue_of, service
from gewerk.firms.gates import MissingEvidence, Why
from gewerk.firms.models import Evidence, ListedFirm
from gewerk.marketplace.gate import GateAnswer, gate_words, gate_words_for_firm, may_take, may_take_each
from gewerk.marketplace.operations.write_quote import GateIsClosed

from .conftest import NOW

pytestmark = pytest.mark.django_db

KINDS = [(country, kind) for country in COUNTRIES for kind in catalogue_of(country).evidence]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(("country", "kind"), KINDS)
def test_every_kind_and_reason_has_words(country: str, kind: str, language: str) -> None:
    with translation.override(language):
        said = [
            gate_words(GateAnswer(open=False, missing=(kind,), gaps=(MissingEvidence(kind, why),)), country)
            for why in Why
        ]
    assert len({one for (one,) in said}) == len(Why)
    for (one,) in said:
        assert kind not in one
        assert "_" not in one


@pytest.mark.parametrize("code", ["listing", "blocked"])
def test_the_own_list_has_words_that_the_firm_does_not_read(code: str) -> None:
    shut = GateAnswer(open=False, missing=(code,))
    with translation.override("de"):
        assert "Ihrer Liste" in gate_words(shut, "DE")[0]
        assert gate_words_for_firm(shut, "DE") == ["die Zustimmung der Verwaltung; bitte fragen Sie dort nach"]
    assert gate_words(GateAnswer(open=True), "DE") == gate_words_for_firm(GateAnswer(open=True), "DE") == []


def test_a_refused_quote_says_what_is_missing_in_words(new_matter: Any) -> None:
    sent = new_matter(service="paint_room")
    with pytest.raises(GateIsClosed) as refused, translation.override("de"):
        sent.quote(0)
    assert "der Betrieb arbeitet nicht in diesem Gewerk" in str(refused.value.message)
    assert "trade" not in str(refused.value.message)


def test_asked_for_many_the_gate_answers_as_for_each(new_matter: Any, factories: Any) -> None:
    sent = new_matter(service="paint_room")
    painting = service("DE", "paint_room")
    for firm in sent.firms[:2]:
        factories.firm_trades(firm, "painting")
        for need in painting.requirements:
            factories.evidence(firm, kind=need.kind, trades=("painting",))
    Evidence.objects.filter(firm=sent.firms[1], kind="liability_insurance").update(
        valid_until=NOW.date() - timedelta(days=1)
    )
    stranger = factories.firm(trades=("painting",))
    for need in painting.requirements:
        factories.evidence(stranger, kind=need.kind, trades=("painting",))
    ListedFirm.objects.filter(firm=sent.firms[2]).update(standing="blocked", blocked_reason="Pfusch")
    asked: dict[str, Any] = {"organisation_id": sent.organisation.pk, "country": "DE", "on": NOW.date()}
    ids = [firm.pk for firm in (*sent.firms, stranger)]
    for code in ("paint_room", ""):
        each = may_take_each(firm_ids=ids, service=code, **asked)
        assert each == {one: may_take(firm_id=one, service=code, **asked) for one in ids}
        # Without a service no evidence is asked for; a firm of the marketplace is vetted for a service only.
        assert [each[one].open for one in ids] == ([True, False, False, True] if code else [True, True, False, False])
