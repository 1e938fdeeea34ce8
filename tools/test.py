"""``./gewerk test [place ...]``: fast tests first, then the same platform tests on PostgreSQL, then the stories in a real browser.

What is missing is installed or named together with the tests left out; with ``CI=true`` nothing may be left out.
"""

import os
import subprocess
import sys
import time

from tools import mariadb, postgres
from tools.chromium import chromium

_WORKERS = ["-n", os.environ.get("GEWERK_TEST_WORKERS", "auto")]


def _pytest(title: str, *arguments: str, **environment: str) -> bool:
    started = time.monotonic()
    print(f"\n=== {title}", flush=True)
    code = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments], env={**os.environ, **environment}, check=False
    ).returncode
    print(
        f"=== {title}: {'passed' if code == 0 else f'FAILED ({code})'} in {time.monotonic() - started:.0f} s",
        flush=True,
    )
    return code == 0


def main(arguments: list[str]) -> int:
    """Run everything, or only the places named. Returns 1 when a test failed or, in CI, was left out."""
    browser = chromium()
    with postgres.server() as database, mariadb.server() as maria:
        given = {
            **({"GEWERK_CHROMIUM": browser} if browser else {}),
            **({"GEWERK_TEST_POSTGRES": database} if database else {}),
            **({"GEWERK_TEST_MARIADB": maria} if maria else {}),
        }
        left_out = []
        if not browser:
            left_out.append("Chromium fehlt / is missing: tests marked 'browser' (stories, pages)")
        if not database:
            left_out.append("PostgreSQL fehlt / is missing: tests marked 'postgres' and the second run of server/tests")
        if not maria:
            left_out.append("MariaDB fehlt / is missing: tests marked 'mariadb' (the connector's source sql)")
        there = {"browser": browser, "postgres": database, "mariadb": maria}
        lacking = [f"not {mark}" for mark, found in there.items() if not found]
        missing = " and ".join(lacking)
        if arguments:
            passed = _pytest("named tests", *(["-m", missing] if missing else []), *arguments, **given)
        else:
            passed = _pytest(
                "fast tests (SQLite)",
                *_WORKERS,
                "-m",
                " and ".join(dict.fromkeys(["not browser", *lacking])),
                "server",
                "client",
                "connect",
                **given,
            )
            if database:
                passed &= _pytest(
                    "platform on PostgreSQL",
                    *_WORKERS,
                    "-m",
                    "not browser",
                    "server",
                    **given,
                    DATABASE_URL=database,
                    GEWERK_TEST_DATABASE_ALONE="1",
                )
            # Two at once, whatever the machine: each story starts servers and browsers of its own, those of a file once.
            passed &= _pytest(
                "stories and browser",
                *("-n", "2", "--dist", "loadfile"),
                *("-m", missing or "browser or not browser"),
                "stories",
                **given,
            )
            if browser:
                passed &= _pytest("pages in the browser", "-n", "2", "-m", "browser", "server", **given)
    for line in left_out:
        print(f"LEFT OUT: {line}")
    if left_out and os.environ.get("CI") == "true":
        return 1
    return 0 if passed else 1
