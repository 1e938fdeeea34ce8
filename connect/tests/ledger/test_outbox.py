import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from gewerk_connect.ledger import (
    Busy,
    Intent,
    Outbox,
    Part,
    Records,
    RunEnded,
    Runs,
    Sealed,
    State,
    Step,
    Store,
    StoredFinding,
    open_store,
)
from gewerk_connect.ledger.outbox import Answer, settle, tidy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
STATUSES = st.sampled_from(["created", "updated", "unchanged", "rejected"])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'state.db'}", "c", "http://x") as opened:
        yield opened


def begin(store: Store) -> int:
    run = Runs(store).begin(as_of=AT.date(), at=AT, settings_fingerprint="s")
    Runs(store).note(run.no, status="pushing")
    return run.no


def intent(external_id: str, *, action: str = "create", entity: str = "unit", previous: int | None = None) -> Intent:
    return Intent(action, entity, external_id, "[]", external_id.encode(), previous, None, None, b'{"a":1}')


def of_client(client: str, number: int, *, entity: str = "unit") -> Intent:
    """As the diff makes them: ids of one client stand together."""
    return intent(f"{client}-{number:05d}", entity=entity)._replace(key=f'["{client}","{number:05d}"]')


def answer(status: str) -> Answer:
    return Answer(status, '{"code":"x"}' if status == "rejected" else None)


def test_intents_come_back_in_order_and_in_batches(store: Store) -> None:
    outbox = Outbox(store, begin(store))
    for n in range(4_500):
        outbox.add(intent(f"u{n:05d}"))
        outbox.add(intent(f"p{n:05d}", entity="property"))
    outbox.add(intent("u-old", action="archive"))
    outbox.seal()
    for step, letter in ((Step.UPSERT_UNITS, "u"), (Step.UPSERT_PROPERTIES, "p")):
        batches = list(outbox.batches(outbox.whole(step), 500))
        assert [len(b) for b in batches] == [500] * 9
        assert [i for b in batches for i in b.external_ids] == [f"{letter}{n:05d}" for n in range(4_500)]
    assert [b.external_ids for b in outbox.batches(outbox.whole(Step.ARCHIVE_UNITS), 500)] == [["u-old"]]
    assert list(outbox.batches(outbox.whole(Step.UPSERT_TENANTS), 500)) == []


@given(st.lists(STATUSES, min_size=1, max_size=30), st.integers(1, 30))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_intent_has_exactly_its_receipt(store: Store, statuses: list[str], answered: int) -> None:
    outbox = Outbox(store, begin(store))
    names = [f"u{n:03d}" for n in range(len(statuses))]
    with store.write() as db:
        db.exec_driver_sql("DELETE FROM records")
    for name in names:
        outbox.add(intent(name))
    outbox.seal()
    [batch] = outbox.batches(outbox.whole(Step.UPSERT_UNITS), 500)
    taken = min(answered, len(statuses))
    part = type(batch)(batch.step, batch.first_seq, names[:taken], batch.payloads[:taken])
    outbox.receive(part, [answer(s) for s in statuses[:taken]], AT)
    records = Records(store)
    for place, (name, status) in enumerate(zip(names, statuses, strict=True)):
        sent = records.last_sent("unit", name)
        assert sent is not None
        assert sent.status == (status if place < taken else None)
        known = records.one("unit", name)
        if place >= taken:
            assert known is None
        else:
            assert known is not None
            assert known.state == (State.REFUSED if status == "rejected" else State.ACTIVE)
            assert (known.hash is None) == (status == "rejected")
    assert sum(outbox.tally()["unit"].values()) == taken
    with store.write() as db:
        assert settle(store, db, batch.first_seq >> 40) == len(statuses) - taken
    states = [(records.one("unit", name) or (None, None))[1] for name in names[taken:]]
    assert states == [State.UNSURE] * (len(statuses) - taken)


