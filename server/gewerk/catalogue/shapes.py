"""The words of the catalogue as values: trade, question, kind of evidence, gate, service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import get_language

Usual = Literal["fixed", "visit"]


@dataclass(frozen=True, slots=True)
class Names:
    """One thing in both languages."""

    de: str
    en: str

    def __str__(self) -> str:
        """In the reader's language."""
        return self.de if (get_language() or "de").startswith("de") else self.en


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """A paper that firms show. ``per_trade``: it names trades and counts for those only."""

    code: str
    names: Names
    help: Names
    law: str
    per_trade: bool
    expires: bool
    """It must say until when it holds."""
    minimum_minor: int | None
    """An insurance: the least sum insured, in minor units of the country's currency. None: no sum."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One kind that a gate asks for, and the least sum where it is an insurance."""

    kind: str
    minimum_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    code: str
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """One service as it holds now, or as a pinned version says."""

    country: str
    code: str
    names: Names
    group: str
    trades: tuple[str, ...]
    """Any of these may do it."""
    gate: str
    requirements: tuple[Requirement, ...]
    emergency: bool
    minutes: int
    """Usual duration on site."""
    usual: Usual
    """``fixed``: a fixed price without visit is usual; ``visit``: somebody looks first."""
    questions: tuple[str, ...]
    offered: bool = True
    """False: taken out by the operator; old requests keep it."""
    version: int = 0
    """Of the operator's edits; 0: as delivered."""


@dataclass(frozen=True, slots=True)
class CountryCatalogue:
    """Everything of one country, as delivered."""

    code: str
    currency: str
    law: Mapping[str, tuple[str, ...]]
    """Trade -> where the law speaks of it. Trades not named are not offered there."""
    evidence: Mapping[str, EvidenceKind]
    gates: Mapping[str, Gate]
    services: Mapping[str, Service]
