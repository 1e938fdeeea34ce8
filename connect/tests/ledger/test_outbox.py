from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from gewerk_connect.ledger import Intent, Outbox, Records, Runs, State, Step, Store, open_store
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
        batches = list(outbox.batches(step, 500))
        assert [len(b) for b in batches] == [500] * 9
        assert [i for b in batches for i in b.external_ids] == [f"{letter}{n:05d}" for n in range(4_500)]
    assert [b.external_ids for b in outbox.batches(Step.ARCHIVE_UNITS, 500)] == [["u-old"]]
    assert list(outbox.batches(Step.UPSERT_TENANTS, 500)) == []


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
    [batch] = outbox.batches(Step.UPSERT_UNITS, 500)
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
    assert settle(store, batch.first_seq >> 40) == len(statuses) - taken
    states = [(records.one("unit", name) or (None, None))[1] for name in names[taken:]]
    assert states == [State.UNSURE] * (len(statuses) - taken)


def test_a_run_that_was_killed_leaves_its_unanswered_intents_in_doubt(store: Store) -> None:
    runs, records = Runs(store), Records(store)
    outbox = Outbox(store, begin(store))
    for n in range(10):
        outbox.add(intent(f"u{n}"))
    outbox.seal()
    [first, second] = outbox.batches(Step.UPSERT_UNITS, 5)
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
        [batch] = outbox.batches(Step.UPSERT_UNITS, 500)
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
    [batch] = outbox.batches(Step.UPSERT_UNITS, 500)
    outbox.receive(batch, [answer("created")] * 2, AT)
    outbox = Outbox(store, begin(store))
    for name in ("a", "b"):
        outbox.add(intent(name, action="archive"))
    outbox.seal()
    [batch] = outbox.batches(Step.ARCHIVE_UNITS, 500)
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
            [batch] = outbox.batches(Step.UPSERT_UNITS, 500)
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
    [batch] = outbox.batches(Step.UPSERT_UNITS, 500)
    outbox.receive(batch, [answer("created")] * len(names), AT)
    assert [k.external_id for k in Records(store).confirmed("unit")] == sorted(names)
