from datetime import UTC, date, datetime

from gewerk_connect.ledger import RunRow, StoredFinding
from gewerk_connect.report import run_body

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)


def finding(code: str, number: int) -> StoredFinding:
    return StoredFinding(code, "tenant", str(number), "f.csv", number, None, None)


def test_thousands_of_one_kind_do_not_hide_the_others() -> None:
    run = RunRow(1, "r", "succeeded", date(2026, 11, 22), AT, AT, None, None, None, {"findings": {"total": 3001}}, None)
    many = [finding("tenant_without_email", n) for n in range(3000)]
    items = run_body(run, [*many, finding("invalid_date", 7)])["findings"]["items"]
    assert len(items) == 2000
    assert items[0]["code"] == "invalid_date"


def test_a_run_that_came_to_nothing_is_reported_too() -> None:
    run = RunRow(1, "r", "failed", date(2026, 11, 22), AT, None, None, None, None, None, "Datei fehlt")
    body = run_body(run, [])
    assert (body["status"], body["message"], body["counts"]) == ("failed", "Datei fehlt", {})
    assert body["finished_at"] == body["started_at"]
