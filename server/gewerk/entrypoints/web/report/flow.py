"""Which question comes next: computed from the answers so far, so that back, forward and a reload always agree."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.report.entrance import Entrance
from gewerk.portfolio.models import Property, SubProperty
from gewerk.tickets.catalogue.faults import Fault, Question, catalogue
from gewerk.tickets.catalogue.urgency import Judgement, judge
from gewerk.tickets.models import Ticket
from gewerk.tickets.operations.report import asked_of_the_rules
from gewerk.tickets.queries.similar import known_in_building

HOME, HOUSE = "home", "house"
_PART_OF_GROUP = {"lift": "lift", "stairwell": "stairwell", "outside": "yard"}
QUESTION = "q-"


@dataclass(frozen=True, slots=True)
class Place:
    property: Property
    unit: SubProperty | None
    common_part: str


class Flow:
    """The report of one entrance as far as it has been answered."""

    def __init__(self, entrance: Entrance, *, now: datetime) -> None:
        self.entrance = entrance
        self.answers = entrance.answers
        self.now = now

    @property
    def fault(self) -> Fault | None:
        return catalogue().faults.get(str(self.answers.get("fault", "")))

    def asked(self, step: str) -> Question | None:
        """The question of the fault that this step asks."""
        if self.fault is None:
            return None
        return next((q for q in self.questions if f"{QUESTION}{q.key}" == step), None)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Of the fault; nobody is asked for a room of the stairwell."""
        fault = self.fault
        if fault is None:
            return ()
        return tuple(q for q in fault.questions if q.key != "room" or not self.in_common_part)

    @property
    def given(self) -> dict[str, str]:
        """Answers of the questions that are asked now."""
        answers = self.answers.get("questions", {})
        return {q.key: answers[q.key] for q in self.questions if answers.get(q.key)}

    @property
    def in_common_part(self) -> bool:
        return self._always_common or str(self.answers.get("where", "")).startswith(HOUSE)

    @property
    def _always_common(self) -> bool:
        group = catalogue().group_of(str(self.answers.get("group", "")))
        return group is not None and group.common

    def judged(self, *, vulnerable: bool) -> Judgement | None:
        if self.fault is None:
            return None
        return judge(
            asked_of_the_rules(
                organisation=self.entrance.organisation,
                category=self.fault.code,
                answers=self.given,
                vulnerable=vulnerable,
                now=self.now,
            )
        )

    def known(self) -> Ticket | None:
        """What is known already in the whole building."""
        place = self.place()
        if place is None or self.fault is None:
            return None
        return known_in_building(place.property.pk, self.fault.code)

    def place(self) -> Place | None:
        """Where it is; None while that is open."""
        where = str(self.answers.get("where", ""))
        kind, _sep, chosen = where.partition(":")
        tenancy = self.entrance.tenancy
        part = str(self.answers.get("part", "")) if kind == HOUSE else ""
        if self._always_common:
            part = _PART_OF_GROUP.get(str(self.answers.get("group")), "other")
        if self.entrance.building is not None:
            inside = None if part or kind != HOME else self.entrance.unit
            return Place(self.entrance.building, inside, part)
        if tenancy is None:
            return None
        unit = next((u for u in tenancy.units if str(u.pk) == chosen), tenancy.units[0] if tenancy.units else None)
        if unit is None or unit.property is None:
            return None
        return Place(unit.property, None if part else unit, part)

    def steps(self) -> list[str]:
        """All steps of this report in their order, as far as they are known."""
        found = ["group"]
        if not self.answers.get("group"):
            return [*found, "fault", "where", "details", "visit", "contact", "check"]
        found.append("fault")
        if not self._always_common:
            found.append("where")
            if str(self.answers.get("where", "")).startswith(HOUSE):
                found.append("part")
        found += [f"{QUESTION}{q.key}" for q in self.questions]
        judged = self.judged(vulnerable=False)
        early = judged is not None and judged.call is not None
        if early:
            found.append("call")
        if self.known() is not None:
            found.append("known")
        found += ["details", "visit"]
        if not early and self.answers.get("vulnerable"):
            judged = self.judged(vulnerable=True)
            if judged is not None and judged.call is not None:
                found.append("call")
        return [*found, "contact", "check"]

    def after(self, step: str) -> str:
        steps = self.steps()
        at = steps.index(step) if step in steps else -1
        return steps[min(at + 1, len(steps) - 1)]

    def before(self, step: str) -> str:
        steps = self.steps()
        at = steps.index(step) if step in steps else 0
        return steps[at - 1] if at > 0 else ""

    def first_open(self) -> str:
        """The first step without an answer: nobody jumps over one."""
        for step in self.steps():
            if not self.is_answered(step):
                return step
        return "check"

    def is_answered(self, step: str) -> bool:
        if step == "group":
            return catalogue().group_of(str(self.answers.get("group", ""))) is not None
        if step == "fault":
            return self.fault is not None and self.fault.group == self.answers.get("group")
        if step == "where":
            return str(self.answers.get("where", "")) in {value for value, _l, _i in self.wheres()}
        if step == "part":
            return self.answers.get("part") in catalogue().parts
        if step.startswith(QUESTION):
            question = self.asked(step)
            return question is not None and question.option(self.given.get(question.key, "")) is not None
        if step == "check":
            return False
        return step in self.answers.get("seen", [])

    def wheres(self) -> list[tuple[str, str, str]]:
        """(value, label, icon) of the places that one may choose."""
        if self.entrance.tenancy is None:
            return [
                (HOME, _("In my flat"), "house"),
                (HOUSE, _("In the building: stairwell, cellar, yard"), "building-2"),
            ]
        own = [
            (f"{HOME}:{unit.pk}", _("In my home: %(where)s") % {"where": unit_words(unit)}, "house")
            for unit in self.entrance.tenancy.units
        ]
        houses: dict[UUID, SubProperty] = {}
        for unit in self.entrance.tenancy.units:
            if unit.property_id is not None:
                houses.setdefault(unit.property_id, unit)
        return own + [
            (
                f"{HOUSE}:{unit.pk}",
                _("In the building: %(where)s") % {"where": words.street_line(unit.property)},
                "building-2",
            )
            for unit in houses.values()
            if unit.property is not None
        ]

    def see(self, step: str) -> None:
        """A page without a question was read, or its fields were filled in."""
        seen = self.answers.setdefault("seen", [])
        if step not in seen:
            seen.append(step)

    def forget_what_depends_on(self, step: str) -> None:
        """Another fault asks other questions."""
        if step in {"group", "fault"}:
            for name in ("fault", "questions") if step == "group" else ("questions",):
                self.answers.pop(name, None)
            self.answers["seen"] = [s for s in self.answers.get("seen", []) if s not in {"call", "known"}]
        if step == "where":
            self.answers.pop("part", None)

    def values(self) -> dict[str, Any]:
        return self.answers


def unit_words(unit: SubProperty) -> str:
    """``Lindemannstraße 12, 2. OG links``."""
    line = words.street_line(unit.property) if unit.property is not None else ""
    return ", ".join(part for part in (line, words.position(unit) or unit.name) if part)
