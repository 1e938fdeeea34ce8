"""Who is found for a job, in which order, and why: laws of the rule, and that it costs the same for few firms and many."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from gewerk.catalogue.queries import service
from gewerk.firms.gates import may_take_of_many
from gewerk.firms.models import Evidence, FirmProfile, FirmService, FirmTrade, ListedFirm
from gewerk.firms.queries.vetted import vetted
from gewerk.identity.models import Organisation
from gewerk.kit.kept import Kept
from gewerk.kit.prepared import prepared
from gewerk.kit.refusals import Refusal
from gewerk.marketplace.areas import Area, at_places, places_of, works_at
from gewerk.marketplace.gate import may_take
from gewerk.marketplace.models import Invitation
from gewerk.marketplace.operations.choose_by_rule import RuleFindsNobody, choose_by_rule
from gewerk.marketplace.operations.prepare import RequestIsInvalid, choose_firms
from gewerk.marketplace.postcodes import SAME, areas_of, region_of
from gewerk.marketplace.queries import offers
from gewerk.marketplace.queries.facts import Facts
from gewerk.marketplace.queries.finding import (
    Room,
    Wanted,
    Whose,
    best,
    candidates,
    found_of,
    regions,
    wanted_for,
)
from gewerk.marketplace.queries.reasons import hindrances, reasons
from gewerk.portfolio.models import Property
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _german() -> Iterator[None]:
    with translation.override("de"):
        yield


PAINT = "paint_room"
TODAY = NOW.date()
PLACE = "44137"


def papers(factories: Any, firm: Organisation, **changes: Any) -> None:
    for need in service("DE", PAINT).requirements:
        factories.evidence(firm, kind=need.kind, trades=("painting",), with_file=False, **changes)


def vetted_firm(factories: Any, *managers: Any, **fields: Any) -> Organisation:
    firm: Organisation = factories.firm(*managers, trades=("painting",), **{"postcode": PLACE, **fields})
    papers(factories, firm)
    return firm


def wanted(manager: Organisation, **fields: Any) -> Wanted:
    given = {"service": service("DE", PAINT), "postcode": PLACE, "seed": "1", "on": TODAY, "now": NOW}
    return Wanted(**{"manager": manager, **given, **fields})


def all_of(asked: Wanted, rows: Any) -> Any:
    return found_of(asked, rows, rows[:])


def found(factories: Any, manager: Organisation, **fields: Any) -> Any:
    actor, asked = factories.acting(factories.person(manager)), wanted(manager, **fields)
    return all_of(asked, candidates(actor, asked))


firms_like = st.fixed_dictionaries(
    {
        "standing": st.sampled_from(["", "approved", "preferred", "blocked"]),
        "postcode": st.sampled_from(["44137", "44139", "44225", "45127", "80331", "", "none"]),
        "trades": st.sampled_from([(), ("painting",), ("painting", "plumbing"), ("plumbing",)]),
        "card": st.sampled_from([(), ("painting",), ("plumbing",)]),
        "state": st.sampled_from(["confirmed", "confirmed", "submitted", "refused"]),
        "left_out": st.sampled_from([None, None, 0, 1]),
        "until": st.sampled_from([None, -1, 0, 400]),
        "insured": st.sampled_from([1, 10**12]),
        "area": st.sampled_from([("anywhere", []), ("postcodes", ["441"]), ("postcodes", ["8", "45"]), ("radius", [])]),
        "capacity": st.sampled_from([None, 0, 3]),
        "service": st.sampled_from([None, None, PAINT, "tap_replace"]),
    }
)


def made(factories: Any, manager: Organisation, like: dict[str, Any]) -> Organisation:
    own = {"standing": like["standing"]} if like["standing"] else {}
    lists = (manager,) if like["standing"] else ()
    firm: Organisation = factories.firm(*lists, trades=like["trades"], postcode=like["postcode"], **own)
    kind, starts = like["area"]
    FirmProfile.objects.filter(firm=firm).update(
        area_kind=kind, area_postcodes=starts, area_radius_km=30, capacity=like["capacity"]
    )
    if like["service"]:
        FirmService.objects.create(firm=firm, code=like["service"])
    for place, need in enumerate(service("DE", PAINT).requirements):
        if place == like["left_out"]:
            continue
        paper = factories.evidence(
            firm, kind=need.kind, trades=like["card"], state=like["state"], with_file=False, insured_minor=None
        )
        changes: dict[str, Any] = {}
        if like["until"] is not None:
            changes["valid_until"] = TODAY + timedelta(days=like["until"])
        if paper.insured_minor:
            changes["insured_minor"] = like["insured"]
        if changes:
            Evidence.objects.filter(pk=paper.pk).update(**changes)
    return firm


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(likes=st.lists(firms_like, min_size=1, max_size=5), count=st.integers(1, 6))
def test_the_rule_never_leaves_the_gate_and_says_the_same_twice(
    factories: Any, likes: list[dict[str, Any]], count: int
) -> None:
    manager = factories.organisation()
    ids = [made(factories, manager, like).pk for like in likes]
    # The condition of the database and the rule in Python are one.
    by_rule = {one: gate.open for one, gate in may_take_of_many(ids, PAINT, "DE", TODAY).items()}
    assert {one for one, is_open in by_rule.items() if is_open} == vetted(service("DE", PAINT), TODAY, ids)

    actor, asked = factories.acting(factories.person(manager)), wanted(manager)
    chosen = [one.firm.pk for one in best(actor, asked, count)]
    assert chosen == [one.firm.pk for one in best(actor, asked, count)]
    assert len(chosen) == len(set(chosen)) <= count
    assert chosen == [one.firm.pk for one in best(actor, asked, 50)][:count]
    blocked = set(ListedFirm.objects.filter(organisation=manager, standing="blocked").values_list("firm_id", flat=True))
    for one in chosen:
        assert one not in blocked
        gate = may_take(organisation_id=manager.pk, firm_id=one, service=PAINT, country="DE", on=TODAY)
        assert gate.open
    # Whom the rule passes over has a reason to read, or does not offer it, or does not work there.
    everybody = all_of(asked, candidates(actor, asked))
    for passed in everybody:
        if not passed.by_rule:
            assert hindrances(passed, "DE") or not passed.serves
    assert {one.firm.pk for one in everybody if one.by_rule} == {one.firm.pk for one in best(actor, asked, 50)}
    FirmTrade.objects.filter(firm__in=ids).delete()  # the next example runs in the same database


@given(a=st.from_regex(r"[0-9]{5}", fullmatch=True), b=st.from_regex(r"[0-9]{5}", fullmatch=True))
def test_german_postcodes_share_areas_both_ways(a: str, b: str) -> None:
    import re

    shared = sum(re.search(area.pattern, b) is not None for area in areas_of("DE", a))
    assert shared == sum(re.search(area.pattern, a) is not None for area in areas_of("DE", b))
    assert (shared == SAME) == (a == b)


@pytest.mark.parametrize(
    ("country", "postcode", "labels"),
    [
        ("DE", "44137", ["4", "44", "441", "44137"]),
        ("AT", "1010", ["1", "10", "101", "1010"]),
        ("GB", "b14 7eb", ["B", "B14", "B14 7", "B14 7EB"]),
        ("GB", "SW1A1AA", ["SW", "SW1A", "SW1A 1", "SW1A 1AA"]),
        ("DE", "4413", []),
        ("GB", "44137", []),
        ("FR", "75001", []),
    ],
)
def test_areas_of_a_postcode(country: str, postcode: str, labels: list[str]) -> None:
    assert [area.label for area in areas_of(country, postcode)] == labels
    region = region_of(country, postcode)
    assert (region.label if region else None) == (labels[0 if country == "GB" else 1] if labels else None)


def test_the_order_and_its_reasons(factories: Any) -> None:
    manager = factories.organisation()
    near, far = vetted_firm(factories), vetted_firm(factories, postcode="44532")
    own_far = vetted_firm(factories, manager, postcode="80331")
    preferred = vetted_firm(factories, manager, standing="preferred", postcode="45127")
    blocked = vetted_firm(factories, manager, standing="blocked")
    paperless = factories.firm(manager, trades=("painting",), postcode=PLACE)
    full = vetted_firm(factories, postcode="44532")
    factories.firm(trades=("painting",), postcode=PLACE)  # not vetted, on no list: nobody's business
    FirmProfile.objects.filter(firm=full).update(capacity=0)
    FirmProfile.objects.filter(firm=far).update(capacity=2)
    rows = found(factories, manager)
    assert [one.firm.pk for one in rows] == [
        one.pk for one in (preferred, own_far, near, far, full, paperless, blocked)
    ]
    with translation.override("de"):
        assert reasons(rows[0])[:2] == ["auf Ihrer Liste bevorzugt", "32 km entfernt"]
        assert reasons(rows[2])[:2] == ["geprüfter Betrieb vom Marktplatz", "gleiche Postleitzahl"]
        assert reasons(rows[3])[1:3] == ["12 km entfernt", "diese Woche frei"]
        assert "diese Woche ausgelastet" in reasons(rows[4])
        assert any("noch nicht" in words for words in hindrances(rows[5], "DE")), hindrances(rows[5], "DE")
        assert hindrances(rows[6], "DE") == ["Der Betrieb ist auf Ihrer Liste gesperrt: Unzuverlässig"]
    assert [one.by_rule for one in rows] == [True] * 5 + [False] * 2
    assert regions(candidates(factories.acting(factories.person(manager)), wanted(manager)), "DE") == {
        "44": 5,
        "45": 1,
        "80": 1,
    }


def test_a_radius_is_kilometres(factories: Any) -> None:
    manager = factories.organisation()
    within, beyond = vetted_firm(factories, postcode="44532"), vetted_firm(factories, postcode="44532")
    over_the_border, unknown = vetted_firm(factories, postcode="58239"), vetted_firm(factories, postcode="44999")
    for firm, km in ((within, 15), (beyond, 10), (over_the_border, 20), (unknown, 5)):
        FirmProfile.objects.filter(firm=firm).update(area_kind="radius", area_radius_km=km)
    # 12 km away; 10 km away in another region of postcodes; a postcode of no known place counts in its region.
    assert {one.firm.pk for one in found(factories, manager)} == {within.pk, over_the_border.pk, unknown.pk}
    own = vetted_firm(factories, manager, postcode="44532")
    FirmProfile.objects.filter(firm=own).update(area_kind="radius", area_radius_km=10)
    assert {one.firm.pk: one.serves for one in found(factories, manager, whose=Whose.OWN)} == {own.pk: False}


@pytest.mark.parametrize(
    ("country", "own", "km", "inside", "outside"),
    [
        ("DE", "44137", 12, ["44137", "44532", "58239"], ["45127", "80331"]),
        ("DE", "44999", 12, ["44137", "44532"], ["58239", "80331"]),
        ("GB", "SW1A 1AA", 5, ["SW1A 2AA", "SE1 7PB"], ["M1 1AE", "SW19 5AE"]),
        ("DE", "", 12, ["44137", "80331"], []),
    ],
)
def test_where_a_firm_with_a_radius_works(
    factories: Any, country: str, own: str, km: int, inside: list[str], outside: list[str]
) -> None:
    """Both ways: what the firm finds, and who finds the firm."""
    firm = factories.firm(postcode=own, country=country)
    FirmProfile.objects.filter(firm=firm).update(area_kind="radius", area_radius_km=km)
    manager = factories.organisation(country=country)
    for postcode in (*inside, *outside):
        factories.property_(manager, postcode=postcode)
    places = places_of(firm)
    asked = prepared(lambda: Property.objects.filter(at_places(places.form, "postcode"), organisation=manager))
    assert {one.postcode for one in asked(**places.values)} == set(inside)
    if own:
        for postcode in (*inside, *outside):
            works = works_at(country, postcode) or pytest.fail("a postcode")
            assert works(own, Area("radius", (), km)) is (postcode in inside), postcode


def test_filters(factories: Any) -> None:
    manager = factories.organisation()
    market, own = vetted_firm(factories), vetted_firm(factories, manager, postcode="80331")
    blocked = vetted_firm(factories, manager, standing="blocked")
    FirmProfile.objects.filter(firm=own).update(capacity=1)

    def ids(**fields: Any) -> set[UUID]:
        return {one.firm.pk for one in found(factories, manager, **fields)}

    assert ids() == {market.pk, own.pk, blocked.pk}
    assert ids(whose=Whose.OWN) == {own.pk}
    assert ids(whose=Whose.MARKET) == {market.pk}
    assert ids(whose=Whose.BLOCKED) == {blocked.pk}
    assert ids(whose=Whose.PREFERRED) == set()
    assert ids(only_free=True) == {own.pk}
    assert ids(only_open=True) == {market.pk, own.pk}
    assert ids(nearness=2) == {market.pk, blocked.pk}
    assert ids(region="80") == {own.pk}
    # Without a service nobody is vetted for it: the own list alone.
    assert ids(service=None) == {own.pk, blocked.pk}


def test_an_awarded_order_takes_room(factories: Any) -> None:
    manager = factories.organisation()
    firm = vetted_firm(factories, manager)
    FirmProfile.objects.filter(firm=firm).update(capacity=1)
    assert [one.room for one in found(factories, manager)] == [Room.FREE]
    factories.work_order(factories.property_(manager), firm=firm, awarded_at=NOW - timedelta(days=6))
    assert [one.room for one in found(factories, manager)] == [Room.FULL]
    assert [one.room for one in found(factories, manager, now=NOW + timedelta(days=2))] == [Room.FREE]


def test_by_rule_on_a_request(new_matter: Any, factories: Any) -> None:
    matter = new_matter(sent=False, service=PAINT)
    with pytest.raises(RuleFindsNobody):
        choose_by_rule(actor=matter.staff, request_id=matter.request.pk, count=3, now=NOW)
    firms = [vetted_firm(factories) for _ in range(4)]
    chosen: list[list[UUID]] = []
    for _ in range(2):
        choose_by_rule(actor=matter.staff, request_id=matter.request.pk, count=3, now=NOW)
        chosen.append(list(Invitation.objects.filter(request=matter.request).values_list("firm_id", flat=True)))
    assert chosen[0] == chosen[1]
    assert len(chosen[0]) == 3
    assert set(chosen[0]) <= {firm.pk for firm in firms}
    why = Invitation.objects.filter(request=matter.request).values_list("why", flat=True)
    assert all("nach Regel, Platz" in one and "gleiche Postleitzahl" in one for one in why)
    for wrong in (0, 51):
        with pytest.raises(RequestIsInvalid):
            choose_by_rule(actor=matter.staff, request_id=matter.request.pk, count=wrong, now=NOW)
    bare = new_matter(sent=False)
    with pytest.raises(RequestIsInvalid):
        choose_by_rule(actor=bare.staff, request_id=bare.request.pk, count=3, now=NOW)


def test_who_was_asked_less_comes_first(new_matter: Any, factories: Any) -> None:
    matter = new_matter(sent=False, service=PAINT)
    asked, idle = vetted_firm(factories), vetted_firm(factories)
    other = factories.work_order(factories.property_(factories.organisation()))
    request = factories.quote_request(other, factories.firm(other.organisation))
    Invitation.objects.create(request=request, firm=asked, position=9, invited_at=NOW - timedelta(days=1))
    choose_by_rule(actor=matter.staff, request_id=matter.request.pk, count=1, now=NOW)
    assert matter.request.invitations.get().firm_id == idle.pk


def test_by_hand_a_vetted_stranger_and_nobody_else(new_matter: Any, factories: Any) -> None:
    matter = new_matter(sent=False, service=PAINT)
    stranger, unvetted = vetted_firm(factories), factories.firm(trades=("painting",))
    choose_firms(actor=matter.staff, request_id=matter.request.pk, firm_ids=[stranger.pk], now=NOW)
    assert "geprüfter Betrieb vom Marktplatz" in matter.request.invitations.get().why
    for wrong in (unvetted.pk, uuid4()):
        with pytest.raises(Refusal) as refused:
            choose_firms(actor=matter.staff, request_id=matter.request.pk, firm_ids=[wrong], now=NOW)
        assert refused.value.code == "not_found"


def test_queries_do_not_grow_with_the_firms(factories: Any) -> None:
    manager = factories.organisation()
    actor, asked = factories.acting(factories.person(manager)), wanted(manager)
    counts = []
    for more in (3, 8):
        for _ in range(more):
            vetted_firm(factories, manager)
            vetted_firm(factories)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            rows = all_of(asked, candidates(actor, asked))
        counts.append(len(seen))
        assert len(rows) == (6 if more == 3 else 22)
    assert counts[0] == counts[1]


def test_wanted_for_a_request(new_matter: Any) -> None:
    matter = new_matter(sent=False, service=PAINT)
    asked = wanted_for(matter.request, now=NOW)
    assert (asked.postcode, asked.service and asked.service.code, asked.on) == ("44137", PAINT, date(2026, 11, 22))


def test_a_large_market_may_be_a_minute_old_but_nobody_is_let_through(
    new_matter: Any, factories: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = new_matter(sent=False, service=PAINT)
    manager, firm = matter.request.organisation, vetted_firm(factories)
    clock = count(0.0, 0.001)
    monkeypatch.setattr(offers, "MANY", 1)
    monkeypatch.setattr(offers, "_last", {})
    for name in ("_kept", "_vetted"):
        minute = Kept(lambda _: 1, clock=lambda: next(clock), many=1, share=1_000_000, longest=offers.LONGEST_SECONDS)
        monkeypatch.setattr(offers, name, minute)

    def shown() -> Any:
        return {one.firm.pk: one for one in found(factories, manager)}.get(firm.pk)

    assert shown().by_rule
    Evidence.objects.filter(firm=firm).update(valid_until=TODAY - timedelta(days=1))
    FirmProfile.objects.filter(firm=firm).update(area_kind="postcodes", area_postcodes=["1"])
    other = factories.work_order(factories.property_(factories.organisation()))
    elsewhere = factories.quote_request(other, factories.firm(other.organisation))
    Invitation.objects.create(request=elsewhere, firm=firm, position=9, invited_at=NOW - timedelta(days=1))
    # Whoever looks still finds it as it was; whoever decides does not.
    assert (shown().by_rule, shown().gate.open, shown().asked_lately) == (True, True, 0)
    assert firm.pk not in {one.firm.pk for one in best(matter.staff, wanted(manager), 50)}
    with pytest.raises(Refusal):
        choose_by_rule(actor=matter.staff, request_id=matter.request.pk, count=1, now=NOW)
    with pytest.raises(Refusal):
        choose_firms(actor=matter.staff, request_id=matter.request.pk, firm_ids=[firm.pk], now=NOW)
    clock = count(offers.LONGEST_SECONDS + 1, 0.001)
    assert shown() is None
    # A market that is small again is asked each time.
    monkeypatch.setattr(offers, "MANY", 1_000)
    for name in ("_kept", "_vetted"):
        monkeypatch.setattr(offers, name, Kept(lambda _: 0, many=1))
    FirmProfile.objects.filter(firm=firm).update(area_kind="anywhere")
    Evidence.objects.filter(firm=firm).update(valid_until=None)
    assert shown().asked_lately == 1


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.tuples(st.lists(st.sampled_from([UUID(int=n * 7) for n in range(8)])), st.floats(0, 40))),
)
def test_a_fact_is_asked_once_and_is_never_too_old(steps: list[tuple[list[UUID], float]]) -> None:
    now, asked = 0.0, dict[UUID, float]()
    facts = Facts(60, lambda: now)

    def ask(unknown: list[UUID]) -> dict[UUID, float]:
        assert len(unknown) == len(set(unknown)) > 0
        for one in unknown:
            assert now - asked.get(one, -60.0) >= 30
            asked[one] = now
        return {one: now for one in unknown if one.int % 3}

    for firms, pause in steps:
        known = facts.of("time", firms, ask, -1.0)
        assert known.keys() == set(firms)
        for one, told in known.items():
            assert now - asked[one] < 60
            assert told == (asked[one] if one.int % 3 else -1.0)
        now += pause
    assert facts.of("another", list(asked)[:1], lambda _: {}, 7) == dict.fromkeys(list(asked)[:1], 7)
