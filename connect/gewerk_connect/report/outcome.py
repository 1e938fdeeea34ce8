"""One plan's or run's result, and its JSON (spec 01, "For scripts")."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from gewerk_connect.canonical import Entity
from gewerk_connect.diff import Comparison, Tripped
from gewerk_connect.ledger import StoredFinding

COUNTED = (Entity.PROPERTY, Entity.UNIT, Entity.TENANT, Entity.LANDLORD)
"""The order of the spec's JSON."""
PLANNED = ("create", "update", "archive", "unchanged")
DONE = ("created", "updated", "archived", "unchanged", "held", "refused")

Counts = dict[str, dict[str, int]]


@dataclass(slots=True, frozen=True)
class Change:
    """One planned change by name; ``fields`` only for an update, and never their values."""

    action: str
    entity: str
    external_id: str
    reason: str | None
    fields: tuple[str, ...] = ()


@dataclass(slots=True)
class Outcome:
    as_of: date
    started_at: datetime
    finished_at: datetime
    status: str
    """``planned``, or one of the API's: ``succeeded``, ``failed``, ``stopped_by_fuse``, ``interrupted``."""
    counts: Counts
    """Per entity; the keys are ``PLANNED`` for a plan and ``DONE`` for a run."""
    skipped: dict[str, int]
    let_units: int | None
    vacant_units: int | None
    finding_counts: dict[str, int]
    tripped: list[Tripped] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    findings: list[StoredFinding] = field(default_factory=list)
    """Of a plan, to be shown; those of a run lie in the ledger."""
    unread: bool = False
    """True: source and settings are as in the last run, so nothing was read."""
    run_id: str | None = None
    posted: bool | None = None
    """False: the platform did not take the report; None: it was not to be handed over."""

    @property
    def changed(self) -> int:
        """Records that were or would be changed."""
        calm = ("unchanged", "held")
        return sum(count for of in self.counts.values() for name, count in of.items() if name not in calm)

    @property
    def findings_total(self) -> int:
        return sum(self.finding_counts.values())

    @classmethod
    def drafted(cls, draft: Mapping[str, Any], *, started_at: datetime, finished_at: datetime) -> "Outcome":
        """A run's outcome from what ``as_json`` gave before anything was sent."""
        return cls(
            as_of=date.fromisoformat(draft["as_of"]),
            started_at=started_at,
            finished_at=finished_at,
            status="succeeded",
            counts=draft["counts"],
            skipped=draft["skipped"],
            let_units=draft["let_units"],
            vacant_units=draft["vacant_units"],
            finding_counts=draft["findings"]["by_code"],
        )

    def as_json(self) -> dict[str, Any]:
        """The object that ``plan`` and ``apply`` print."""
        return {
            "as_of": self.as_of.isoformat(),
            "counts": {entity.value: self.counts[entity] for entity in COUNTED},
            "skipped": self.skipped,
            "let_units": self.let_units,
            "vacant_units": self.vacant_units,
            "findings": {"total": self.findings_total, "by_code": self.finding_counts},
        }


def planned_counts(results: Mapping[str, Comparison]) -> Counts:
    return {
        entity: {name: getattr(results[entity], name) if entity in results else 0 for name in PLANNED}
        for entity in COUNTED
    }


def done_counts(results: Mapping[str, Comparison]) -> Counts:
    """What needed nothing and what is held, by the comparison; nothing has been sent."""
    counts: Counts = {}
    for entity in COUNTED:
        result = results.get(entity, Comparison())
        counts[entity] = {**dict.fromkeys(DONE, 0), "unchanged": result.unchanged, "held": result.held}
    return counts


def with_receipts(counts: Counts, receipts: Counts) -> Counts:
    """``counts`` and what was done by the receipts."""
    whole: Counts = {}
    for entity, of in counts.items():
        got = receipts.get(entity, {})
        whole[entity] = {
            "created": of["created"] + got.get("created", 0),
            "updated": of["updated"] + got.get("updated", 0),
            "archived": of["archived"] + got.get("archived", 0) + got.get("gone", 0),
            "unchanged": of["unchanged"] + got.get("unchanged", 0),
            "held": of["held"],
            "refused": of["refused"] + got.get("rejected", 0),
        }
    return whole


def calm_counts(last: Counts, names: tuple[str, ...]) -> Counts:
    """The counts of a run that finds everything as the last one left it."""
    counts: Counts = {}
    for entity in COUNTED:
        was = last.get(entity, {})
        counts[entity] = {
            **dict.fromkeys(names, 0),
            "unchanged": sum(was.get(name, 0) for name in ("created", "updated", "unchanged")),
        }
        if "held" in names:
            counts[entity]["held"] = was.get("held", 0)
    return counts
