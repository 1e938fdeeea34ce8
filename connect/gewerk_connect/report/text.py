"""A plan or a run as text for the screen."""

from collections.abc import Iterable, Iterator
from typing import Any

from gewerk_connect.ledger import RunRow, StoredFinding
from gewerk_connect.messages import FINDINGS, say
from gewerk_connect.report.outcome import COUNTED, Counts, Outcome

_EXAMPLES = 5
"""Findings shown of each kind."""


def outcome_text(outcome: Outcome, name: str, language: str, findings: Iterable[StoredFinding] = ()) -> Iterator[str]:
    """Line by line."""
    plan = outcome.status == "planned"
    yield say(language, "plan_title" if plan else "run_title", as_of=outcome.as_of.isoformat(), name=name)
    if not plan:
        yield say(language, "status", status=say(language, outcome.status))
    yield ""
    yield from counts_table(outcome.counts, language)
    if outcome.unread:
        yield ""
        yield say(language, "no_change")
    if outcome.changed == 0:
        yield ""
        yield say(language, "nothing_to_do")
    if outcome.let_units is not None:
        yield ""
        yield say(language, "occupancy", let=outcome.let_units, vacant=outcome.vacant_units)
    yield from skipped_lines(outcome.skipped, language)
    yield from finding_lines(outcome.finding_counts, findings, language)
    yield from _change_lines(outcome, language)
    yield from fuse_lines(outcome, language)
    yield ""
    yield _duration((outcome.finished_at - outcome.started_at).total_seconds(), language)


def counts_table(counts: Counts, language: str) -> Iterator[str]:
    names = list(next(iter(counts.values()), {}))
    heads = [say(language, name) for name in names]
    widths = [max(len(head), 7) for head in heads]
    yield " " * 12 + "".join(f"  {head:>{width}}" for head, width in zip(heads, widths, strict=True))
    for entity in COUNTED:
        of = counts.get(entity, {})
        cells = (f"  {of.get(name, 0):>{width}}" for name, width in zip(names, widths, strict=True))
        yield f"{say(language, entity):<12}" + "".join(cells)


def skipped_lines(skipped: dict[str, int], language: str) -> Iterator[str]:
    some = {reason: count for reason, count in skipped.items() if count}
    if some:
        yield ""
        yield say(language, "skipped")
        for reason, count in some.items():
            yield f"  {count:>7}  {say(language, reason)}"


def finding_lines(counts: dict[str, int], findings: Iterable[StoredFinding], language: str) -> Iterator[str]:
    total = sum(counts.values())
    if not total:
        return
    examples: dict[str, list[StoredFinding]] = {}
    for finding in findings:
        few = examples.setdefault(finding.code, [])
        if len(few) < _EXAMPLES:
            few.append(finding)
    yield ""
    yield say(language, "findings", total=total)
    for code, count in counts.items():
        if not count:
            continue
        text = FINDINGS.get(code)
        yield f"  {count:>7}  {text.title(language) if text else code} ({code})"
        if text:
            yield " " * 11 + say(language, "todo", todo=text.todo(language))
        shown = examples.get(code, [])
        for finding in shown:
            yield " " * 13 + finding_place(finding, language)
        if shown and count > len(shown):
            yield " " * 13 + say(language, "and_more", count=count - len(shown))


def finding_place(finding: StoredFinding, language: str) -> str:
    """File, row, column, record and detail, as far as known."""
    parts = [
        finding.file,
        say(language, "row", row=finding.row) if finding.row is not None else None,
        finding.column,
        f"{finding.entity} {finding.external_id}" if finding.entity and finding.external_id else finding.external_id,
        finding.detail,
    ]
    return ", ".join(part for part in parts if part)


def _change_lines(outcome: Outcome, language: str) -> Iterator[str]:
    if not outcome.changes:
        return
    yield ""
    yield say(language, "changes")
    for change in outcome.changes:
        why = change.reason or (say(language, "fields", fields=", ".join(change.fields)) if change.fields else "")
        yield f"  {say(language, change.action):<11}  {change.entity} {change.external_id}" + (
            f"  ({why})" if why else ""
        )
    left = outcome.changed - len(outcome.changes)
    if left > 0:
        yield "  " + say(language, "and_more", count=left)


def fuse_lines(outcome: Outcome, language: str) -> Iterator[str]:
    if not outcome.tripped:
        return
    yield ""
    for tripped in outcome.tripped:
        yield say(
            language,
            "fuse",
            count=tripped.archive,
            in_force=tripped.in_force,
            percent=f"{tripped.percent:.0f}",
            entity=say(language, tripped.entity),
        )
    yield say(language, "fuse_plan" if outcome.status == "planned" else "fuse_apply")


def report_text(
    run: RunRow,
    findings: Iterable[StoredFinding],
    refusals: Iterable[tuple[str, str, dict[str, Any]]],
    name: str,
    language: str,
) -> Iterator[str]:
    """The report of a run that is over, from the ledger."""
    started = run.started_at.astimezone().strftime("%Y-%m-%d %H:%M")
    yield say(language, "report_title", name=name, started=started, as_of=run.as_of.isoformat())
    yield say(language, "status", status=say(language, run.status))
    if run.message:
        yield run.message
    outcome = run.outcome
    if outcome is not None:
        yield ""
        yield from counts_table(outcome["counts"], language)
        if outcome["let_units"] is not None:
            yield ""
            yield say(language, "occupancy", let=outcome["let_units"], vacant=outcome["vacant_units"])
        yield from skipped_lines(outcome["skipped"], language)
        yield from finding_lines(outcome["findings"]["by_code"], findings, language)
    refused = list(refusals)
    if refused:
        yield ""
        yield say(language, "refusals")
        for entity, external_id, problem in refused:
            yield f"  {entity} {external_id}: {problem.get('code')} {problem.get('detail') or ''}".rstrip()
    if run.finished_at is not None:
        yield ""
        yield _duration((run.finished_at - run.started_at).total_seconds(), language)


def _duration(seconds: float, language: str) -> str:
    text = f"{seconds:.1f}"
    return say(language, "duration", seconds=text if language == "en" else text.replace(".", ","))
