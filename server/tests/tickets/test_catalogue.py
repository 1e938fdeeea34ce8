# ruff: noqa: DTZ001 - the rules are asked about the hands of a clock
"""The catalogue and the rules of urgency: data that must fit together, and what they say of well-known cases."""

from datetime import datetime, time

import pytest
from gewerk.tickets.catalogue.faults import answered, catalogue
from gewerk.tickets.catalogue.urgency import Report, is_heating_season, is_night, judge, rules
from gewerk.tickets.models import Urgency
from hypothesis import given
from hypothesis import strategies as st

DAY = datetime(2026, 7, 15, 10, 30)
NIGHT = datetime(2026, 7, 15, 23, 10)
WINTER = datetime(2026, 12, 2, 10, 30)
FAULTS = sorted(catalogue().faults)


def of(fault: str, local: datetime = DAY, *, vulnerable: bool = False, **answers: str) -> tuple[str, str]:
    judged = judge(Report(fault, answers, local, vulnerable))
    return judged.urgency.value, judged.rule


def test_every_text_is_there_in_both_languages() -> None:
    found = catalogue()
    texts = [t for g in found.groups for t in (g.title, g.hint)]
    texts += [f.title for f in found.faults.values()] + [m for f in found.faults.values() for m in f.meanwhile]
    questions = {q for f in found.faults.values() for q in f.questions}
    texts += [q.title for q in questions] + [o.title for q in questions for o in q.options]
    texts += [*found.parts.values(), *(r.reason for r in rules())]
    texts += [t for r in rules() if r.call for t in (r.call.title, *r.call.steps)]
    assert all(text.de and text.en for text in texts)
    assert len(found.groups) >= 12
    assert {"water", "heating", "electrics", "roof", "windows_doors", "lift", "stairwell", "mould", "pests", "keys"} < {
        g.key for g in found.groups
    }


def test_nobody_is_asked_more_than_five_things() -> None:
    assert max(len(fault.questions) for fault in catalogue().faults.values()) <= 5


def test_rules_speak_only_of_what_the_catalogue_knows() -> None:
    faults, groups = set(catalogue().faults), {f"{g.key}.*" for g in catalogue().groups}
    options = {(q.key, o.key) for fault in catalogue().faults.values() for q in fault.questions for o in q.options}
    for rule in rules():
        assert rule.faults <= faults | groups, rule.key
        assert {(q, o) for q, wanted in rule.answers.items() for o in wanted} <= options, rule.key
    assert len({rule.key for rule in rules()}) == len(rules())
    assert (rules()[-1].faults, rules()[-1].answers) == (frozenset(), {}), "the last rule fits everything"


def test_every_rule_can_decide() -> None:
    """A rule hidden behind an earlier one would never be heard."""
    for rule in rules():
        fault = next(iter(sorted(rule.faults)), "water.tap").replace("noise.*", "noise.smell")
        answers = {question: min(options) for question, options in rule.answers.items()}
        local = WINTER.replace(hour=23) if rule.night else WINTER if rule.heating_season else DAY
        assert judge(Report(fault, answers, local, rule.vulnerable)).rule == rule.key, rule.key


