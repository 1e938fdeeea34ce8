"""The body of ``POST /integrations/{id}/runs``: counts and findings, never personal data."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from gewerk_client import RunInput

from gewerk_connect.ledger import RunRow, StoredFinding

MOST_ITEMS = 2000
"""The API takes no more findings of one run; the counts stay whole."""


def run_body(run: RunRow, findings: Iterable[StoredFinding]) -> RunInput:
    outcome: dict[str, Any] = run.outcome or {}
    found = outcome.get("findings", {"total": 0, "by_code": {}})
    finished_at = run.finished_at or run.started_at
    return {
        "external_id": run.external_id,
        "status": run.status,  # type: ignore[typeddict-item]  # a finished run has one of the four
        "as_of": run.as_of.isoformat(),
        "started_at": run.started_at.isoformat(),
        "finished_at": finished_at.isoformat(),
        "let_units": outcome.get("let_units"),
        "vacant_units": outcome.get("vacant_units"),
        "counts": outcome.get("counts", {}),
        "skipped": outcome.get("skipped", {}),
        "findings": {**found, "items": [_item(finding) for finding in _rare_first(findings)]},
        "message": run.message,
    }


def _rare_first(findings: Iterable[StoredFinding]) -> list[StoredFinding]:
    """As many as the API takes; the kinds with few findings first, so that thousands of one kind do not hide them."""
    found = list(findings)
    count = Counter(finding.code for finding in found)
    return sorted(found, key=lambda finding: count[finding.code])[:MOST_ITEMS]


def _item(finding: StoredFinding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "entity": finding.entity,
        "external_id": finding.external_id,
        "file": finding.file,
        "row": finding.row,
        "column": finding.column,
        "detail": finding.detail,
    }
