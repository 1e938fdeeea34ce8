"""The whole river: read -> translate -> rules -> map -> diff -> plan -> fuse -> push -> receipts -> report.

``judge`` is the upper half (``stock/``), ``survey`` the middle, ``push`` the end; this page only lets the data flow and
keeps the order in which things must be on disk. ``plan`` changes nothing; ``apply`` may be killed anywhere. The service
carries out the same ``begin``, ``prepare`` and ``finish``, and between them lets several workers push.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson

from gewerk_connect.canonical import Entity, FindingCode
from gewerk_connect.canonical.refusals import Refusal, SettingsError
from gewerk_connect.diff import Mark, changed_fields
from gewerk_connect.handover import hand_over
from gewerk_connect.ledger import Busy, Intent, Outbox, Records, RunRow, Runs, Sealed, Step, Store, run_lock
from gewerk_connect.ledger.outbox import GROUP, tidy
from gewerk_connect.ledger.runs import StoredFinding
from gewerk_connect.messages import say
from gewerk_connect.push import Target, authorize, push
from gewerk_connect.report import Change, Outcome
from gewerk_connect.report.findings import gather, refusal_findings
from gewerk_connect.report.outcome import DONE, PLANNED, calm_counts, done_counts, planned_counts, with_receipts
from gewerk_connect.report.text import fuse_lines
from gewerk_connect.river import (
    LARGE_RUN,
    Doing,
    River,
    alone,
    check_separator,
    note_target_clock,
    open_ledger,
    target_view,
)
from gewerk_connect.survey import Survey, survey_of

__all__ = ["River", "apply", "begin", "findings_of", "finish", "give_up", "plan", "prepare"]


def plan(river: River) -> Outcome:
    """What a run would do. Changes nothing, neither here nor there. Raises ``Refusal``."""
    started_at = river.now()
    with open_ledger(river, make=False) as store:
        _settle_killed_runs(store, river)
        check_separator(store, river.connection)
        changes: list[Change] = []
        seen_of: dict[str, int] = {}

        def name_some(intent: Intent | Mark) -> None:
            if isinstance(intent, Intent) and intent.action != "adopt" and intent.entity != GROUP:
                seen_of[intent.action] = seen_of.get(intent.action, 0) + 1
                if seen_of[intent.action] <= river.examples:
                    changes.append(_named(Records(store), intent))

        if river.target is not None and river.read_target:
            authorize(river.target)
        with target_view(river, store) as view:
            survey = survey_of(river, store, view, name_some)
        if survey.stock is None:
            outcome = _as_last(river, survey, started_at, PLANNED)
        else:
            found, skipped, codes = _findings(survey)
            outcome = Outcome(
                as_of=river.as_of,
                started_at=started_at,
                finished_at=river.now(),
                status="planned",
                counts=planned_counts(survey.results),
                skipped=skipped,
                let_units=survey.stock.let_units,
                vacant_units=survey.stock.vacant_units,
                finding_counts=codes,
                tripped=survey.tripped,
                changes=changes,
                findings=list(found) if river.examples else [],
            )
        return outcome


def apply(river: River) -> Outcome:
    """Brings the target to where the source is. Raises ``Refusal``; whatever ends it, the next run completes."""
    if river.target is None:
        raise SettingsError("no_target", say("de", "no_target"), say("en", "no_target"))
    with open_ledger(river, make=True) as store, alone(store):
        run = begin(river, store)
        outcome: Outcome | None = None
        try:
            authorize(river.target)
            outcome = prepare(river, store, run)
            if outcome is None:
                _push(river, Outbox.sealed(store, run.no), river.target, run)
                outcome = finish(river, store, run)
        except BaseException as error:
            give_up(river, store, run, error)
            raise
        finally:
            posted = hand_over(river, Runs(store), river.target, quietly=outcome is None)
            if outcome is not None:
                outcome.posted = posted
        return outcome


def begin(river: River, store: Store, external_id: str | None = None) -> RunRow:
    """A run of its own, under the lock; what a killed one left is settled first. Raises ``Refusal``, or ``Busy``.

    ``external_id``: of a service's run, so that a second attempt at it replaces the first.
    """
    runs = Runs(store)
    runs.break_off(river.now(), but=external_id)
    check_separator(store, river.connection)
    return runs.begin(
        as_of=river.as_of,
        at=river.now(),
        settings_fingerprint=river.fingerprint(),
        external_id=external_id,
    )


def prepare(river: River, store: Store, run: RunRow) -> Outcome | None:
    """From reading to every intent on disk. The outcome where the run ends here: nothing moved, or the fuse.

    Killed in between, it is begun anew: nothing has been sent. Raises ``Refusal``.
    """
    runs = Runs(store)
    clock_before = river.target.server_time if river.target else None
    outbox = Outbox(store, run.no)
    marks: list[Mark] = []

    def take(decision: Intent | Mark) -> None:
        if isinstance(decision, Mark):
            marks.append(decision)
        else:
            outbox.add(decision)

    with target_view(river, store) as view:
        survey = survey_of(river, store, view, take)
        whole = view is not None and view.whole
    if survey.stock is None:
        outcome = _as_last(river, survey, run.started_at, DONE)
        if survey.last is not None:
            runs.copy_findings(survey.last.no, run.no, in_place=not survey.sorted_anew)
            runs.note(run.no, valid_until=survey.last.valid_until)
        note_target_clock(river, store, clock_before, large=False, whole=whole)
        return _close(river, store, run, outcome, source_fingerprint=survey.fingerprint)
    found, skipped, codes = _findings(survey)
    kept = runs.keep_findings(run.no, found)
    outcome = Outcome(
        as_of=river.as_of,
        started_at=run.started_at,
        finished_at=river.now(),
        status="succeeded",
        counts=done_counts(survey.results),
        skipped=skipped,
        let_units=survey.stock.let_units,
        vacant_units=survey.stock.vacant_units,
        finding_counts=codes,
        tripped=survey.tripped,
    )
    if survey.tripped:
        outbox.drop()
        outcome.status = "stopped_by_fuse"
        return _close(
            river,
            store,
            run,
            outcome,
            valid_until=survey.stock.valid_until,
            source_fingerprint=survey.fingerprint,
        )
    outbox.seal()
    _mark(Records(store), marks)
    runs.seal(
        run.no,
        Sealed(river.now(), outcome.as_json(), kept, clock_before, whole),
        separator=river.connection.settings.separator,
        valid_until=survey.stock.valid_until,
        source_fingerprint=survey.fingerprint,
    )
    return None


def finish(river: River, store: Store, run: RunRow) -> Outcome:
    """Adds the receipts up and closes the run. Killed in between, it is done again. Raises ``RunEnded``."""
    runs = Runs(store)
    sealed = runs.sealed(run.no)
    if sealed is None:
        raise LookupError(f"run {run.no} was not sealed")
    outbox = Outbox.sealed(store, run.no)
    outcome = Outcome.drafted(sealed.draft, started_at=run.started_at, finished_at=river.now())
    outcome.counts = with_receipts(outcome.counts, outbox.tally())
    runs.keep_findings(run.no, refusal_findings(outbox), start=sealed.findings)
    refused = sum(of["refused"] for of in outcome.counts.values())
    if refused:
        outcome.finding_counts[FindingCode.REFUSED.value] = refused
    sent = outbox.to_send
    # a request of a run that was broken off may still arrive: then what has changed must be read back
    large = sent > LARGE_RUN and not runs.follows_interrupted(run.no)
    note_target_clock(river, store, sealed.target_clock, large=large, whole=sealed.target_whole)
    if sent:
        tidy(store, run.no)
    return _close(river, store, run, outcome)


def give_up(river: River, store: Store, run: RunRow, error: BaseException) -> None:
    """Closes a run that cannot go on; what was sent and not answered is in doubt until the next run."""
    message = error.message(river.language) if isinstance(error, Refusal) else type(error).__name__
    Runs(store).fail(run.no, at=river.now(), message=message, refused=isinstance(error, Refusal))


def _close(river: River, store: Store, run: RunRow, outcome: Outcome, **values: Any) -> Outcome:
    runs = Runs(store)
    outcome.finished_at = river.now()
    outcome.run_id = run.external_id
    runs.close(
        run.no,
        status=outcome.status,
        finished_at=outcome.finished_at,
        outcome=_kept(outcome),
        message=_fuse_message(outcome, river.language),
        **values,
    )
    runs.drop_old_findings()
    return outcome


def _push(river: River, outbox: Outbox, target: Target, run: RunRow) -> None:
    done: dict[Step, int] = {}

    def answered(step: Step, count: int) -> None:
        done[step] = done.get(step, 0) + count
        doing = Doing(river.language, "archive" if step.archives else "sending", step.entity)
        river.progress(doing, done[step], outbox.planned[step])

    push(outbox, target, run.external_id, patience=river.patience, now=river.now, on_answered=answered)


def findings_of(river: River, outcome: Outcome) -> list[StoredFinding]:
    """The findings that a run kept, to be shown; a plan keeps none."""
    if outcome.run_id is None:
        return outcome.findings
    with open_ledger(river, make=False) as store:
        last = Runs(store).last()
        return list(Runs(store).findings(last.no)) if last else []


def _settle_killed_runs(store: Store, river: River) -> None:
    """A plan must know what a killed run left in doubt; while a run is under way its intents are not in doubt."""
    try:
        with run_lock(store):
            Runs(store).break_off(river.now())
    except Busy:
        return


def _mark(records: Records, marks: Sequence[Mark]) -> None:
    records.mark([(m.state, m.entity, m.external_id) for m in marks if m.state is not None])
    records.forget([(m.entity, m.external_id) for m in marks if m.state is None])


def _findings(survey: Survey) -> tuple[Iterator[StoredFinding], dict[str, int], dict[str, int]]:
    """Findings to keep, what was skipped, findings by code; a tenant kept by rule 6 counts as that, not as left out."""
    assert survey.stock is not None
    lost = survey.results[Entity.TENANT].email_lost if Entity.TENANT in survey.results else []
    return gather(survey.stock, lost)


def _named(records: Records, intent: Intent) -> Change:
    fields: tuple[str, ...] = ()
    if intent.action == "update":
        old = records.payload(intent.previous)
        fields = tuple(changed_fields(old, orjson.loads(intent.payload))) if old is not None else ()
    return Change(intent.action, intent.entity, intent.external_id, intent.reason, fields)


def _as_last(river: River, survey: Survey, started_at: datetime, names: tuple[str, ...]) -> Outcome:
    """The outcome when nothing moved since the last run."""
    assert survey.last is not None
    was = survey.last.outcome or {}
    return Outcome(
        as_of=river.as_of,
        started_at=started_at,
        finished_at=river.now(),
        status="planned" if names is PLANNED else "succeeded",
        counts=calm_counts(was["counts"], names),
        skipped=was["skipped"],
        let_units=was["let_units"],
        vacant_units=was["vacant_units"],
        finding_counts=was["findings"]["by_code"],
        unread=True,
    )


def _kept(outcome: Outcome) -> dict[str, Any]:
    """What the ledger keeps of a run: what ``apply`` prints, and of one that the fuse stopped what would have gone."""
    tripped = [asdict(one) for one in outcome.tripped]
    return {**outcome.as_json(), **({"tripped": tripped} if tripped else {})}


def _fuse_message(outcome: Outcome, language: str) -> str | None:
    if not outcome.tripped:
        return None
    return " ".join(line for line in fuse_lines(outcome, language) if line)
