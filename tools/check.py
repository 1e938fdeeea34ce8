"""``./gewerk check``: format, lint, types, import contracts, migrations, OpenAPI, generated pages, texts, CSS, house rules.

All steps run, so that one call shows everything that is wrong.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tools import docs, texts

ROOT = Path(__file__).resolve().parent.parent
_BIN = Path(sys.executable).parent
_PRODUCT = ("server/gewerk", "client/gewerk_client", "connect/gewerk_connect", "ui/gewerk_ui")
_LONGEST_FILE = 600
_REGISTRY = re.compile(r"(pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org|/work/main|/root/)")


def _run(*command: str) -> bool:
    with tempfile.TemporaryDirectory() as data:
        environment = {**os.environ, "GEWERK_DATA": data, "GEWERK_STATIC_FROM_SOURCE": "1"}
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def _manage(*arguments: str) -> bool:
    return _run(sys.executable, "-m", "gewerk.entrypoints.cli.manage", *arguments)


def _files_are_short() -> bool:
    long = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for package in _PRODUCT
        for path in sorted((ROOT / package).rglob("*"))
        if path.suffix in {".py", ".html", ".js"} and "static" not in path.parts and "node_modules" not in path.parts
        if (lines := path.read_text().count("\n")) > _LONGEST_FILE
    ]
    print(*long, sep="\n", end="\n" if long else "")
    return not long


def _nothing_of_this_machine() -> bool:
    """No registry's host name, no path of a developer's machine in what is committed (``.npmrc`` names none either)."""
    listed = (
        subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    )
    found = []
    for name in filter(None, listed):
        path = ROOT / name
        if name == "tools/check.py" or not path.is_file() or path.stat().st_size > 2_000_000:
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {match.group(0)}" for match in _REGISTRY.finditer(text)]
    print(*found, sep="\n", end="\n" if found else "")
    return not found


_STEPS: list[tuple[str, Callable[[], bool]]] = [
    ("format", lambda: _run(str(_BIN / "ruff"), "format", "--check", "--quiet", ".")),
    ("lint", lambda: _run(str(_BIN / "ruff"), "check", "--quiet", ".")),
    ("import contracts", lambda: _run(str(_BIN / "lint-imports"))),
    ("types", lambda: _run(str(_BIN / "mypy"), *_PRODUCT)),
    ("migrations", lambda: _manage("makemigrations", "--check", "--dry-run")),
    ("OpenAPI", lambda: _manage("export_openapi", "--check")),
    ("German texts", texts.complete),
    ("generated pages", lambda: docs.generated_pages(check=True)),
    ("file length", _files_are_short),
    ("nothing of this machine", _nothing_of_this_machine),
    ("CSS", lambda: _run(str(ROOT / "ui" / "build"), "--check")),
]


def main(arguments: list[str]) -> int:
    """Run the steps (all, or those named). Returns 1 if any failed."""
    failed = []
    for name, step in _STEPS:
        if arguments and name not in arguments:
            continue
        started = time.monotonic()
        passed = step()
        print(f"{'ok    ' if passed else 'FAILED'} {name} ({time.monotonic() - started:.1f} s)", flush=True)
        if not passed:
            failed.append(name)
    if failed:
        print(f"\ncheck failed: {', '.join(failed)}")
    return 1 if failed else 0
