"""What is worth telling, and when it is the same matter."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from gewerk_connect.service.connections import ConnectionRow, Tenant
from gewerk_connect.service.schedule import Schedule
from gewerk_connect.service.watch.facts import Facts, LastJob
from gewerk_connect.service.watch.matters import longest_pause, matters
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DEFAULT = {"days": ["tue", "thu", "sun"], "time": "02:00", "zone": "Europe/Berlin"}


def row(**values: Any) -> ConnectionRow:
    defaults: dict[str, Any] = {
        "id": "c-1",
        "tenant": Tenant("gewerk", "org-1"),
        "target_kind": "gewerk",
        "use_case": "master-data",
        "name": "Haus",
        "stage": "production",
        "document": {},
        "mapping": None,
        "target_mapping": None,
        "draft": {},
        "schedule": DEFAULT,
        "checklist": {"target_tried": {"at": (NOW - timedelta(days=10)).isoformat(), "by": "x"}},
        "paused_at": None,
        "paused_by": None,
        "paused_reason": None,
        "next_run_at": NOW + timedelta(days=1),
        "version": 1,
        "created_at": NOW - timedelta(days=100),
        "updated_at": NOW - timedelta(days=100),
        "sealed": None,
    }
    return ConnectionRow(**{**defaults, **values})


def job(status: str, code: str | None = None, *, days_ago: float = 0) -> LastJob:
    message = {"de": "Datei fehlt.", "en": "File missing."} if code else {}
    return LastJob("j-1", status, code, message, "run-1", NOW - timedelta(days=days_ago))


def facts(last: LastJob | None = None, *, good: str | None = "run-0", days_ago: float = 0) -> Facts:
    at = NOW - timedelta(days=days_ago)
    return Facts(last_run_id=good, last_status="succeeded", last_finished_at=at, last_success_id=good, job=last)


def kinds(one: ConnectionRow, known: Facts, **options: Any) -> list[str]:
    return [matter.kind for matter in found(one, known, **options)]


def found(
    one: ConnectionRow, known: Facts, *, now: datetime = NOW, secret_days: int = 180, report: bool = False
) -> Any:
    return list(matters(one, known, now, secret_days=secret_days, report_every_run=report))


def test_all_is_well() -> None:
    assert kinds(row(), facts(job("succeeded"))) == []
    assert kinds(row(), facts(job("cancelled"))) == []


def test_a_draft_is_nobodys_matter() -> None:
    assert kinds(row(stage="draft"), Facts(), now=NOW + timedelta(days=900)) == []


def test_a_failure_is_one_matter_until_a_good_run_or_another_reason() -> None:
    [first] = found(row(), facts(job("failed", "file_missing")))
    [again] = found(row(), facts(job("failed", "file_missing", days_ago=-2)))
    [other] = found(row(), facts(job("failed", "column_missing")))
    [later] = found(row(), facts(job("failed", "file_missing"), good="run-9"))
    assert kinds(row(), facts(job("interrupted", "unexpected"))) == ["failed"]
    assert first.kind == "failed"
    assert first.key == again.key
    assert len({first.key, other.key, later.key}) == 3
    assert first.data["de"] == "Datei fehlt."


def test_the_fuse_is_one_matter_until_it_was_confirmed() -> None:
    [first] = found(row(), facts(job("stopped_by_fuse")))
    [again] = found(row(), facts(job("stopped_by_fuse", days_ago=-2)))
    assert (first.kind, first.key) == ("fuse", again.key)


def test_a_rejected_secret_is_told_once_as_the_pause_it_led_to() -> None:
    paused = row(paused_at=NOW, paused_by="service", paused_reason="credentials_rejected")
    [only] = found(paused, facts(job("failed", "credentials_rejected")))
    assert (only.kind, only.data) == ("paused", {"reason": "credentials_rejected"})


def test_another_pause_is_another_matter() -> None:
    [one] = found(row(paused_at=NOW, paused_reason="by_hand"), facts(job("succeeded")))
    [two] = found(row(paused_at=NOW + timedelta(hours=1), paused_reason="by_hand"), facts(job("succeeded")))
    assert one.key != two.key


@pytest.mark.parametrize(("days", "told"), [(3.9, []), (4.1, ["silent"])])
def test_four_days_without_a_run(days: float, told: list[str]) -> None:
    assert kinds(row(), facts(job("succeeded", days_ago=days), days_ago=days)) == told


def test_a_paused_connection_is_not_silent_but_paused() -> None:
    paused = row(paused_at=NOW - timedelta(days=20), paused_reason="by_hand")
    assert kinds(paused, facts(job("succeeded", days_ago=20), days_ago=20)) == ["paused"]


def test_a_weekly_schedule_may_rest_for_a_week() -> None:
    weekly = row(schedule={**DEFAULT, "days": ["mon"]})
    assert kinds(weekly, facts(job("succeeded", days_ago=7.5), days_ago=7.5)) == []
    assert kinds(weekly, facts(job("succeeded", days_ago=8.5), days_ago=8.5)) == ["silent"]


def test_one_that_never_ran_counts_from_the_slot_it_missed() -> None:
    assert kinds(row(next_run_at=NOW + timedelta(days=2)), Facts()) == []
    assert kinds(row(next_run_at=NOW - timedelta(days=5)), Facts()) == ["silent"]


def test_an_old_secret() -> None:
    old = row(checklist={"target_tried": {"at": (NOW - timedelta(days=181)).isoformat(), "by": "x"}})
    [only] = found(old, facts(job("succeeded")))
    assert (only.kind, only.data) == ("secret_old", {"days": 181})
    assert kinds(old, facts(job("succeeded")), secret_days=0) == []
    adopted = row(checklist={}, created_at=NOW - timedelta(days=400))
    assert kinds(adopted, facts(job("succeeded"))) == ["secret_old"]


def test_a_report_after_each_good_run_for_those_who_want_it() -> None:
    assert kinds(row(), facts(job("succeeded"), good="run-3"), report=True) == ["report"]
    assert kinds(row(), facts(job("succeeded"), good="run-3", days_ago=2), report=True) == []


@given(days=st.sets(st.integers(0, 6), min_size=1))
def test_the_longest_pause_is_what_the_schedule_really_does(days: set[int]) -> None:
    schedule = Schedule(days=tuple(sorted(days)), zone="UTC")
    moments = [NOW]
    for _ in range(9):
        moments.append(schedule.next_after(moments[-1]))
    gaps = [b - a for a, b in pairwise(moments[1:])]
    assert longest_pause(schedule) == max(gaps)
