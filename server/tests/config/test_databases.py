"""One URL says which database, and what of it is set otherwise."""

from pathlib import Path

import pytest
from gewerk.config.databases import database

URL = "postgresql://nutzer:ge%40heim@db.example:5433/gewerk"


def test_the_parts_of_the_url(tmp_path: Path) -> None:
    found = database(f"{URL}?sslmode=require", tmp_path)
    assert (found["NAME"], found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == (
        "gewerk",
        "nutzer",
        "ge@heim",
        "db.example",
        "5433",
    )
    assert found["OPTIONS"]["sslmode"] == "require"
    assert database("postgresql:///gewerk?host=/run/postgresql", tmp_path)["HOST"] == "/run/postgresql"
    assert database("", tmp_path)["ENGINE"].endswith("sqlite3")
    with pytest.raises(ValueError, match="mysql"):
        database("mysql://x/y", tmp_path)


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", "-c random_page_cost=1.1 -c jit=off"),
        ("?options=-c%20random_page_cost%3D4", "-c random_page_cost=4"),
        # A pool in between may take none at all.
        ("?options=", None),
        ("?options=&sslmode=require", None),
    ],
)
def test_what_the_planner_is_told(tmp_path: Path, query: str, options: str | None) -> None:
    assert database(URL + query, tmp_path)["OPTIONS"].get("options") == options
