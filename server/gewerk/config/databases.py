"""Django's database setting from one URL: embedded SQLite or PostgreSQL."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

_PLANNER = "-c random_page_cost=1.1 -c jit=off"
"""PostgreSQL's own values are made for turning disks and reports: it would read a whole table rather than a thousand rows by an index,
and compile queries of a few milliseconds. ``?options=`` in the URL takes the place of it; empty, nothing is said, where a pool in
between takes no options. So does ``?prepare_threshold=``: how often a prepared query (``kit.prepared``) is asked before the database
keeps its plan; empty: never, for a pool that gives each transaction another connection."""


def database(url: str, data: Path) -> dict[str, Any]:
    """SQLite in ``data`` for an empty URL, else PostgreSQL. Raises ValueError for any other scheme."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(data / "gewerk.sqlite3"),
            "OPTIONS": {
                # Readers never wait for the writer; writers queue at BEGIN instead of failing in the middle.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;",
                "transaction_mode": "IMMEDIATE",
                "timeout": 10,
            },
            # A file, so that threads of a live server in tests share it.
            "TEST": {"NAME": str(data / "test.sqlite3")},
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(
            f"DATABASE_URL: {parts.scheme!r} is not supported; use postgresql://... or leave it empty for SQLite."
        )
    query = {"options": _PLANNER, "prepare_threshold": "5", **dict(parse_qsl(parts.query, keep_blank_values=True))}
    given: dict[str, Any] = {name: value for name, value in query.items() if value}
    if "prepare_threshold" in given:
        given["prepare_threshold"] = int(given["prepare_threshold"])
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": given.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 12, "timeout": 20}, **given},
    }
