"""The way of one record through the stages, for ``explain``: personal data, for the screen and never for a log."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from gewerk_connect.canonical import Entity, Judged
from gewerk_connect.settings import Settings
from gewerk_connect.sources import Source


@dataclass(slots=True, frozen=True)
class RawRow:
    """What the ERP said: one row of one file, column by column."""

    table: str
    file: str
    row: int
    columns: dict[str, str]


@dataclass(slots=True, frozen=True)
class Step:
    """One field: from the ERP's columns by a rule to what is sent."""

    field: str
    columns: tuple[str, ...]
    """``file:column`` the field is fed from; empty when it is worked out from other fields."""
    raw: str | None
    rule: str
    """Name of the rule, as the reference lists it (``contacts.emails``, ``floor.gewerk``, ``usage.table`` ...)."""
    value: Any
    """What is sent for this field."""


@dataclass(slots=True, frozen=True)
class Trace:
    rows: list[RawRow]
    steps: list[Step]
    judged: Judged
    notes: list[str]
    """Sentences on how the verdict came about (time window, e-mail, what held it), German."""

    def field(self, name: str) -> list[Step]:
        """The steps of one field of the payload (``address.street`` or ``email``)."""
        return [step for step in self.steps if step.field == name or step.field.startswith(name + ".")]


def trace(source: Source, settings: Settings, as_of: date, entity: Entity, external_id: str) -> Trace | None:
    """Runs the stages again for one record and collects what each made of it; None when the source lacks it."""
    raise NotImplementedError
