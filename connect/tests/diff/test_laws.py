"""The laws of the lower river, for any sequence of stocks: with a real ledger, and the stand-in without its network."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from fake_upper import FakeUpper, Row, connection
from gewerk_connect import run
from gewerk_connect.canonical import PUSH_ORDER
from gewerk_connect.diff import Comparison, check_fuse
from gewerk_connect.report import Outcome
from hypothesis import given, settings
from hypothesis import strategies as st
from local_target import Killed, LocalTarget
from lower import AS_OF, now, quick_patience
from standin import StandIn

Rows = dict[str, dict[str, Row]]
SCALE = 10 if os.environ.get("GEWERK_CAMPAIGN") == "large" else 1
MEMORY = Path("/dev/shm")
"""Where the ledgers lie if it is there: hundreds of them, each with a dozen syncs to a disk others use too."""


class World:
    """A folder with a ledger, and a target."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
        self.api = StandIn()
        self.api.check_parents = False

    def __enter__(self) -> "World":
        return self

    def __exit__(self, *_: object) -> None:
        self.api._server.server_close()
        shutil.rmtree(self.folder)

    def river(self, rows: Rows, **options: Any) -> run.River:
        target = LocalTarget(self.api, die_at=options.pop("die_at", None), after=options.pop("after", False))
        return run.River(
            connection=connection(self.folder, "http://stand.in"),
            upper=FakeUpper(rows),
            target=target,
            as_of=AS_OF,
            now=now,
            patience=quick_patience(),
            **{"confirm_fuse": True, **options},
        )

    def apply(self, rows: Rows, **options: Any) -> Outcome:
        return run.apply(self.river(rows, **options))

    def plan(self, rows: Rows, **options: Any) -> Outcome:
        return run.plan(self.river(rows, **options))


IDS = st.sampled_from(["1-1", "1-10", "1-2", "2/7", "ä|1", "🏠", "Z", "a"])
ROWS = st.one_of(
    st.builds(
        lambda name, size: {"verdict": "send", "reason": None, "payload": {"name": name, "rooms": size, "custom": {}}},
        st.sampled_from(["a", "b", "", None, "Größe"]),
        st.sampled_from(["1.5", "2", None]),
    ),
    st.sampled_from(["ended", "tenant_without_email", "client_filter", "not_yet"]).map(
        lambda reason: {"verdict": "left_out", "reason": reason, "payload": None}
    ),
    st.just({"verdict": "held", "reason": "invalid_date", "payload": None}),
)
STOCKS: st.SearchStrategy[Rows] = st.fixed_dictionaries(
    {entity.value: st.dictionaries(IDS, ROWS, max_size=6) for entity in PUSH_ORDER}
)


def wanted(states: list[Rows]) -> dict[tuple[str, str], dict[str, Any] | None]:
    """By the rules alone: what is in force after these stocks, one after the other; None for archived."""
    held: dict[tuple[str, str], dict[str, Any] | None] = {}
    for rows in states:
        for entity, of in rows.items():
            for external_id in {*of, *(i for e, i in held if e == entity)}:
                row, place = of.get(external_id), (entity, external_id)
                if row is not None and row["verdict"] == "send":
                    held[place] = {k: v or None for k, v in row["payload"].items()}
                elif row is not None and (row["verdict"] == "held" or row["reason"] == "tenant_without_email"):
                    continue
                elif place in held:
                    held[place] = None
    return held


def in_force(api: StandIn) -> dict[tuple[str, str], dict[str, Any] | None]:
    return {
        (entity, external_id): (
            {name: record[name] or None for name in ("name", "rooms", "custom")}
            if record["archived_at"] is None
            else None
        )
        for entity, records in api.records.items()
        for external_id, record in records.items()
    }


def counted(outcome: Outcome, *names: str) -> int:
    return sum(of[name] for of in outcome.counts.values() for name in names)


