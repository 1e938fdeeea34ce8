"""Part d: the upsert API over real HTTP beside a raw multi-row INSERT of the very same rows, on SQLite and PostgreSQL.

``python -m bench.api_upsert --units 100000`` prints JSON. For each database: a fresh installation, served by granian as
``./gewerk up`` serves it, takes all records in batches of 500 (made into JSON before the clock starts); then the rows that
this left (records, tenures, journal) are written by plain multi-row INSERTs into an empty copy of the same schema, with the same
indexes and foreign keys, committed as often. Read first: ``measure_one``.
"""

import argparse
import json
import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import orjson

ROOT = Path(__file__).parent.parent
BATCH = 500
CONNECTIONS = 4
TABLES = ("portfolio_property", "portfolio_subproperty", "portfolio_tenure", "journal_entry")
_STREETS = ("Lindemannstraße", "Kaiserstraße", "Am Hölzchen", "Müllerweg", "Große Heide", "Straße des 17. Juni")


def records(units: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """About 2.5 records per unit: a property for 20 units, a tenant for each, a landlord for nearly every second."""
    properties = max(1, units // 20)
    yield (
        "properties",
        [
            {
                "external_id": f"1-{n // 40}-{n}",
                "name": f"{_STREETS[n % 6]} {n % 180}",
                "address": {
                    "street": _STREETS[n % 6],
                    "house_number": str(n % 180),
                    "addition": None,
                    "postcode": f"44{n % 400:03}",
                    "city": "Dortmund",
                    "district": None,
                    "country": "DE",
                    "raw": f"{_STREETS[n % 6]} {n % 180}",
                },
                "client_number": "1",
                "construction_year": 1950 + n % 70,
                "storeys": 4,
            }
            for n in range(properties)
        ],
    )
    yield (
        "sub-properties",
        [
            {
                "external_id": f"1-{n // 800}-{n // 20 % properties}-{n}",
                "type": "unit",
                "property_external_id": f"1-{n // 20 % properties // 40}-{n // 20 % properties}",
                "name": f"Wohnung {n % 20}",
                "usage": "living",
                "usage_raw": "Wohnung",
                "floor": n % 5,
                "floor_raw": f"{n % 5}. OG",
                "position": "links",
                "living_area_m2": f"{40 + n % 90}.{n % 100:02}",
                "usable_area_m2": None,
                "rooms": "3",
                "occupancy": "let",
                "client_number": "1",
            }
            for n in range(units)
        ],
    )
    for kind, count in (("landlord", units * 9 // 20), ("tenant", units)):
        yield "sub-properties", [_party(kind, n, properties) for n in range(count)]


def _party(kind: str, n: int, properties: int) -> dict[str, Any]:
    return {
        "external_id": f"1-6{n:06}-{kind[0]}{n}",
        "type": kind,
        "unit_external_ids": [f"1-{n // 800}-{n // 20 % properties}-{n}"],
        "kind": "natural",
        "salutation": "Frau",
        "title": None,
        "first_name": "Jörg",
        "last_name": f"Wiebe-Größer{n}",
        "company_name": None,
        "email": f"wiebe{n}@example.org",
        "further_emails": [],
        "phones": [{"kind": "mobile", "e164": f"+49176{n:08}", "raw": f"0176 {n:08}"}],
        "language": "de",
        "contract_number": f"6{n:06}",
        "contract_start": "2019-05-01",
        "contract_end": None,
        "role": "main_tenant" if kind == "tenant" else "owner",
        "share": None,
        "party_number": str(n),
        "client_number": "1",
    }


def bodies(units: int) -> list[list[tuple[str, bytes]]]:
    """The requests, in groups that must follow each other (properties, units, landlords, tenants)."""
    return [
        [
            (f"/{resource}/upsert", orjson.dumps({"records": rows[start : start + BATCH]}))
            for start in range(0, len(rows), BATCH)
        ]
        for resource, rows in records(units)
    ]


def send(base: str, token: str, groups: list[list[tuple[str, bytes]]], expected: str) -> tuple[float, int]:
    """Seconds and records for all requests over a few connections. Every record must come back as ``expected``."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    done = 0
    lock = threading.Lock()
    wrong: list[str] = []
    with httpx2.Client(base_url=base, headers=headers, timeout=120) as http:
        started = time.perf_counter()
        for group in groups:
            waiting = iter(group)

            def work(waiting: Iterator[tuple[str, bytes]] = waiting) -> None:
                nonlocal done
                while True:
                    with lock:
                        request = next(waiting, None)
                    if request is None:
                        return
                    answer = http.post(request[0], content=request[1])
                    # Counted as text: parsing half a million results would measure this process.
                    found = answer.content.count(f'"status":"{expected}"'.encode())
                    with lock:
                        done += found
                        if answer.status_code != 200 or b'"rejected"' in answer.content:
                            wrong.append(f"{answer.status_code} {answer.content[:300]!r}")

            threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        seconds = time.perf_counter() - started
    if wrong:
        raise RuntimeError(f"{len(wrong)} requests went wrong, the first: {wrong[0]}")
    return seconds, done


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    """The platform under granian, as ``./gewerk up`` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
            *("--workers", "1", "--blocking-threads", "4", "--backpressure", "64", "--workers-kill-timeout", "5"),
            *("--no-ws", "--log-level", "warning", "gewerk.entrypoints.wsgi:application"),
        ],
        env=environment,
        cwd=ROOT,
        stdout=sys.stderr,
    )
    try:
        base = f"http://127.0.0.1:{port}/api/2026-11-01"
        for _ in range(600):
            try:
                httpx2.get(f"{base}/openapi.json", timeout=5)
                break
            except httpx2.TransportError:
                time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        process.wait(timeout=30)


_PREPARE = """
import django; django.setup()
from django.core.management import call_command
from django.utils import timezone
call_command("migrate", verbosity=0); call_command("createcachetable", verbosity=0)
from gewerk.identity.models import Membership, Organisation, Person
from gewerk.identity.access import actor_for, live_memberships
from gewerk.identity.operations.create_key import create_key
from gewerk.identity.operations.issue_token import issue_token
now = timezone.now()
org = Organisation.objects.create(kind="manager", name="Bench", created_at=now)
person = Person.objects.create_user("bench@example.org", None, created_at=now)
Membership.objects.create(person=person, organisation=org, role="admin", created_at=now)
made = create_key(actor=actor_for(person, org.pk, memberships=live_memberships(person, now=now)), name="Bench", now=now)
print(issue_token(key=made.key, now=now).access_token)
"""


def prepare(environment: dict[str, str]) -> str:
    """Tables, an organisation and a key; returns a token."""
    done = subprocess.run(
        [sys.executable, "-c", _PREPARE], env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    return done.stdout.decode().strip().splitlines()[-1]


def in_batches(
    rows: dict[str, list[tuple[Any, ...]]], per_commit: int
) -> Iterator[list[tuple[str, list[tuple[Any, ...]]]]]:
    """What one commit holds: a batch of records with as many journal rows, tenures with their tenants."""
    journal, tenures = iter(rows["journal_entry"]), iter(rows["portfolio_tenure"])
    for table in ("portfolio_property", "portfolio_subproperty"):
        for start in range(0, len(rows[table]), per_commit):
            chunk = rows[table][start : start + per_commit]
            entries = [entry for _, entry in zip(chunk, journal, strict=False)]
            yield [(table, chunk), ("journal_entry", entries)]
    rest = list(tenures)
    for start in range(0, len(rest), per_commit):
        yield [("portfolio_tenure", rest[start : start + per_commit])]


Insert = Callable[[Callable[..., Any], Callable[..., Any], str, list[tuple[Any, ...]], str], None]


def raw_sqlite(filled: Path, empty: Path, insert: Insert) -> float:
    source = sqlite3.connect(filled)
    rows = {table: source.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall() for table in TABLES}
    source.close()
    target = sqlite3.connect(empty, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "mmap_size=134217728", "foreign_keys=ON"):
        target.execute(f"PRAGMA {pragma}")
    for table in TABLES[::-1]:
        target.execute(f"DELETE FROM {table}")
    started = time.perf_counter()
    for batch in in_batches(rows, BATCH):
        target.execute("BEGIN IMMEDIATE")
        for table, chunk in batch:
            insert(target.execute, target.executemany, table, chunk, "?")
        target.execute("COMMIT")
    seconds = time.perf_counter() - started
    target.close()
    return seconds


def raw_postgres(url: str, empty_url: str, insert: Insert) -> float:
    import psycopg

    with psycopg.connect(url) as source:
        rows = {table: source.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in TABLES}  # type: ignore[arg-type]
    from psycopg.types.json import Jsonb

    rows = {
        t: [tuple(Jsonb(v) if isinstance(v, dict | list) else v for v in row) for row in many]
        for t, many in rows.items()
    }
    with psycopg.connect(empty_url, autocommit=True) as target, target.cursor() as cursor:
        for table in TABLES[::-1]:
            target.execute(f"DELETE FROM {table}")  # type: ignore[arg-type]
        started = time.perf_counter()
        for batch in in_batches(rows, BATCH):
            with target.transaction():
                for table, chunk in batch:
                    insert(cursor.execute, cursor.executemany, table, chunk, "%s")
        return time.perf_counter() - started


def many_rows(
    execute: Callable[..., Any], _executemany: Callable[..., Any], table: str, rows: list[tuple[Any, ...]], mark: str
) -> None:
    """Statements of some 2,000 parameters: larger ones were slower on both databases."""
    if not rows:
        return
    width = len(rows[0])
    most = max(1, 2_000 // width)
    one = f"({', '.join([mark] * width)})"
    for start in range(0, len(rows), most):
        chunk = rows[start : start + most]
        execute(
            f"INSERT INTO {table} VALUES {', '.join([one] * len(chunk))}", [value for row in chunk for value in row]
        )


def prepared(
    _execute: Callable[..., Any], executemany: Callable[..., Any], table: str, rows: list[tuple[Any, ...]], mark: str
) -> None:
    """One row a statement, parsed once; psycopg sends them without waiting for each answer."""
    if rows:
        executemany(f"INSERT INTO {table} VALUES ({', '.join([mark] * len(rows[0]))})", rows)


RAW: dict[str, Insert] = {"raw multi-row INSERT": many_rows, "raw INSERT, prepared": prepared}


def measure_one(database: str, units: int, work: Path, urls: tuple[str, str] | None) -> dict[str, Any]:
    """One fresh installation, filled through the API, sent again unchanged, and its rows inserted raw."""
    folder = Path(tempfile.mkdtemp(prefix=f"{database}-", dir=work))
    environment = {
        **{k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "GEWERK_DATABASE_URL")},
        "GEWERK_DATA": str(folder),
        "GEWERK_API_RATE_PER_MINUTE": "1000000",
        "DJANGO_SETTINGS_MODULE": "gewerk.config.settings",
    }
    if urls:
        environment["DATABASE_URL"] = urls[0]
    token = prepare(environment)
    if urls:
        _copy_database(*urls)
    else:
        shutil.copy(folder / "gewerk.sqlite3", folder / "empty.sqlite3")
    groups = bodies(units)
    with served(environment) as base:
        seconds, created = send(base, token, groups, "created")
        again, unchanged = send(base, token, groups, "unchanged")
    if created != unchanged or created != sum(len(rows) for _, rows in records(units)):
        raise RuntimeError(f"{created} created, {unchanged} unchanged")
    raw = {}
    for way, insert in RAW.items():
        if urls:
            raw[way] = raw_postgres(*urls, insert)
        else:
            # The API's last pages may still stand in the write-ahead log; opening the file brings them over.
            raw[way] = raw_sqlite(folder / "gewerk.sqlite3", folder / "empty.sqlite3", insert)
    shutil.rmtree(folder)
    return {"records": created, **raw, "upsert API": seconds, "upsert API, nothing new": again}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    given = parser.parse_args()
    work = given.work or Path(tempfile.mkdtemp(prefix="gewerk-upsert-"))
    work.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    if given.only != "postgresql":
        rows += _rows("SQLite", [measure_one("sqlite", given.units, work, None) for _ in range(given.repeats)])
    if given.only != "sqlite":
        rows += _postgresql(given.units, given.repeats, work)
    if not given.work:
        shutil.rmtree(work)
    what = (
        f"{rows[0]['records']:,} records of {given.units:,} units, batches of {BATCH} over {CONNECTIONS} connections; "
        "raw: multi-row INSERTs of the same rows (records, tenures, journal), same indexes, committed per batch."
    )
    print(json.dumps({"what": what, "rows": rows}, indent=1))


def _copy_database(url: str, copy_url: str) -> None:
    """Foreign keys point to the same organisation in both."""
    import psycopg

    root, name = url.rsplit("/", 1)
    with psycopg.connect(f"{root}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {copy_url.rsplit('/', 1)[1]} TEMPLATE {name}")  # type: ignore[arg-type]


def _postgresql(units: int, repeats: int, work: Path) -> list[dict[str, Any]]:
    import psycopg

    from tools.postgres import server

    with server() as url:
        if url is None:
            return []
        measured = []
        for _ in range(repeats):
            with psycopg.connect(url, autocommit=True) as admin:
                for name in ("bench_api", "bench_raw"):
                    admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")  # type: ignore[arg-type]
                admin.execute("CREATE DATABASE bench_api")
            root = url.rsplit("/", 1)[0]
            measured.append(measure_one("postgresql", units, work, (f"{root}/bench_api", f"{root}/bench_raw")))
        return _rows("PostgreSQL", measured)


def _rows(database: str, measured: list[dict[str, Any]]) -> list[dict[str, Any]]:
    raw = statistics.median(one["raw multi-row INSERT"] for one in measured)
    rows = []
    for way in (*RAW, "upsert API", "upsert API, nothing new"):
        seconds = statistics.median(one[way] for one in measured)
        records_sent = measured[0]["records"]
        rows.append(
            {
                "database": database,
                "way": way,
                "records": records_sent,
                "records_per_second": records_sent / seconds,
                "ratio": raw / seconds,
                "median_seconds": seconds,
            }
        )
    return rows


if __name__ == "__main__":
    main()
