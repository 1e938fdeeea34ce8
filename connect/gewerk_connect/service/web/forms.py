"""A form as a page shows it: what was typed, and what is wrong with it, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Form:
    """``errors`` names fields; "" stands for the form as a whole. What was typed is never lost."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Form":
        return cls(dict(values))

    @property
    def ok(self) -> bool:
        return not self.errors