def test_a_run_that_was_killed_leaves_its_unanswered_intents_in_doubt(store: Store) -> None:
    runs, records = Runs(store), Records(store)
    outbox = Outbox(store, begin(store))
    for n in range(10):
        outbox.add(intent(f"u{n}"))
    outbox.seal()
    [first, second] = outbox.batches(outbox.whole(Step.UPSERT_UNITS), 5)
    outbox.receive(second, [answer("created")] * 5, AT)  # answers may overtake each other
    assert runs.break_off(AT) == 5
    assert [k.state for k in records.confirmed("unit")] == ["unsure"] * 5 + ["active"] * 5
    last = runs.last()
    assert last is not None
    assert last.status == "interrupted"
    assert runs.break_off(AT) == 0
    assert records.unsettled() == len(first)


def test_a_run_killed_while_planning_leaves_nothing(store: Store) -> None:
    run = Runs(store).begin(as_of=AT.date(), at=AT, settings_fingerprint="s")
    outbox = Outbox(store, run.no)
    for n in range(5_000):
        outbox.add(intent(f"u{n}"))
    assert Runs(store).break_off(AT) == 0
    assert list(Records(store).confirmed("unit")) == []
    with store.write() as db:
        assert db.exec_driver_sql("SELECT COUNT(*) FROM intents").scalar() == 0


def test_tidying_keeps_what_is_confirmed_refused_or_compared_with(store: Store) -> None:
    seqs = {}
    for turn, status in enumerate(["created", "updated", "updated"]):
        outbox = Outbox(store, begin(store))
        for name in ("a", "b"):
            outbox.add(intent(name, action="update" if turn else "create", previous=seqs.get(name)))
        if turn == 1:
            outbox.add(intent("refused"))
        outbox.seal()
        [batch] = outbox.batches(outbox.whole(Step.UPSERT_UNITS), 500)
        answers = [answer(status)] * 2 + ([answer("rejected")] if turn == 1 else [])
        outbox.receive(batch, answers, AT)
        seqs = {name: batch.first_seq + place for place, name in enumerate(("a", "b"))}
        tidy(store, batch.first_seq >> 40)
    with store.write() as db:
        left = [seq >> 40 for (seq,) in db.exec_driver_sql("SELECT seq FROM intents ORDER BY seq")]
    last = left[-1]
    assert left == [last - 1, last - 1, last - 1, last, last]  # the third run, what it replaced, and the refusal
    sent = Records(store).last_sent("unit", "refused")
    assert sent is not None
    assert sent.problem == {"code": "x"}


def test_a_gone_record_is_forgotten_and_an_archived_one_kept(store: Store) -> None:
    outbox = Outbox(store, begin(store))
    for name in ("a", "b"):
        outbox.add(intent(name))
    outbox.seal()
    [batch] = outbox.batches(outbox.whole(Step.UPSERT_UNITS), 500)
    outbox.receive(batch, [answer("created")] * 2, AT)
    outbox = Outbox(store, begin(store))
    for name in ("a", "b"):
        outbox.add(intent(name, action="archive"))
    outbox.seal()
    [batch] = outbox.batches(outbox.whole(Step.ARCHIVE_UNITS), 500)
    outbox.receive(batch, [answer("archived"), answer("gone")], AT)
    [left] = Records(store).confirmed("unit")
    assert (left.external_id, left.state, left.hash) == ("a", "archived", None)
    assert Records(store).in_force() == {}


