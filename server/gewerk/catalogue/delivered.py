"""Reads ``data/``. A mistake there is a mistake of the programme: it raises ``ValueError`` or ``KeyError`` and tests find it."""

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from gewerk.catalogue.shapes import CountryCatalogue, EvidenceKind, Gate, Names, Requirement, Service

DATA = Path(__file__).parent / "data"
COUNTRIES = ("DE", "AT", "GB")
_COMMON = "DE"
"""The set from which ``like`` takes services over."""


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@lru_cache
def trades() -> dict[str, Names]:
    """Code -> names, in the order in which they are shown."""
    return {code: Names(**names) for code, names in _read(DATA / "trades.toml").items()}


@lru_cache
def questions() -> dict[str, Names]:
    return {code: Names(**names) for code, names in _read(DATA / "questions.toml").items()}


@lru_cache
def country_catalogue(country: str) -> CountryCatalogue:
    """Raises KeyError for a country without a catalogue."""
    if country not in COUNTRIES:
        raise KeyError(country)
    folder = DATA / country.lower()
    head = _read(folder / "country.toml")
    evidence = {row["code"]: _kind(row) for row in head["evidence"]}
    gates = {code: _gate(code, row, evidence) for code, row in head["gates"].items()}
    services: dict[str, Service] = {}
    for path in sorted(folder.glob("*.toml")):
        for group in _read(path).get("groups", []):
            for service in _group(country, group, gates):
                if service.code in services:
                    raise ValueError(f"{path.name}: {service.code} is there twice")
                services[service.code] = service
    law = {trade: tuple(places) for trade, places in head["law"].items()}
    return CountryCatalogue(head["code"], head["currency"], law, evidence, gates, services)


def _kind(row: dict[str, Any]) -> EvidenceKind:
    return EvidenceKind(
        code=row["code"],
        names=Names(row["de"], row["en"]),
        help=Names(row["help_de"], row["help_en"]),
        law=row["law"],
        per_trade=row.get("per_trade", False),
        expires=row.get("expires", False),
        minimum_minor=row.get("minimum_minor"),
    )


def _gate(code: str, row: dict[str, Any], evidence: dict[str, EvidenceKind]) -> Gate:
    minimum: dict[str, int] = row.get("minimum", {})
    if not set(minimum) <= set(row["evidence"]):
        raise ValueError(f"gate {code}: a sum for a kind that it does not ask for")
    return Gate(code, tuple(Requirement(k, minimum.get(k, evidence[k].minimum_minor)) for k in row["evidence"]))


def _group(country: str, group: dict[str, Any], gates: dict[str, Gate]) -> Iterator[Service]:
    for code in group.get("like", []):
        known = country_catalogue(_COMMON).services[code]
        law = _read(DATA / country.lower() / "country.toml")["law"]
        yield Service(
            country=country,
            code=code,
            names=known.names,
            group=group["name"],
            trades=tuple(trade for trade in known.trades if trade in law),
            gate=group["gate"],
            requirements=gates[group["gate"]].requirements,
            emergency=known.emergency,
            minutes=known.minutes,
            usual=known.usual,
            questions=known.questions,
        )
    for row in group.get("services", []):
        gate = row.get("gate", group["gate"])
        yield Service(
            country=country,
            code=row["code"],
            names=Names(row["de"], row["en"]),
            group=group["name"],
            trades=tuple(row.get("trades", group["trades"])),
            gate=gate,
            requirements=gates[gate].requirements,
            emergency=row.get("emergency", False),
            minutes=row["minutes"],
            usual=row["usual"],
            questions=tuple(row.get("ask", group["ask"])),
        )
