"""The tree of faults: groups, below them faults with their questions and what to do meanwhile."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gewerk.tickets.catalogue.texts import NOTHING, Text, text


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    title: Text
    icon: str


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    title: Text
    help: Text
    options: tuple[Option, ...]

    def option(self, key: str) -> Option | None:
        return next((one for one in self.options if one.key == key), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """``code`` is what a ticket keeps: ``water.pipe_burst``."""

    code: str
    title: Text
    icon: str
    questions: tuple[Question, ...]
    meanwhile: tuple[Text, ...]
    group: str


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    title: Text
    hint: Text
    icon: str
    common: bool
    """Always in a common part: nobody is asked whether it is in a flat."""
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    groups: tuple[Group, ...]
    faults: Mapping[str, Fault]
    parts: Mapping[str, Text]
    """Common parts of a building."""

    def group_of(self, code: str) -> Group | None:
        return next((group for group in self.groups if group.key == code.partition(".")[0]), None)

    def title(self, code: str, language: str) -> str:
        """The fault's name; a code that the catalogue no longer knows stands for itself."""
        fault = self.faults.get(code)
        return fault.title.in_(language) if fault else code


@lru_cache
def catalogue() -> Catalogue:
    """Read once. Raises KeyError where a text, a question or an option is missing."""
    data = tomllib.loads((Path(__file__).parent / "faults.toml").read_text(encoding="utf-8"))
    questions = {one["key"]: _question(one) for one in data["question"]}
    groups = tuple(_group(one, questions) for one in data["group"])
    return Catalogue(
        groups=groups,
        faults=MappingProxyType({fault.code: fault for group in groups for fault in group.faults}),
        parts=MappingProxyType({one["key"]: text(one) for one in data["part"]}),
    )


def answered(fault: Fault, answers: Sequence[Mapping[str, str]]) -> list[tuple[Question, Option]]:
    """Known questions with known answers, in the order in which the fault asks them."""
    given = {one.get("question"): one.get("answer") for one in answers}
    return [
        (question, option)
        for question in fault.questions
        if (option := question.option(str(given.get(question.key)))) is not None
    ]


def _question(given: Mapping[str, Any]) -> Question:
    options = tuple(Option(one["key"], text(one), one["icon"]) for one in given["options"])
    return Question(given["key"], text(given["title"]), text(given["help"]) if "help" in given else NOTHING, options)


def _group(given: Mapping[str, Any], questions: Mapping[str, Question]) -> Group:
    return Group(
        key=given["key"],
        title=text(given["title"]),
        hint=text(given["hint"]),
        icon=given["icon"],
        common=given.get("common", False),
        faults=tuple(
            Fault(
                code=f"{given['key']}.{one['key']}",
                title=text(one["title"]),
                icon=one["icon"],
                questions=tuple(questions[key] for key in one["questions"]),
                meanwhile=tuple(text(line) for line in one.get("meanwhile", ())),
                group=given["key"],
            )
            for one in given["fault"]
        ),
    )
