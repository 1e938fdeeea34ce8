"""The marketplace under load (issue 5): search for firms, lists and pages of requests at a fixed rate, over real HTTP.

``python -m bench.marketplace_load --firms 10000 --requests 100000 --rate 50 --seconds 600`` prints JSON; PostgreSQL, the server's
own settings. Open loop, as in ``bench.work_load``: a request is due by the clock, and its time counts from when it was due. Beside
it the same rows are asked of the database directly (``bare``): what is above that is the platform's own. ``above_aim`` in the result
names the kinds whose p95 lies above the aim. Read first: ``measure``.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from bench.work_load import ROOT, at_rate, got, summary, token, visitor

AIM_MS = 300
_API = "/api/2026-11-01"


async def measure(
    base_url: str, seeded: dict[str, Any], rate: float, seconds: float, pages: float = 1.0
) -> dict[str, Any]:
    """Searches and lists in turn, a manager's and a firm's, pages and API: what the aim speaks of. Beside them ``pages`` times a second
    one of the two large pages. Searches are for any service at any of the postcodes."""
    chance = random.Random(11)
    times: dict[str, list[float]] = defaultdict(list)
    wrong: list[str] = []
    async with visitor(base_url) as client:
        bearer = await token(client, seeded)
        manager = {"Cookie": f"gewerk_session={seeded['session']}"}
        firm = {"Cookie": f"gewerk_session={seeded['firm_session']}"}

        def searched() -> str:
            return f"service={chance.choice(seeded['services'])}&{{}}={chance.choice(seeded['places'])}"

        kinds = (
            ("search firms", lambda: f"/firms/find/?{searched().format('place')}", manager),
            ("search firms, API", lambda: f"{_API}/firm-search?{searched().format('postcode')}", bearer),
            ("list", lambda: f"/quote-requests/?page={chance.randrange(1, 40)}", manager),
            ("list filtered", lambda: "/quote-requests/?state=open", manager),
            ("list, API", lambda: f"{_API}/quote-requests?limit=50", bearer),
            ("firm's list", lambda: "/firm/requests/", firm),
            ("firm's marketplace", lambda: "/firm/marketplace/", firm),
        )
        large = (
            ("request with quotes", lambda: f"/quote-requests/{chance.choice(seeded['opened'])}/", manager),
            ("form with firms", lambda: f"/quote-requests/{chance.choice(seeded['drafts'])}/edit/", manager),
        )

        async def of(some: Any, number: int) -> str:
            kind, path, headers = some[number % len(some)]
            status = await got(client, path(), headers)
            assert status == 200, f"{kind}: {status}"
            return kind

        await asyncio.gather(
            at_rate(rate, seconds, partial(of, kinds), times, wrong),
            *([at_rate(pages, seconds, partial(of, large), times, wrong)] if pages else []),
        )
    taken = {kind: summary(measured) for kind, measured in sorted(times.items())}
    return {
        "requests": taken,
        "above_aim": [kind for kind, found in taken.items() if found["p95_ms"] > AIM_MS],
        "wrong": len(wrong),
        "wrong_examples": sorted(set(wrong))[:5],
    }


def bare(database_url: str, queries: dict[str, str]) -> dict[str, float]:
    """Milliseconds of each query by itself, the median of 50."""
    import psycopg

    found = {}
    with psycopg.connect(database_url) as connection:
        for name, query in queries.items():
            taken = []
            for _ in range(50):
                started = time.perf_counter()
                connection.execute(query).fetchall()  # type: ignore[arg-type]
                taken.append((time.perf_counter() - started) * 1000)
            found[f"{name}, p50_ms"] = round(statistics.median(taken), 2)
    return found


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.marketplace_load", description=__doc__)
    parser.add_argument("--firms", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=50.0, help="lists, searches and pages per second")
    parser.add_argument("--pages", type=float, default=1.0, help="large pages per second beside them")
    parser.add_argument("--seconds", type=float, default=600.0)
    given = parser.parse_args(arguments)
    from stories.installation import Installation
    from tools import postgres

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gewerk-load-")))
        url = stack.enter_context(postgres.server())
        assert url, "PostgreSQL is missing"
        running = Installation(data=folder, database_url=url)
        stack.callback(running.stop)
        running.start()
        started = time.monotonic()
        seeded = json.loads(running.python("-m", "bench.marketplace_seed", str(given.firms), str(given.requests)))
        print(f"seeded in {time.monotonic() - started:.0f} s", file=sys.stderr)
        result = asyncio.run(measure(running.base_url, seeded, given.rate, given.seconds, given.pages))
        result["bare"] = bare(url, seeded["bare"])
        result["given"] = vars(given)
        result["load_average"] = round(os.getloadavg()[0], 2)
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, check=False, stdout=subprocess.PIPE)
        result["commit"] = commit.stdout.decode().strip()
    print(json.dumps(result, indent=1, ensure_ascii=False))
    return 1 if result["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
