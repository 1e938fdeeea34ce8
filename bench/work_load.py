"""Tickets under load (issue 4): lists, searches and pages at a fixed rate, tickets with a photo beside them, over real HTTP.

``python -m bench.work_load --database postgresql --units 100000 --tickets 125000 --rate 50 --creating 10 --seconds 600``
prints JSON. Open loop: a request is due by the clock whether or not the one before was answered, and its time counts from when it
was due, so a server that stalls cannot hide it. Beside each list the same rows are asked of the database directly (``bare``):
what is above that is the platform's own. Read first: ``measure``.
"""

import argparse
import asyncio
import io
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parent.parent
PATIENCE = 30.0


def photo(number: int) -> bytes:
    """A telephone's photo, some 300 KB, each of other bytes."""
    from PIL import Image

    written = io.BytesIO()
    Image.effect_noise((1024, 768), 40 + number % 40).convert("RGB").save(written, "JPEG", quality=80)
    return written.getvalue()


async def at_rate(
    rate: float, seconds: float, work: Callable[[int], Awaitable[str]], times: dict[str, list[float]], wrong: list[str]
) -> None:
    """``work(n)`` every 1/rate seconds, however long it takes; its kind's time is noted in milliseconds."""
    started = time.perf_counter()
    running: set[asyncio.Task[None]] = set()

    async def one(number: int, due: float) -> None:
        try:
            kind = await work(number)
        except (aiohttp.ClientError, TimeoutError, AssertionError) as error:
            wrong.append(f"{type(error).__name__}: {error}"[:200])
            return
        times[kind].append((time.perf_counter() - due) * 1000)

    for number in range(int(rate * seconds)):
        due = started + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        task = asyncio.create_task(one(number, due))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)


def visitor(base_url: str) -> aiohttp.ClientSession:
    """Connections that stay open, as a browser's do. The client costs little: on two cores its time is the server's."""
    return aiohttp.ClientSession(
        base_url,
        timeout=aiohttp.ClientTimeout(total=PATIENCE),
        connector=aiohttp.TCPConnector(limit=64),
        cookie_jar=aiohttp.DummyCookieJar(),
    )


async def got(client: aiohttp.ClientSession, path: str, headers: dict[str, str]) -> int:
    """The status, after the whole answer has been read."""
    async with client.get(path, headers=headers) as answer:
        await answer.read()
        return answer.status


async def token(client: aiohttp.ClientSession, seeded: dict[str, Any]) -> dict[str, str]:
    """The header of a program of the organisation."""
    given = {name: seeded[name] for name in ("client_id", "client_secret")}
    async with client.post("/api/2026-11-01/token", json=given) as told:
        return {"Authorization": f"Bearer {(await told.json())['access_token']}"}


