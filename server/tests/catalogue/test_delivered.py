"""Laws of the delivered data: every reference resolves, codes are unique, both languages are there, gates fit the crafts code."""

import tomllib

import pytest
from gewerk.catalogue import delivered
from gewerk.catalogue.shapes import CountryCatalogue, Service

ALL = [delivered.country_catalogue(code) for code in delivered.COUNTRIES]
SERVICES = [one for catalogue in ALL for one in catalogue.services.values()]
GERMANY = delivered.country_catalogue("DE")


def ids(one: object) -> str:
    return f"{one.country}-{one.code}" if isinstance(one, Service) else str(getattr(one, "code", one))


def test_there_are_enough() -> None:
    assert len(GERMANY.law) >= 30
    assert len(GERMANY.services) >= 300
    assert all(len(catalogue.services) >= 30 for catalogue in ALL)


@pytest.mark.parametrize("catalogue", ALL, ids=ids)
def test_every_reference_resolves(catalogue: CountryCatalogue) -> None:
    assert set(catalogue.law) <= set(delivered.trades())
    for gate in catalogue.gates.values():
        kinds = [need.kind for need in gate.requirements]
        assert kinds, gate.code
        assert len(set(kinds)) == len(kinds), gate.code
        assert set(kinds) <= set(catalogue.evidence), gate.code
    for service in catalogue.services.values():
        assert service.trades, service.code
        assert set(service.trades) <= set(catalogue.law), service.code
        assert service.gate in catalogue.gates, service.code
        assert service.requirements == catalogue.gates[service.gate].requirements
        assert set(service.questions) <= set(delivered.questions()), service.code
        assert service.questions, service.code


@pytest.mark.parametrize("catalogue", ALL, ids=ids)
def test_nothing_lies_there_unused(catalogue: CountryCatalogue) -> None:
    assert {one.gate for one in catalogue.services.values()} == set(catalogue.gates)
    assert {need.kind for gate in catalogue.gates.values() for need in gate.requirements} == set(catalogue.evidence)
    assert {trade for one in catalogue.services.values() for trade in one.trades} == set(catalogue.law)


def test_every_question_is_asked_somewhere() -> None:
    assert {code for one in SERVICES for code in one.questions} == set(delivered.questions())


def test_both_languages_are_there_and_no_name_stands_twice() -> None:
    named = [
        *delivered.trades().values(),
        *delivered.questions().values(),
        *(kind.names for catalogue in ALL for kind in catalogue.evidence.values()),
        *(kind.help for catalogue in ALL for kind in catalogue.evidence.values()),
        *(one.names for one in SERVICES),
    ]
    assert all(names.de.strip() and names.en.strip() for names in named)
    for catalogue in ALL:
        for language in ("de", "en"):
            texts = [getattr(one.names, language) for one in catalogue.services.values()]
            assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("service", SERVICES, ids=ids)
def test_a_service_says_how_long_and_how_it_is_priced(service: Service) -> None:
    assert service.minutes >= 15
    assert service.usual in {"fixed", "visit"}
    assert len(service.code) <= 40
    if service.emergency:
        assert service.minutes <= 960, "nobody comes at night for weeks"


@pytest.mark.parametrize("service", list(GERMANY.services.values()), ids=ids)
def test_german_gates_follow_the_crafts_code(service: Service) -> None:
    """Annex A needs the Handwerkskarte, annex B the Gewerbekarte; a trade in neither needs none of them."""
    places = {trade: GERMANY.law[trade] for trade in service.trades}
    licensed = {t for t, found in places.items() if any(place.startswith("HwO Anlage A ") for place in found)}
    only_licensed = {t for t, found in places.items() if all(place.startswith("HwO Anlage A ") for place in found)}
    listed = {t for t, found in places.items() if any(place.startswith("HwO Anlage B ") for place in found)}
    kinds = {need.kind for need in service.requirements}
    if only_licensed == set(service.trades):
        assert "craft_card" in kinds
    if "craft_card" in kinds:
        assert licensed
    if "trade_card" in kinds:
        assert listed
    assert not {"craft_card", "trade_card"} <= kinds


def test_dangerous_works_ask_for_their_concession() -> None:
    def kinds(country: str, code: str) -> set[str]:
        return {need.kind for need in delivered.country_catalogue(country).services[code].requirements}

    assert "gas_concession" in kinds("DE", "boiler_repair_gas")
    assert "gas_safe" in kinds("GB", "boiler_repair_gas")
    assert "gas_authorisation" in kinds("AT", "boiler_repair_gas")
    for code in ("socket_replace", "fuse_board_renew", "wallbox"):
        assert "electric_concession" in kinds("DE", code)
    assert "electrical_scheme" in kinds("GB", "socket_replace")
    assert "asbestos_competence" in kinds("DE", "asbestos_roof")


def test_insurances_name_a_least_sum_and_end_some_day() -> None:
    for catalogue in ALL:
        for kind in catalogue.evidence.values():
            if kind.minimum_minor is not None:
                assert kind.minimum_minor > 0
                assert kind.expires, kind.code
        assert any(kind.minimum_minor for kind in catalogue.evidence.values())


def test_files_stay_short_and_say_where_from() -> None:
    for path in delivered.DATA.rglob("*.toml"):
        text = path.read_text()
        assert text.startswith("# "), path.name
        assert text.count("\n") <= 600, path.name
        tomllib.loads(text)


def test_an_unknown_country_has_no_catalogue() -> None:
    with pytest.raises(KeyError):
        delivered.country_catalogue("../de")
