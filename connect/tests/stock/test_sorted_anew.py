"""A run over rows that were only sorted anew reads nothing, and never overlooks an edit: it plans what reading would plan."""

import csv
import os
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from exports_here import AS_OF, HEADERS, copied, small, write_tables
from fake_upper import connection
from gewerk_connect import run
from gewerk_connect.canonical.refusals import SourceError
from gewerk_connect.ledger import Runs, open_store
from gewerk_connect.report import Outcome
from gewerk_connect.settings import SourceSettings
from gewerk_connect.upper import Upper
from hypothesis import given, settings
from hypothesis import strategies as st
from local_target import LocalTarget
from lower import now, quick_patience
from standin import StandIn

Tables = dict[str, list[list[str]]]
SCALE = 10 if os.environ.get("GEWERK_CAMPAIGN") == "large" else 1


class Reading(Upper):
    """Never takes a short cut."""

    def fingerprint(self) -> str:
        return "never the same"

    def row_fingerprint(self) -> str | None:
        return None


class World:
    """A ledger beside an export, and a target without a network."""

    def __init__(self, folder: Path, kind: str, **chosen: Any) -> None:
        self.api = StandIn()
        self.api.check_parents = False
        self.export = folder / "export"
        source = SourceSettings(kind=kind, path=self.export)
        self.connection = connection(folder, "http://stand.in", **chosen).model_copy(update={"source": source})

    def __enter__(self) -> "World":
        return self

    def __exit__(self, *_: object) -> None:
        self.api._server.server_close()

    def river(self, upper: type[Upper] = Upper, **options: Any) -> run.River:
        return run.River(
            connection=self.connection,
            upper=upper(self.connection),
            target=LocalTarget(self.api),
            now=now,
            patience=quick_patience(),
            **{"confirm_fuse": True, "as_of": AS_OF, **options},
        )

    def apply(self, **options: Any) -> Outcome:
        return run.apply(self.river(**options))

    def plan(self, upper: type[Upper] = Upper, **options: Any) -> Outcome:
        return run.plan(self.river(upper, **options))


def _sort_anew(folder: Path, seed: int = 3) -> None:
    for file in folder.iterdir():
        header, *rows = file.read_bytes().splitlines(keepends=True)
        random.Random(seed).shuffle(rows)
        file.write_bytes(header + b"".join(rows))


EDITS: dict[str, Callable[[Tables, Any], None]] = {}


def edit(function: Callable[[Tables, Any], None]) -> Callable[[Tables, Any], None]:
    EDITS[function.__name__] = function
    return function


def _table(tables: Tables, draw: Any) -> list[list[str]]:
    return tables[draw(st.sampled_from([name for name, rows in tables.items() if rows]))]


def _row(rows: list[list[str]], draw: Any) -> int:
    return int(draw(st.integers(0, len(rows) - 1)))


@edit
def nothing(tables: Tables, draw: Any) -> None:
    pass


@edit
def exchange_two_cells(tables: Tables, draw: Any) -> None:
    rows = _table(tables, draw)
    one, other = _row(rows, draw), _row(rows, draw)
    at = draw(st.integers(0, len(rows[0]) - 1))
    rows[one][at], rows[other][at] = rows[other][at], rows[one][at]


@edit
def another_cell(tables: Tables, draw: Any) -> None:
    rows = _table(tables, draw)
    row = rows[_row(rows, draw)]
    row[draw(st.integers(0, len(row) - 1))] = draw(
        st.sampled_from(["", "1", "9", "66", "100", "700", "a@b.de", "01.01.2030", "31.02.2020", 'x "y"', "a\nb"])
    )


@edit
def a_row_again(tables: Tables, draw: Any) -> None:
    rows = _table(tables, draw)
    rows.append(list(rows[_row(rows, draw)]))


@edit
def a_row_less(tables: Tables, draw: Any) -> None:
    rows = _table(tables, draw)
    del rows[_row(rows, draw)]


@edit
def a_second_name(tables: Tables, draw: Any) -> None:
    """Two names for one economic entity, of which one becomes the group's."""
    tables["economic_entities"].append(["1", "9", draw(st.sampled_from(["Ost", "West"]))])


CHOSEN = st.fixed_dictionaries(
    {},
    optional={
        "economic_entities_as_groups": st.just(True),
        "tenants_without_email": st.just("send_without"),
        "vacant_units": st.just(False),
        "clients": st.just(("1",)),
    },
)


def _write(folder: Path, tables: Tables, draw: Any) -> None:
    folder.mkdir(exist_ok=True)
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";", quoting=quoting).writerows([HEADERS[name], *rows])


def _outcome(plan: Callable[[], Outcome]) -> object:
    try:
        outcome = plan()
    except SourceError as error:
        return error.code
    changes = sorted((one.action, one.entity, one.external_id, one.reason, one.fields) for one in outcome.changes)
    return outcome.as_json(), changes


@settings(max_examples=60 * SCALE, deadline=None)
@given(st.data(), CHOSEN)
def test_the_short_cut_plans_what_reading_would_plan(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, chosen: dict[str, Any]
) -> None:
    tables = small()
    for name in data.draw(st.lists(st.sampled_from(sorted(EDITS)), max_size=2)):
        EDITS[name](tables, data.draw)
    with World(tmp_path_factory.mktemp("world"), "table-folder", **chosen) as world:
        _write(world.export, tables, data.draw)
        try:
            world.apply()
        except SourceError:
            return
        for name in data.draw(st.lists(st.sampled_from(sorted(EDITS)), max_size=2)):
            EDITS[name](tables, data.draw)
        for rows in tables.values():
            data.draw(st.randoms(use_true_random=False)).shuffle(rows)
        _write(world.export, tables, data.draw)
        assert _outcome(world.plan) == _outcome(lambda: world.plan(Reading))


@pytest.mark.parametrize("kind", ["wodis-sigma", "table-folder"])
def test_rows_sorted_anew_are_not_read_and_findings_lose_their_rows(kind: str, tmp_path: Path) -> None:
    if kind == "wodis-sigma":
        copied(kind, tmp_path).rename(tmp_path / "export")
    else:
        write_tables(tmp_path / "export", small())
    with World(tmp_path, kind) as world:
        first = world.apply()
        _sort_anew(world.export)
        planned, again = world.plan(), world.apply()
        assert planned.unread
        assert again.unread
        assert again.changed == 0
        assert again.finding_counts == first.finding_counts
        before, after = _findings(world, 1), _findings(world, 2)
        assert before
        assert all(one.row is not None for one in before)
        assert all(one.row is None for one in after)
        assert [_without_row(one) for one in before] == [_without_row(one) for one in after]
        assert world.apply().unread
        assert not world.plan(whole=True).unread
        if kind == "wodis-sigma":  # there windows open and close
            assert not world.plan(as_of=AS_OF + timedelta(days=20_000)).unread


def _findings(world: World, run_no: int) -> list[Any]:
    with open_store(world.connection.state_url(), world.connection.id, "http://stand.in", make=False) as store:
        return list(Runs(store).findings(run_no))


def _without_row(finding: Any) -> tuple[Any, ...]:
    return (finding.code, finding.entity, finding.external_id, finding.file, finding.column, finding.detail)


def test_one_more_of_the_same_row_is_read(tmp_path: Path) -> None:
    write_tables(tmp_path / "export", small())
    with World(tmp_path, "table-folder") as world:
        world.apply()
        file = world.export / "units.csv"
        file.write_bytes(file.read_bytes() + file.read_bytes().splitlines(keepends=True)[1])
        outcome = world.plan()
        assert not outcome.unread
        assert outcome.changed == 0