async def measure(
    base_url: str, seeded: dict[str, Any], rate: float, creating: float, seconds: float
) -> dict[str, Any]:
    chance = random.Random(11)
    times: dict[str, list[float]] = defaultdict(list)
    wrong: list[str] = []
    photos = [photo(n) for n in range(40)]
    async with visitor(base_url) as client:
        bearer = await token(client, seeded)
        cookie = {"Cookie": f"gewerk_session={seeded['session']}"}

        lists = (
            ("list", "/tickets/"),
            ("list filtered", "/tickets/?state=in_progress"),
            ("search", "/tickets/?q=wasserhahn"),
            ("search", "/tickets/?q=Lindemannstr+12"),
            ("search", "/tickets/?q=T-2026-001234"),
            ("list page 40", "/tickets/?page=40"),
        )

        async def look(number: int) -> str:
            if number % 2:
                ticket = chance.choice(seeded["tickets"])
                kind, path = "ticket page", f"/tickets/{ticket}/"
            else:
                kind, path = lists[number // 2 % len(lists)]
            status = await got(client, path, cookie)
            assert status == 200, f"{path}: {status}"
            return kind

        async def create(number: int) -> str:
            # a few bytes of its own after the end of the picture: no two photos are the same file
            content = photos[number % len(photos)] + number.to_bytes(8, "big")
            sheet = aiohttp.FormData()
            sheet.add_field("file", content, filename="foto.jpg", content_type="image/jpeg")
            async with client.post("/api/2026-11-01/files", headers=bearer, data=sheet) as sent:
                assert sent.status == 201, f"files: {sent.status} {(await sent.text())[:100]}"
                photo_id = (await sent.json())["id"]
            report = {
                "category": seeded["category"],
                "unit_external_id": chance.choice(seeded["units"]),
                "text": "Tropft seit gestern",
                "file_ids": [photo_id],
            }
            async with client.post("/api/2026-11-01/tickets", headers=bearer, json=report) as made:
                assert made.status == 201, f"tickets: {made.status} {(await made.text())[:100]}"
            return "ticket with photo"

        tasks = [at_rate(rate, seconds, look, times, wrong)]
        if creating:
            tasks.append(at_rate(creating, seconds, create, times, wrong))
        await asyncio.gather(*tasks)
    return {
        "requests": {kind: summary(taken) for kind, taken in sorted(times.items())},
        "wrong": len(wrong),
        "wrong_examples": sorted(set(wrong))[:5],
    }


def summary(taken: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(taken, n=100) if len(taken) > 1 else taken * 99
    return {
        "count": len(taken),
        "p50_ms": round(cuts[49], 1),
        "p95_ms": round(cuts[94], 1),
        "p99_ms": round(cuts[98], 1),
        "max_ms": round(max(taken), 1),
    }


def bare(database_url: str, sqlite: Path) -> dict[str, float]:
    """Milliseconds of the list's bare query, the median of 50: the limit below which no page can come."""
    query = (
        "SELECT t.* FROM tickets_ticket t WHERE t.organisation_id = (SELECT id FROM identity_organisation LIMIT 1)"
        " ORDER BY t.created_at DESC, t.id DESC LIMIT 50"
    )
    taken = []
    if database_url:
        import psycopg

        with psycopg.connect(database_url) as connection:
            for _ in range(50):
                started = time.perf_counter()
                connection.execute(query).fetchall()  # type: ignore[arg-type]
                taken.append((time.perf_counter() - started) * 1000)
    else:
        import sqlite3

        with sqlite3.connect(sqlite) as plain:
            for _ in range(50):
                started = time.perf_counter()
                plain.execute(query).fetchall()
                taken.append((time.perf_counter() - started) * 1000)
    return {"newest 50, p50_ms": round(statistics.median(taken), 2)}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.work_load", description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--tickets", type=int, default=125_000)
    parser.add_argument("--rate", type=float, default=50.0, help="lists and pages per second")
    parser.add_argument("--creating", type=float, default=10.0, help="tickets with a photo per second")
    parser.add_argument("--seconds", type=float, default=600.0)
    given = parser.parse_args(arguments)
    from stories.installation import Installation
    from tools import postgres

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gewerk-load-")))
        url = stack.enter_context(postgres.server()) if given.database == "postgresql" else ""
        running = Installation(data=folder, database_url=url or "")
        stack.callback(running.stop)
        running.start()
        started = time.monotonic()
        seeded = json.loads(running.python("-m", "bench.work_seed", str(given.units), str(given.tickets)))
        print(f"seeded in {time.monotonic() - started:.0f} s", file=sys.stderr)
        result = asyncio.run(measure(running.base_url, seeded, given.rate, given.creating, given.seconds))
        sqlite = next(iter(folder.glob("*.sqlite3")), folder / "none")
        result["bare"] = bare(url or "", sqlite)
        result["given"] = vars(given)
        result["load_average"] = round(os.getloadavg()[0], 2)
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, check=False, stdout=subprocess.PIPE)
        result["commit"] = commit.stdout.decode().strip()
    print(json.dumps(result, indent=1, ensure_ascii=False))
    return 1 if result["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
