"""``./gewerk bench``: measures, writes ``results/latest.json`` and ``RESULTS.md``.

Only loopback, only free ports, only a throw-away folder."""

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.comparison import STEPS, Comparison, say
from bench.contestants import ROOT
from bench.measure import ContestantFailed
from bench.report import render

HERE = Path(__file__).parent
SMALL, LARGE = 10_000, 1_000_000
LARGE_STEPS = ("same", "removed")
"""Of a million units only what its aims ask for: no change, and deletions found."""


def main(arguments: list[str]) -> int:
    """Returns 1 when a contestant failed or sent something else than it should."""
    parser = argparse.ArgumentParser(prog="./gewerk bench", description=__doc__)
    parser.add_argument("--units", type=int, default=100_000, help="size of the stock that is compared (100000)")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--only", default="a,b,c,d", help="a comparison, b reading, c memory at other sizes, d upsert API"
    )
    parser.add_argument("--large", action="store_true", help="1,000,000 units as well, once (some 15 minutes more)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--upserts", type=int, default=10_000, help="units whose records part d writes (10000)")
    parser.add_argument(
        "--keep-others", action="store_true", help="keep parts of latest.json that this run does not measure"
    )
    parser.add_argument("--to", type=Path, default=HERE, help="folder for RESULTS.md and results/ (bench/)")
    given = parser.parse_args(arguments)
    parts = set(given.only.split(","))

    latest = given.to / "results" / "latest.json"
    result: dict[str, Any] = json.loads(latest.read_text()) if given.keep_others and latest.exists() else {}
    result |= {"command": shlex.join(["./gewerk", "bench", *arguments]), "repeats": given.repeats, "problems": []}
    result.setdefault("sizes", {})
    load_before = _load()
    with tempfile.TemporaryDirectory(prefix="gewerk-bench-") as folder:
        wanted = {given.units: given.repeats} if parts & {"a", "b"} else {}
        if "c" in parts:
            wanted = {SMALL: 1, **wanted}
        if given.large:
            wanted[LARGE] = 1
        for units, repeats in sorted(wanted.items()):
            comparison = Comparison(Path(folder) / str(units), units, given.seed)
            try:
                comparison.run(repeats, STEPS if units != LARGE else LARGE_STEPS)
            except (ContestantFailed, subprocess.CalledProcessError) as error:
                comparison.problems.append(str(error).replace("\n", " ")[:2000])
                say(str(error))
            result["sizes"][str(units)] = comparison.as_json()
            if units == given.units and "b" in parts:
                result["reading"] = _reading(comparison, given.repeats)
        if "d" in parts:
            result["writing"] = _writing(Path(folder), given.upserts, given.repeats, result["problems"])
    result["machine"] = _machine(load_before)
    result["finished_at"] = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M")
    latest.parent.mkdir(parents=True, exist_ok=True)
    latest.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    (given.to / "RESULTS.md").write_text(render(result))
    print(render(result))
    return 1 if result["problems"] or any(size["problems"] for size in result["sizes"].values()) else 0


def _reading(comparison: Comparison, repeats: int) -> dict[str, Any]:
    say("polars reads the files")
    command = [sys.executable, "-m", "bench.limits", str(comparison.work / "pristine"), "--repeats", str(repeats)]
    taken = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    median = statistics.median(taken)
    ratios = {}
    for name, contestant in (("ours_ratio", "gewerk-connect"), ("floor_ratio", "floor")):
        series = comparison.series.get((contestant, "shuffled"))
        ratios[name] = statistics.median(series.wall) / median if series else 0.0
    return {"units": comparison.units, "seconds": taken, "median_seconds": median, **ratios}


def _writing(work: Path, units: int, repeats: int, problems: list[str]) -> dict[str, Any] | None:
    say(f"upsert API and raw INSERT, records of {units:,} units")
    command = [sys.executable, "-m", "bench.api_upsert", "--units", str(units), "--repeats", str(repeats)]
    done = subprocess.run([*command, "--work", str(work / "upsert")], cwd=ROOT, check=False, stdout=subprocess.PIPE)
    if done.returncode != 0:
        problems.append(f"api_upsert ended with {done.returncode}")
        return None
    written: dict[str, Any] = json.loads(done.stdout)
    return written


def _machine(load_before: str) -> dict[str, Any]:
    names = ("dlt", "polars", "httpx2", "orjson", "sqlalchemy", "django")
    processor = next(
        (
            line.split(":", 1)[1].strip()
            for line in _text("/proc/cpuinfo").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, check=False, stdout=subprocess.PIPE)
    return {
        "cores": os.cpu_count(),
        "processor": processor,
        "ram_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "versions": {"Python": platform.python_version(), **{name: importlib.metadata.version(name) for name in names}},
        "commit": commit.stdout.decode().strip() or "unknown",
        "load_before": load_before,
        "load_after": _load(),
    }


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _load() -> str:
    return f"{os.getloadavg()[0]:.2f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