@given(st.lists(STOCKS, min_size=1, max_size=4), st.booleans())
@settings(max_examples=25 * SCALE, deadline=None)
def test_a_plan_applied_gives_what_was_wanted_and_a_second_plans_nothing(states: list[Rows], whole: bool) -> None:
    with World() as world:
        for place, rows in enumerate(states):
            planned = world.plan(rows, whole=whole)
            done = world.apply(rows, whole=whole)
            assert in_force(world.api) == wanted(states[: place + 1])
            assert counted(planned, "create", "update", "archive") == counted(done, "created", "updated", "archived")
            assert counted(done, "refused") == 0
            for again in (
                world.plan(rows),
                world.plan(rows, whole=True),
                world.plan(rows, read_target=False),
            ):
                assert again.changed == 0
        assert set(world.api.created.values()) <= {1}


@given(STOCKS, STOCKS, st.integers(1, 9), st.booleans(), st.booleans())
@settings(max_examples=40 * SCALE, deadline=None)
def test_killed_at_any_call_and_run_again_is_as_if_undisturbed(
    first: Rows, second: Rows, die_at: int, after: bool, online: bool
) -> None:
    with World() as calm, World() as hurt:
        for world in (calm, hurt):
            world.apply(first)
        calm.apply(second)
        try:
            hurt.apply(second, die_at=die_at, after=after, read_target=online)
        except Killed:
            hurt.apply(second, read_target=online)
        assert hurt.api.stock() == calm.api.stock()
        assert set(hurt.api.created.values()) <= {1}
        assert hurt.plan(second, whole=True).changed == 0


@given(STOCKS, STOCKS, STOCKS, st.integers(1, 9), st.booleans())
@settings(max_examples=30 * SCALE, deadline=None)
def test_killed_and_the_source_moved_on(first: Rows, second: Rows, third: Rows, die_at: int, after: bool) -> None:
    """The run after the kill sees another stock: what may have been sent meanwhile must not be forgotten."""
    with World() as world:
        world.apply(first)
        try:
            world.apply(second, die_at=die_at, after=after)
        except Killed:
            world.apply(third, read_target=False)
            want = wanted([third])
            got = in_force(world.api)
            for place, record in want.items():
                assert got[place] == record
            for entity, external_id in got:
                row = third[entity].get(external_id)
                if row is None or (row["verdict"] == "left_out" and row["reason"] != "tenant_without_email"):
                    assert got[entity, external_id] is None
            assert world.plan(third, whole=True).changed == 0


@given(st.randoms(use_true_random=False), STOCKS, STOCKS)
@settings(max_examples=15 * SCALE, deadline=None)
def test_the_order_in_which_a_source_lists_its_rows_is_nothing(random: Any, first: Rows, second: Rows) -> None:
    shuffled = {}
    for entity, of in second.items():
        items = list(of.items())
        random.shuffle(items)
        shuffled[entity] = dict(items)
    with World() as world:
        world.apply(first)
        assert world.plan(second).as_json() == world.plan(shuffled).as_json()
        world.apply(second)
        assert world.plan(shuffled, whole=True).changed == 0


@given(st.integers(0, 10), st.integers(0, 500), st.integers(0, 100), st.floats(0, 100))
def test_the_fuse_never_fires_below_eleven(archive: int, ended: int, in_force: int, percent: float) -> None:
    result = Comparison(
        archive=archive + ended, archive_ended=ended, archive_in_force=archive, in_force=in_force + archive + ended
    )
    assert check_fuse({"tenant": result}, percent=percent, minimum=10) == []


@given(st.integers(11, 10_000), st.integers(0, 10_000))
def test_the_fuse_fires_exactly_above_its_share(archive: int, kept: int) -> None:
    result = Comparison(archive=archive, archive_in_force=archive, in_force=archive + kept)
    tripped = check_fuse({"unit": result}, percent=5.0, minimum=10)
    assert bool(tripped) == (archive / (archive + kept) > 0.05)
