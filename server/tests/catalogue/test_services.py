"""The operator's edits are versions: what was referred to before keeps what it said."""

from types import ModuleType
from typing import Any

import pytest
from django.utils import translation
from gewerk.catalogue.models import ServiceVersion
from gewerk.catalogue.operations.edit_service import ServiceIsInvalid, ServiceIsStale, edit_service
from gewerk.catalogue.operations.pin_service import pin_service
from gewerk.catalogue.queries import NoCatalogue, ServiceNotFound, found_services, of_version, service, services
from gewerk.catalogue.trades import TRADES, trade_name
from gewerk.journal.models import Entry
from gewerk.kit.refusals import Refusal, RefusalKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(factories: ModuleType) -> Any:
    return factories.acting(factories.person(factories.organisation(kind="operator"), role="operator"))


def test_an_edit_makes_a_version_and_old_references_keep_theirs(factories: ModuleType, operator: Any) -> None:
    pinned = pin_service(country="DE", code="tap_drips", now=factories.NOW)
    assert pin_service(country="DE", code="tap_drips", now=factories.NOW) == pinned
    changed = edit_service(
        actor=operator, country="DE", code="tap_drips", fields={"minutes": 45, "gate": "craft"}, now=factories.NOW
    )
    assert (changed.minutes, changed.gate, changed.version) == (45, "craft", 2)
    assert service("DE", "tap_drips") == changed
    later = pin_service(country="DE", code="tap_drips", now=factories.NOW)
    assert later.number == 2
    assert of_version(later) == changed
    kept = of_version(pinned)
    assert (kept.minutes, kept.gate) == (60, "water")
    assert "water_concession" in {need.kind for need in kept.requirements}
    assert "water_concession" not in {need.kind for need in changed.requirements}
    entry = Entry.objects.get(event="service.edited")
    assert entry.data == {"country": "DE", "code": "tap_drips", "version": 2}


def test_what_changes_nothing_makes_no_version(factories: ModuleType, operator: Any) -> None:
    edit_service(actor=operator, country="DE", code="tap_drips", fields={"minutes": 60}, now=factories.NOW)
    assert not ServiceVersion.objects.exists()


def test_another_country_is_not_touched(factories: ModuleType, operator: Any) -> None:
    edit_service(actor=operator, country="GB", code="tap_drips", fields={"minutes": 30}, now=factories.NOW)
    assert (service("GB", "tap_drips").minutes, service("DE", "tap_drips").minutes) == (30, 60)


def test_a_service_taken_out_is_offered_no_more(factories: ModuleType, operator: Any) -> None:
    edit_service(actor=operator, country="DE", code="key_copy", fields={"offered": False}, now=factories.NOW)
    assert "key_copy" not in {one.code for one in services("DE")}
    assert "key_copy" in {one.code for one in services("DE", offered=None)}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"de": " "}, "/de"),
        ({"en": "x" * 201}, "/en"),
        ({"trades": []}, "/trades"),
        ({"trades": ["alchemy"]}, "/trades"),
        ({"gate": "none"}, "/gate"),
        ({"minutes": 0}, "/minutes"),
        ({"usual": "auction"}, "/usual"),
        ({"questions": ["why"]}, "/questions"),
    ],
)
def test_nonsense_is_refused(factories: ModuleType, operator: Any, fields: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ServiceIsInvalid) as refused:
        edit_service(actor=operator, country="DE", code="tap_drips", fields=fields, now=factories.NOW)
    assert [problem.pointer for problem in refused.value.problems] == [wrong]


def test_two_who_edit_at_once_do_not_overwrite_each_other(factories: ModuleType, operator: Any) -> None:
    fields = {"minutes": 45}
    edit_service(actor=operator, country="DE", code="tap_drips", fields=fields, version=0, now=factories.NOW)
    with pytest.raises(ServiceIsStale):
        edit_service(
            actor=operator, country="DE", code="tap_drips", fields={"minutes": 50}, version=0, now=factories.NOW
        )


def test_only_the_operator_edits(factories: ModuleType) -> None:
    manager = factories.acting(factories.person(factories.organisation()))
    with pytest.raises(Refusal) as refused:
        edit_service(actor=manager, country="DE", code="tap_drips", fields={"minutes": 45}, now=factories.NOW)
    assert refused.value.kind == RefusalKind.FORBIDDEN


@pytest.mark.parametrize(
    "text", ["wasserhahn", "Dripping", "tap_drips", "hahn tropft", "sanitär tropft", "sanitaer tropft"]
)
def test_a_service_is_found_by_what_people_type(text: str) -> None:
    assert "tap_drips" in {one.code for one in found_services("DE", text=text)}


def test_search_narrows_by_trade_and_never_invents() -> None:
    painted = found_services("DE", trade="painting")
    assert painted
    assert all("painting" in one.trades for one in painted)
    assert found_services("DE", text="quantenverschränkung") == []


def test_what_does_not_exist_is_not_found() -> None:
    with pytest.raises(ServiceNotFound):
        service("DE", "time_travel")
    with pytest.raises(NoCatalogue):
        services("FR")


def test_trades_have_one_truth_in_the_readers_language() -> None:
    from gewerk.firms import trades

    assert trades.TRADES is TRADES
    with translation.override("de"):
        assert trade_name("painting") == "Maler- und Lackierarbeiten"
        assert str(TRADES["roofing"]) == "Dachdeckerei"
    with translation.override("en"):
        assert trade_name("painting") == "Painting and varnishing"
    assert trade_name("unknown") == "unknown"
