"""How urgent a report is: a pure function over the rules of ``urgency.toml``, with the rule and its reason as the answer."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from gewerk.tickets.catalogue.texts import Text, text
from gewerk.tickets.models import Urgency

OPENS, CLOSES = time(8), time(16)
"""Of an office that did not say."""


@dataclass(frozen=True, slots=True)
class Call:
    """Whom to call before anything is typed, and what to do."""

    key: str
    title: Text
    steps: tuple[Text, ...]
    phones: Mapping[str, str]
    """By country; empty: the manager's own emergency number."""


@dataclass(frozen=True, slots=True)
class Rule:
    key: str
    urgency: Urgency
    reason: Text
    faults: frozenset[str]
    answers: Mapping[str, frozenset[str]]
    night: bool
    heating_season: bool
    vulnerable: bool
    call: Call | None

    def fits(self, given: "Report") -> bool:
        return (
            (not self.faults or bool(self.faults & {given.fault, f"{given.fault.partition('.')[0]}.*"}))
            and all(given.answers.get(question) in options for question, options in self.answers.items())
            and (not self.night or is_night(given.local, given.opens, given.closes))
            and (not self.heating_season or is_heating_season(given.local))
            and (not self.vulnerable or given.vulnerable)
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What the rules ask of a report. ``local`` is the moment on the organisation's clock."""

    fault: str
    answers: Mapping[str, str]
    local: datetime
    vulnerable: bool = False
    opens: time = OPENS
    closes: time = CLOSES


@dataclass(frozen=True, slots=True)
class Judgement:
    urgency: Urgency
    rule: str
    reason: Text
    call: Call | None


def is_night(local: datetime, opens: time = OPENS, closes: time = CLOSES) -> bool:
    """Nobody is in the office: before it opens, after it closes, on Saturday and Sunday."""
    return local.weekday() >= 5 or not opens <= local.time() < closes


def is_heating_season(local: datetime) -> bool:
    """1 October to 30 April."""
    return local.month >= 10 or local.month <= 4


def judge(given: Report) -> Judgement:
    """The first rule that fits; the last one fits everything."""
    rule = next(one for one in rules() if one.fits(given))
    return Judgement(rule.urgency, rule.key, rule.reason, rule.call)


def react_by(urgency: str, *, now: datetime) -> datetime:
    """Until when somebody has to have taken it up."""
    return now + timedelta(hours=_data()["reaction_hours"][urgency])


def reason_of(rule: str, language: str) -> str:
    """The words of a rule kept in a ticket; empty for one that is no more."""
    return next((one.reason.in_(language) for one in rules() if one.key == rule), "")


def call_phones(key: str) -> Mapping[str, str]:
    """By country, of one of the calls (``gas``, ``fire`` ...)."""
    phones: Mapping[str, str] = _data()["call"][key].get("phones", {})
    return phones


@lru_cache
def rules() -> tuple[Rule, ...]:
    data = _data()
    calls = {
        key: Call(key, text(one["title"]), tuple(text(step) for step in one["steps"]), one.get("phones", {}))
        for key, one in data["call"].items()
    }
    return tuple(
        Rule(
            key=one["key"],
            urgency=Urgency(one["urgency"]),
            reason=text(one["reason"]),
            faults=frozenset(one.get("faults", ())),
            answers={question: frozenset(options) for question, options in one.get("answers", {}).items()},
            night=one.get("night", False),
            heating_season=one.get("heating_season", False),
            vulnerable=one.get("vulnerable", False),
            call=calls[one["call"]] if "call" in one else None,
        )
        for one in data["rule"]
    )


@lru_cache
def _data() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "urgency.toml").read_text(encoding="utf-8"))
