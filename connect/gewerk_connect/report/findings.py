"""Which findings of a run are kept: the counts whole, of the findings themselves a bounded number of each kind."""

from collections.abc import Iterator, Sequence

import orjson

from gewerk_connect.canonical import Entity, Finding, FindingCode
from gewerk_connect.ledger import Outbox, StoredFinding
from gewerk_connect.stock import Stock

KEPT_OF_A_KIND = 2_000


def gather(stock: Stock, email_lost: Sequence[str]) -> tuple[Iterator[StoredFinding], dict[str, int], dict[str, int]]:
    """(findings to keep, skipped, counts by code). A tenant kept by rule 6 is ``email_lost``, not left out."""
    counts = {str(code): count for code, count in stock.finding_counts.items() if count}
    skipped = dict(stock.skipped)
    if email_lost:
        missing = str(FindingCode.TENANT_WITHOUT_EMAIL)
        skipped[missing] = max(0, skipped.get(missing, 0) - len(email_lost))
        if missing in counts:
            counts[missing] = max(0, counts[missing] - len(email_lost))
        counts = {code: count for code, count in counts.items() if count}
        counts[FindingCode.EMAIL_LOST.value] = len(email_lost)
    return _kept(stock.findings, set(email_lost)), skipped, counts


def _kept(findings: Iterator[Finding], email_lost: set[str]) -> Iterator[StoredFinding]:
    kept: dict[str, int] = {}
    for finding in findings:
        code = str(finding.code)
        if (
            code == FindingCode.TENANT_WITHOUT_EMAIL
            and finding.entity == Entity.TENANT
            and finding.external_id in email_lost
        ):
            code = str(FindingCode.EMAIL_LOST)
        if kept.get(code, 0) >= KEPT_OF_A_KIND:
            continue
        kept[code] = kept.get(code, 0) + 1
        origin = finding.origin
        yield StoredFinding(
            code,
            finding.entity,
            finding.external_id,
            origin.file if origin else None,
            origin.row if origin else None,
            finding.column,
            finding.detail,
        )


def refusal_findings(outbox: Outbox) -> Iterator[StoredFinding]:
    """The target's refusals as findings: its codes and pointers, not its sentences, which may quote a value."""
    for entity, external_id, problem in outbox.refusals(KEPT_OF_A_KIND):
        yield StoredFinding(
            str(FindingCode.REFUSED), entity, external_id, None, None, None, _reason(orjson.loads(problem))
        )


def _reason(problem: dict[str, object]) -> str:
    errors = problem.get("errors")
    parts = [
        f"{str(error.get('pointer', '')).rpartition('/')[2]}: {error.get('code')}"
        for error in (errors if isinstance(errors, list) else [])
        if isinstance(error, dict)
    ]
    code = str(problem.get("code"))
    return f"{code} ({', '.join(parts)})" if parts else code