@pytest.mark.parametrize(
    ("judged", "wanted"),
    [
        (of("water.pipe_burst", NIGHT, flow="strong"), ("emergency", "burst_pipe")),
        (of("water.pipe_burst", DAY, flow="strong"), ("emergency", "burst_pipe")),
        (of("water.pipe_burst", NIGHT, flow="drops", shut_off="no"), ("emergency", "water_not_shut_off")),
        (of("water.pipe_burst", DAY, flow="drops", shut_off="no"), ("urgent", "water_runs")),
        (of("heating.gas_smell"), ("emergency", "gas")),
        (of("electrics.sparks"), ("emergency", "fire")),
        (of("heating.no_heating", WINTER, extent="flat"), ("urgent", "no_heating")),
        (of("heating.no_heating", WINTER, extent="flat", vulnerable=True), ("emergency", "no_heating_vulnerable")),
        (of("heating.no_heating", WINTER, extent="building"), ("emergency", "no_heating_building")),
        (of("heating.no_heating", DAY, extent="building", vulnerable=True), ("normal", "normal")),
        (of("lift.stopped", stuck="yes"), ("emergency", "stuck_in_lift")),
        (of("lift.stopped", stuck="no"), ("urgent", "lift_stopped")),
        (of("roof.ceiling_wet", near_electrics="yes", flow="drops"), ("emergency", "water_at_electrics")),
        (of("water.toilet_blocked", only_toilet="no"), ("urgent", "only_toilet")),
        (of("water.toilet_blocked", only_toilet="yes"), ("normal", "normal")),
        (of("windows_doors.flat_door", NIGHT, closes="no"), ("emergency", "front_door_open_at_night")),
        (of("windows_doors.flat_door", DAY, closes="no"), ("urgent", "not_lockable")),
        (of("water.tap", since="weeks"), ("normal", "normal")),
        (of("noise.neighbours", times="night"), ("low", "can_wait")),
    ],
)
def test_known_cases(judged: tuple[str, str], wanted: tuple[str, str]) -> None:
    assert judged == wanted


@pytest.mark.parametrize(("country", "phone"), [("DE", "112"), ("AT", "128"), ("GB", "0800 111 999")])
def test_a_smell_of_gas_says_whom_to_call_first(country: str, phone: str) -> None:
    call = judge(Report("heating.gas_smell", {}, DAY)).call
    assert call is not None
    assert call.phones[country] == phone
    assert "Von draußen anrufen." in [step.de for step in call.steps]


def test_every_emergency_says_whom_to_call() -> None:
    assert all(rule.call is not None for rule in rules() if rule.urgency == Urgency.EMERGENCY)


@pytest.mark.parametrize(
    ("local", "night"),
    [
        (datetime(2026, 11, 25, 7, 59), True),
        (datetime(2026, 11, 25, 8, 0), False),
        (datetime(2026, 11, 25, 15, 59), False),
        (datetime(2026, 11, 25, 16, 0), True),
        (datetime(2026, 11, 28, 10, 0), True),  # Saturday
    ],
)
def test_night_is_when_nobody_is_in_the_office(local: datetime, night: bool) -> None:
    assert is_night(local) is night
    assert is_night(datetime(2026, 11, 25, 7, 30), time(7), time(18)) is False


@pytest.mark.parametrize(("month", "day", "season"), [(9, 30, False), (10, 1, True), (4, 30, True), (5, 1, False)])
def test_the_heating_season(month: int, day: int, season: bool) -> None:
    assert is_heating_season(datetime(2026, month, day)) is season


_REPORTS = st.builds(
    lambda fault, keys, local, vulnerable: Report(
        fault,
        {
            q.key: q.options[k % len(q.options)].key
            for q, k in zip(catalogue().faults[fault].questions, keys, strict=False)
        },
        local,
        vulnerable,
    ),
    st.sampled_from(FAULTS),
    st.lists(st.integers(0, 7), max_size=5),
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),
    st.booleans(),
)


@given(_REPORTS)
def test_every_report_is_judged_and_the_vulnerable_never_later(report: Report) -> None:
    judged = judge(report)
    assert judged.reason.de
    same = Report(report.fault, report.answers, report.local, vulnerable=True)
    assert judge(same).urgency.rank <= judged.urgency.rank


@given(_REPORTS)
def test_answers_are_kept_in_the_order_asked(report: Report) -> None:
    fault = catalogue().faults[report.fault]
    sent = [{"question": q, "answer": a} for q, a in reversed(report.answers.items())] + [
        {"question": "?", "answer": "x"}
    ]
    assert [q.key for q, _o in answered(fault, sent)] == [q.key for q in fault.questions if q.key in report.answers]
