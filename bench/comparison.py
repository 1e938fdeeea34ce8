"""One size, all contestants, taking turns: a full run, then what the next runs meet.

``full``: nothing known, nothing in the target. Then on the state it left: ``same`` (the files untouched), ``shuffled`` (the files
written anew with their rows in another order), ``changed`` (one row changed), ``removed`` (fifty rows gone). What arrived in the
sink is checked at every step; a run that sent something else is no result but a problem, which the report names.
"""

import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from bench.contestants import ROOT, Connector, Contestant, Dlt, Floor, Sink, TrustingDlt
from bench.edit_export import REMOVED_ROWS
from bench.measure import Measured

PAUSE_SECONDS = 3.0
"""Before each later run, not counted. In life it is days; the target's clock is told in whole seconds, and who comes back within two
of them must read his own last records again."""
STEPS = ("same", "shuffled", "changed", "removed")


@dataclass
class Series:
    """The repeats of one contestant's one scenario."""

    contestant: str
    scenario: str
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)
    arrived: dict[str, int] = field(default_factory=dict)

    def add(self, measured: Measured, arrived: dict[str, int]) -> None:
        self.wall.append(round(measured.wall_seconds, 3))
        self.cpu.append(round(measured.cpu_seconds, 3))
        self.peak.append(round(measured.peak_mib, 1))
        self.arrived = arrived

    def as_json(self) -> dict[str, Any]:
        return {
            "contestant": self.contestant,
            "scenario": self.scenario,
            "wall_seconds": self.wall,
            "cpu_seconds": self.cpu,
            "peak_mib": self.peak,
            "median_seconds": statistics.median(self.wall),
            "median_cpu_seconds": statistics.median(self.cpu),
            "max_peak_mib": max(self.peak),
            "sent": sum(n for key, n in self.arrived.items() if key.startswith("upsert ")),
            "archived": sum(n for key, n in self.arrived.items() if key.startswith("archive ")),
            "requests": self.arrived.get("requests", 0),
            "read_back": self.arrived.get("read records", 0),
        }


class Comparison:
    """Everything about one size, in a folder of its own."""

    def __init__(self, work: Path, units: int, seed: int) -> None:
        self.work, self.units, self._seed = work, units, seed
        self.series: dict[tuple[str, str], Series] = {}
        self.problems: list[str] = []
        self.rows: dict[str, int] = {}
        self.records = 0
        self.equal: dict[str, int] = {}

    def run(self, repeats: int, steps: tuple[str, ...] = STEPS) -> None:
        """Makes the files, then lets everybody run ``repeats`` times in turn, after the full run the ``steps``."""
        self._prepare()
        live, joined = self.work / "live", self.work / "joined"
        with Sink() as sink:
            connector = Connector(self.work / "connector", live, sink.url)
            floor = Floor(self.work / "floor", live, sink.url)
            dlt = Dlt(self.work / "dlt", joined, sink.url)
            trusting = TrustingDlt(self.work / "dlt-trusting", joined, sink.url)
            self._rehearse(sink, connector, floor, joined)
            for turn in range(repeats):
                say(f"{self.units:,} units, turn {turn + 1} of {repeats}")
                for contestant in (connector, floor):
                    self._full(sink, contestant)
                    for step in steps:
                        if step != "same":
                            self._lay_out(step)
                        time.sleep(PAUSE_SECONDS)
                        self._step(sink, contestant, step)
                    self._lay_out("pristine")
                self._full(sink, dlt)
                self._step(sink, dlt, "again")
                self._full(sink, trusting)
                self._step(sink, trusting, "again")

    def as_json(self) -> dict[str, Any]:
        return {
            "units": self.units,
            "records": self.records,
            "source_rows": self.rows,
            "bytes": sum(file.stat().st_size for file in (self.work / "pristine").glob("*.csv")),
            "equal_to_the_floor": self.equal,
            "problems": self.problems,
            "runs": [series.as_json() for series in self.series.values()],
        }

    def _prepare(self) -> None:
        say(f"{self.units:,} units: making the export")
        pristine = self.work / "pristine"
        made = _own("make_export", str(pristine), "--units", str(self.units), "--seed", str(self._seed))
        self.rows = orjson.loads(made)
        _own("edit_export", str(pristine), str(self.work))
        self._lay_out("pristine")

    def _lay_out(self, variant: str) -> None:
        """Writes the files anew, so that they have another time even where their bytes are the same."""
        live = self.work / "live"
        live.mkdir(exist_ok=True)
        for file in (self.work / variant).glob("*.csv"):
            shutil.copyfile(file, live / file.name)

    def _rehearse(self, sink: Sink, connector: Contestant, floor: Contestant, joined: Path) -> None:
        """One run that is not counted: it warms the caches and tells whether connector and floor post the same."""
        connector.forget()
        connector.once()
        sink.dump(joined)
        self.records = sum(n for key, n in sink.counts().items() if key.startswith("distinct "))
        sink.reset()
        floor.forget()
        floor.once()
        sink.dump(self.work / "floor-joined")
        sink.reset()
        for entity, found in orjson.loads(_own("likeness", str(joined), str(self.work / "floor-joined"))).items():
            self.equal[entity] = found["equal"]
            if found["unlike"]:
                self.problems.append(f"{found['unlike']} {entity} records unlike the floor's: {found['example']}")
        shutil.rmtree(self.work / "floor-joined")

    def _full(self, sink: Sink, contestant: Contestant) -> None:
        contestant.forget()
        sink.reset()
        self._step(sink, contestant, "full")

    def _step(self, sink: Sink, contestant: Contestant, scenario: str) -> None:
        sink.forget_counts()
        measured = contestant.once()
        arrived = sink.counts()
        series = self.series.setdefault(
            (contestant.name, scenario), Series(contestant=contestant.name, scenario=scenario)
        )
        series.add(measured, arrived)
        got = series.as_json()
        wanted = self._wanted(contestant, scenario)
        if (got["sent"], got["archived"]) != wanted:
            self.problems.append(
                f"{contestant.name}, {scenario}: sent {got['sent']} and archived {got['archived']} instead of"
                f" {wanted[0]} and {wanted[1]}"
            )
        say(
            f"  {contestant.name:26} {scenario:10} {measured.wall_seconds:8.2f} s  {measured.peak_mib:7.0f} MiB"
            f"  sent {got['sent']:,}, archived {got['archived']:,}"
        )

    def _wanted(self, contestant: Contestant, scenario: str) -> tuple[int, int]:
        if scenario == "full" or (scenario == "again" and not isinstance(contestant, TrustingDlt)):
            return self.records, 0
        return {"changed": (1, 0), "removed": (0, REMOVED_ROWS)}.get(scenario, (0, 0))


def _own(module: str, *arguments: str) -> bytes:
    """One of the bench's tools as a process, so that the measuring process stays small."""
    return subprocess.run(
        [sys.executable, "-m", f"bench.{module}", *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE
    ).stdout


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
