"""``$filter``: comparisons of a field with a literal, joined by ``and`` (OData v4.01 part 2, 5.1.1.1)."""

import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gewerk_connect.sim.request import Refused

Literal = str | int | float | datetime | None

_TOKEN = re.compile(
    r"\s*(?:"
    r"(?P<text>'(?:[^']|'')*')"
    r"|(?P<moment>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))"
    r"|(?P<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
    r"|(?P<date>\d{4}-\d\d-\d\d)"
    r"|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-z_]\w*)"
    r")(?![\w'.-])"
    r"|\s*(?P<bracket>[()])"
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    field: str
    operator: str
    literal: Literal

    def holds(self, row: Mapping[str, Any]) -> bool:
        """A value of another kind than the literal is different from it, and neither more nor less."""
        value, literal = row[self.field], self.literal
        if isinstance(literal, datetime):
            value = datetime.fromisoformat(value)
        elif not _alike(value, literal) or value is None:
            same = value is None and literal is None
            return same if self.operator == "eq" else self.operator == "ne" and not same
        return _COMPARE[self.operator](value, literal)


def parse_filter(text: str, fields: Collection[str], moments: Collection[str]) -> tuple[Comparison, ...]:
    """All of the comparisons must hold. ``moments`` are the fields that hold a date-time; only these are compared with
    one, and with nothing else. Raises ``Refused`` (400) for whatever is not understood."""
    parser = _Parser(text, fields, moments)
    found = parser.conjunction()
    if parser.tokens:
        raise Refused(400, f"$filter: {parser.tokens[0][1]} was not expected")
    return found


class _Parser:
    def __init__(self, text: str, fields: Collection[str], moments: Collection[str]) -> None:
        self.fields, self.moments = fields, moments
        self.tokens = _tokens(text)

    def conjunction(self) -> tuple[Comparison, ...]:
        found = self._term()
        while self.tokens and self.tokens[0] == ("word", "and"):
            self._next()
            found += self._term()
        return found

    def _term(self) -> tuple[Comparison, ...]:
        kind, text = self._next()
        if text == "(":
            inner = self.conjunction()
            if self._next() != ("bracket", ")"):
                raise Refused(400, "$filter: a bracket is not closed")
            return inner
        if kind != "word" or text not in self.fields:
            raise Refused(400, f"$filter: there is no field {text}; only comparisons joined by and are understood")
        _, operator_ = self._next()
        if operator_ not in _COMPARE:
            raise Refused(400, f"$filter: {operator_} is no comparison ({', '.join(_COMPARE)})")
        literal = self._literal()
        if isinstance(literal, datetime) != (text in self.moments):
            raise Refused(400, f"$filter: {text} cannot be compared with this literal")
        return (Comparison(text, operator_, literal),)

    def _literal(self) -> Literal:
        kind, text = self._next()
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind in ("date", "guid"):
            return text.lower()
        if kind == "number":
            return float(text) if "." in text else int(text)
        if (kind, text) == ("word", "null"):
            return None
        if kind == "moment":
            try:
                return datetime.fromisoformat(text)
            except ValueError:
                raise Refused(400, f"$filter: there is no moment {text}") from None
        raise Refused(400, f"$filter: {text} is no literal that is understood")

    def _next(self) -> tuple[str, str]:
        if not self.tokens:
            raise Refused(400, "$filter ends too early")
        return self.tokens.pop(0)


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            raise Refused(400, f"$filter: not understood from character {place + 1}")
        kind = str(match.lastgroup)
        found.append((kind, match[kind]))
        place = match.end()
    return found


def _alike(value: Any, literal: Literal) -> bool:
    if isinstance(value, str) or isinstance(literal, str):
        return isinstance(value, str) and isinstance(literal, str)
    return value is not None and literal is not None
