"""A judged stock out of a plain dict: lets the lower river be tested alone, in this process and in one to be killed."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from gewerk_connect.canonical import Entity, Finding, FindingCode, Judged, Origin, Verdict
from gewerk_connect.diff.decide import record_bytes
from gewerk_connect.settings import Connection, Settings, SourceSettings, StateSettings, TargetSettings
from gewerk_connect.stock import Group

Row = dict[str, Any]
"""``{"verdict": "send", "reason": None, "payload": {...}}``"""


def send(**payload: Any) -> Row:
    return {"verdict": "send", "reason": None, "payload": payload}


def out(reason: str) -> Row:
    return {"verdict": "left_out", "reason": reason, "payload": None}


def held(reason: str = "invalid_date") -> Row:
    return {"verdict": "held", "reason": reason, "payload": None}


class FakeStock:
    """Answers as ``gewerk_connect.stock.Stock`` does."""

    def __init__(self, rows: dict[str, dict[str, Row]]) -> None:
        self._rows = rows
        self.skipped = dict.fromkeys(
            (
                "tenant_without_email",
                "ended",
                "not_yet",
                "unit_without_building",
                "broken_reference",
                "invalid_date",
                "conflicting_rows",
                "id_collision",
                "parent_held",
            ),
            0,
        )
        for of in rows.values():
            for row in of.values():
                if row["reason"] in self.skipped:
                    self.skipped[row["reason"]] += 1
        self.let_units, self.vacant_units = 1, 0
        lost = self.skipped["tenant_without_email"]
        self.finding_counts = {"tenant_without_email": lost} if lost else {}
        self.complete = dict.fromkeys(Entity, True)
        self.valid_until = None
        self.groups: list[Group] = []
        self.safe_separators = ("-",)
        self.source_rows = {}
        self.hidden: list[str] = []

    @property
    def findings(self) -> Iterator[Finding]:
        return (Finding(FindingCode.OBJECT_HIDDEN, Entity.PROPERTY, external_id, None) for external_id in self.hidden)

    def note_hidden(self, objects: Iterable[str]) -> None:
        self.hidden += objects
        if self.hidden:
            self.finding_counts["object_hidden"] = len(self.hidden)

    def stream(self, entity: Entity) -> Iterator[Judged]:
        for external_id in sorted(self._rows.get(entity, {})):
            row = self._rows[entity][external_id]
            yield Judged(
                entity,
                tuple(re.split("[-_]", external_id)),
                external_id,
                Verdict(row["verdict"]),
                row["reason"],
                None if row["payload"] is None else record_bytes(entity, external_id, row["payload"]),
                Origin("f.csv", 2),
            )


@dataclass
class FakeUpper:
    rows: dict[str, dict[str, Row]]
    judged: int = 0
    incomplete: set[Entity] = field(default_factory=set)
    hides: bool = False
    """Objects that it does not list may only be hidden."""

    def fetch(self, now: datetime, progress: Callable[[str, int, int | None], None]) -> None:
        """Its rows are there already."""

    def in_doubt(self, objects: Sequence[tuple[str, ...]]) -> list[bool]:
        return [self.hides] * len(objects)

    def fingerprint(self) -> str:
        return hashlib.sha256(
            repr(sorted((e, sorted(of.items(), key=str)) for e, of in self.rows.items())).encode()
        ).hexdigest()

    def row_fingerprint(self) -> str | None:
        return None

    def judge(self, as_of: date, progress: Callable[[str, int, int], None] | None) -> FakeStock:
        self.judged += 1
        stock = FakeStock(self.rows)
        for entity in self.incomplete:
            stock.complete[entity] = False
        return stock


def house(*, buildings: int = 2, units: int = 3, tenants: bool = True) -> dict[str, dict[str, Row]]:
    """A small stock: every unit has a tenant, every building a landlord."""
    rows: dict[str, dict[str, Row]] = {entity.value: {} for entity in Entity}
    for b in range(buildings):
        building = f"1-{b}"
        rows["property"][building] = send(name=f"Haus {b}", address={"street": "Allee", "city": "Köln"})
        for u in range(units):
            unit = f"{building}-{u}"
            rows["unit"][unit] = send(property_external_id=building, name=f"Whg {u}", living_area_m2="64.35")
            if tenants:
                rows["tenant"][f"1-{b}{u}-7"] = send(
                    unit_external_ids=[unit], email=f"m{b}.{u}@example.org", last_name="Müller"
                )
        rows["landlord"][f"1-{b}-9"] = send(unit_external_ids=[f"{building}-0"], last_name="Groß")
    return rows


def connection(folder: Path, base_url: str, secret: str = "secret-1", **settings: Any) -> Connection:
    return Connection(
        id="haus",
        name="Haus",
        source=SourceSettings(kind="wodis-sigma", path=folder),
        target=TargetSettings(base_url=base_url, client_id="key-1", client_secret=secret),
        settings=Settings(separator=settings.pop("separator", "-"), **settings),
        state=StateSettings(),
        folder=folder,
    )