def test_two_connections_in_one_state_do_not_see_each_other(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    with open_store(url, "one", "http://x") as one, open_store(url, "two", "http://x") as two:
        for store in (one, two):
            outbox = Outbox(store, begin(store))
            outbox.add(intent(f"of-{store.connection_id}"))
            outbox.seal()
            [batch] = outbox.batches(outbox.whole(Step.UPSERT_UNITS), 500)
            outbox.receive(batch, [answer("created")], AT)
        assert [k.external_id for k in Records(one).confirmed("unit")] == ["of-one"]
        assert [k.external_id for k in Records(two).confirmed("unit")] == ["of-two"]
        one.note(separator="-")
        assert two.facts()["separator"] is None


def test_ids_are_sorted_by_code_points(store: Store) -> None:
    names = ["1-10", "1-2", "1-9", "A", "Z", "a", "ß", "ä", "é", "🏠", "1/2", "1|2", "1_2"]
    outbox = Outbox(store, begin(store))
    for name in names:
        outbox.add(intent(name))
    outbox.seal()
    [batch] = outbox.batches(outbox.whole(Step.UPSERT_UNITS), 500)
    outbox.receive(batch, [answer("created")] * len(names), AT)
    assert [k.external_id for k in Records(store).confirmed("unit")] == sorted(names)


# parts: what several workers send side by side


def cut(store: Store, sizes: dict[str, int]) -> list[Part]:
    outbox = Outbox(store, begin(store))
    for client in sorted(sizes):
        for number in range(sizes[client]):
            outbox.add(of_client(client, number))
    outbox.seal()
    return outbox.parts(Step.UPSERT_UNITS)


def test_a_part_ends_with_its_client_and_is_never_too_large(store: Store) -> None:
    parts = cut(store, {"1": 2_000, "2": 12_000, "3": 700})
    assert [len(part) for part in parts] == [2_000, 10_000, 2_000, 700]
    assert all(part.step is Step.UPSERT_UNITS for part in parts)


def test_many_small_clients_share_a_part(store: Store) -> None:
    parts = cut(store, {f"{n:03d}": 10 for n in range(120)})
    assert [len(part) for part in parts] == [500, 500, 200]


@given(st.dictionaries(st.text("0123456789A", min_size=1, max_size=3), st.integers(1, 1_500), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_parts_hold_every_intent_once_and_are_the_same_for_another_process(store: Store, sizes: dict[str, int]) -> None:
    outbox = Outbox(store, begin(store))
    names = []
    for entity, step in (("unit", Step.UPSERT_UNITS), ("property", Step.UPSERT_PROPERTIES)):
        for client in sorted(sizes):
            for number in range(sizes[client]):
                outbox.add(of_client(client, number, entity=entity))
                names.append((step, f"{client}-{number:05d}"))
    outbox.seal()
    run_no = outbox.parts(Step.UPSERT_UNITS)[0].first_seq >> 40
    other = Outbox.sealed(store, run_no)
    assert other.planned == outbox.planned
    found = []
    for step in (Step.UPSERT_UNITS, Step.UPSERT_PROPERTIES):
        assert other.parts(step) == outbox.parts(step)
        for part in other.parts(step):
            batches = list(other.batches(part, 500))
            assert all(len(batch) == 500 for batch in batches[:-1])
            found += [(step, name) for batch in batches for name in batch.external_ids]
    assert found == names


def test_what_has_its_answer_is_not_sent_again_and_the_rest_in_the_same_batches(store: Store) -> None:
    outbox = Outbox(store, begin(store))
    for n in range(23):
        outbox.add(intent(f"u{n:02d}"))
    outbox.seal()
    [part] = outbox.parts(Step.UPSERT_UNITS)
    batches = list(outbox.batches(part, 5))
    for place in (0, 2, 4):
        outbox.receive(batches[place], [answer("created")] * len(batches[place]), AT)
    again = Outbox.sealed(store, part.first_seq >> 40)
    assert list(again.batches(part, 5)) == [batches[1], batches[3]]


def test_a_batch_that_two_workers_sent_counts_once(store: Store) -> None:
    outbox = Outbox(store, begin(store))
    for n in range(6):
        outbox.add(intent(f"u{n}"))
    outbox.seal()
    [part] = outbox.parts(Step.UPSERT_UNITS)
    [batch] = outbox.batches(part, 500)
    zombie = Outbox.sealed(store, part.first_seq >> 40)
    assert outbox.receive(batch, [answer("created")] * 6, AT)
    # the same requests, answered otherwise: other cuts between alike neighbours
    assert not zombie.receive(batch, [answer("unchanged")] * 3 + [answer("rejected")] * 3, AT)
    assert outbox.tally() == {"unit": {"created": 6}}
    assert {known.state for known in Records(store).confirmed("unit")} == {State.ACTIVE}


def test_workers_that_race_for_a_batch_leave_one_set_of_receipts(store: Store) -> None:
    outbox = Outbox(store, begin(store))
    for n in range(400):
        outbox.add(intent(f"u{n:03d}"))
    outbox.seal()
    [part] = outbox.parts(Step.UPSERT_UNITS)
    batches = list(outbox.batches(part, 20))
    mixed = [answer("created"), answer("rejected")] * 10
    won: list[bool] = []

    def work() -> None:
        mine = Outbox.sealed(store, part.first_seq >> 40)
        won.extend(mine.receive(batch, mixed, AT) for batch in batches)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(won) == len(batches)
    assert outbox.tally() == {"unit": {"created": 200, "rejected": 200}}


# a run that a service carries out


def sealed_run(store: Store, external_id: str = "r") -> int:
    run = Runs(store).begin(as_of=AT.date(), at=AT, settings_fingerprint="s", external_id=external_id)
    outbox = Outbox(store, run.no)
    for n in range(4):
        outbox.add(intent(f"u{n}"))
    outbox.seal()
    Runs(store).seal(run.no, Sealed(AT, {"counts": {}}, 0, AT, True), separator="-")
    return run.no


def test_a_sealed_run_tells_another_process_what_it_found(store: Store) -> None:
    run_no = sealed_run(store)
    assert Runs(store).sealed(run_no) == Sealed(AT, {"counts": {}}, 0, AT, True)
    assert Runs(store).of("r").status == "pushing"
    assert store.facts()["separator"] == "-"


def test_an_answer_that_comes_after_the_end_of_its_run_is_not_believed(store: Store) -> None:
    run_no = sealed_run(store)
    late = Outbox.sealed(store, run_no)
    [batch] = late.batches(late.whole(Step.UPSERT_UNITS), 500)
    assert Runs(store).break_off(AT) == 4
    assert not late.is_open()
    with pytest.raises(RunEnded):
        late.receive(batch, [answer("created")] * 4, AT)
    assert late.tally() == {}
    assert {known.state for known in Records(store).confirmed("unit")} == {State.UNSURE}
    with pytest.raises(RunEnded):
        Runs(store).close(run_no, status="succeeded", finished_at=AT)


def test_an_attempt_that_sent_nothing_gives_way_to_the_next_under_the_same_id(store: Store) -> None:
    runs = Runs(store)
    first = runs.begin(as_of=AT.date(), at=AT, settings_fingerprint="s", external_id="r")
    zombie = Outbox(store, first.no)
    zombie.add(intent("u0"))
    second = runs.begin(as_of=AT.date(), at=AT, settings_fingerprint="s", external_id="r")
    assert second.no > first.no
    zombie.add(intent("u1"))
    zombie.seal()
    with pytest.raises(RunEnded):
        runs.seal(first.no, Sealed(AT, {}, 0, AT, True), separator="-")
    outbox = Outbox(store, second.no)
    outbox.add(intent("u0"))
    outbox.seal()
    runs.seal(second.no, Sealed(AT, {}, 0, AT, True), separator="-")
    assert runs.of("r").no == second.no
    assert [b.external_ids for b in outbox.batches(outbox.whole(Step.UPSERT_UNITS), 500)] == [["u0"]]


def test_nobody_breaks_off_a_run_whose_service_is_alive(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs(store)
    run_no = sealed_run(store)
    runs.keep_alive(run_no)
    with pytest.raises(Busy):
        runs.break_off(AT)
    assert runs.of("r").status == "pushing"
    later = datetime.now(UTC) + timedelta(minutes=5)
    monkeypatch.setattr(Store, "clock", lambda _store: later)
    assert runs.break_off(AT) == 4


def test_a_sign_of_life_from_the_future_is_none(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's clock was an hour ahead and has been put right."""
    runs = Runs(store)
    with monkeypatch.context() as patched:
        ahead = datetime.now(UTC) + timedelta(hours=1)
        patched.setattr(Store, "clock", lambda _store: ahead)
        runs.keep_alive(sealed_run(store))
    assert runs.break_off(AT) == 4


def test_findings_written_again_stand_once(store: Store) -> None:
    runs, run_no = Runs(store), begin(store)
    found = [StoredFinding("c", "unit", str(n), None, None, None, None) for n in range(3)]
    kept = runs.keep_findings(run_no, found[:1])
    for _ in range(2):
        runs.keep_findings(run_no, found[1:], start=kept)
    assert [one.external_id for one in runs.findings(run_no)] == ["0", "1", "2"]
