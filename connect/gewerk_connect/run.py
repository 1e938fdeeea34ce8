"""The whole river: read -> translate -> rules -> map -> diff -> plan -> fuse -> push -> receipts -> report.

``judge`` is the upper half (``stock/``), ``compare`` the middle, ``push`` the end; this page only lets the data flow
and keeps the order in which things must be on disk. ``plan`` changes nothing; ``apply`` may be killed anywhere.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

import orjson
from gewerk_client import ApiError

from gewerk_connect.canonical import PUSH_ORDER, Entity, FindingCode, Judged, Origin, Verdict
from gewerk_connect.canonical.refusals import Refusal, SettingsError
from gewerk_connect.diff import Comparison, Mark, TargetView, Tripped, changed_fields, check_fuse, compare
from gewerk_connect.diff.fields import held_differs
from gewerk_connect.ledger import Busy, Intent, Outbox, Records, RunRow, Runs, Step, Store, open_store, run_lock
from gewerk_connect.ledger.outbox import GROUP, tidy
from gewerk_connect.ledger.runs import StoredFinding
from gewerk_connect.messages import say
from gewerk_connect.push import Patience, Target, TargetError, authorize, push, read_target
from gewerk_connect.report import Change, Outcome, run_body
from gewerk_connect.report.findings import gather, refusal_findings
from gewerk_connect.report.outcome import DONE, PLANNED, calm_counts, done_counts, planned_counts
from gewerk_connect.settings import Connection
from gewerk_connect.stock import Group, Stock

WHOLE_TARGET_AFTER = timedelta(days=7)
"""Between two looks at everything the target holds; in between it is asked only for what changed."""
LARGE_RUN = 5_000
"""A run that sent more takes the target's clock at its end as known: reading all of it back would cost more than it finds."""
_A_SECOND = timedelta(seconds=1)
"""The target's clock is told in whole seconds."""


class Upper(Protocol):
    """The upper river for one source: ``gewerk_connect.stock`` bound to it."""

    def fingerprint(self) -> str: ...

    def judge(self, as_of: date, progress: Callable[[str, int, int], None] | None) -> Stock: ...


Progress = Callable[[str, int, int | None], None]
"""Told (what is under way, how much is done, of how much if known)."""


def silent(_what: str, _done: int, _total: int | None) -> None:
    """Nobody looks on."""


@dataclass(slots=True)
class River:
    """What a plan or a run needs. ``target`` None: the ledger alone is asked (``--offline``), and ``apply`` refuses."""

    connection: Connection
    upper: Upper
    target: Target | None
    as_of: date
    now: Callable[[], datetime]
    """The clock, with zone."""
    read_target: bool = True
    """False: what the target holds is taken from the ledger."""
    whole: bool = False
    """True: compare with everything the target holds, whatever was known before."""
    confirm_fuse: bool = False
    examples: int = 20
    """Changes named in a plan."""
    language: str = "de"
    progress: Progress = silent
    patience: Patience = field(default_factory=Patience)

    @property
    def base_url(self) -> str:
        return self.connection.target.base_url.rstrip("/") if self.connection.target else ""

    @property
    def client_id(self) -> str | None:
        return self.connection.target.credentials()[0] if self.connection.target else None


@dataclass(slots=True)
class Survey:
    """What reading and comparing came to, before anything is done."""

    results: dict[str, Comparison]
    stock: Stock | None
    """None: nothing was read, source and settings are as in ``last``."""
    last: RunRow | None
    fingerprint: str | None
    """Of the source as it was read; None when it changed meanwhile, so that the next run reads it again."""
    tripped: list[Tripped] = field(default_factory=list)


def plan(river: River) -> Outcome:
    """What a run would do. Changes nothing, neither here nor there. Raises ``Refusal``."""
    started_at = river.now()
    with _store(river, make=False) as store:
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
        with _target_view(river, store) as view:
            survey = _survey(river, store, view, name_some)
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
    with _store(river, make=True) as store, _alone(store):
        runs = Runs(store)
        runs.break_off(river.now())
        check_separator(store, river.connection)
        run = runs.begin(
            as_of=river.as_of,
            at=river.now(),
            settings_fingerprint=river.connection.settings.fingerprint(),
        )
        outcome: Outcome | None = None
        try:
            authorize(river.target)
            outcome = _apply(river, store, runs, run, river.target)
        except BaseException as error:
            message = error.message(river.language) if isinstance(error, Refusal) else type(error).__name__
            runs.fail(run.no, at=river.now(), message=message, refused=isinstance(error, Refusal))
            raise
        finally:
            posted = _hand_over(river, runs, river.target, quietly=outcome is None)
            if outcome is not None:
                outcome.posted = posted
        return outcome


def _apply(river: River, store: Store, runs: Runs, run: RunRow, target: Target) -> Outcome:
    """One run under the lock. The order matters: intents on disk, then the separator, then the first request."""
    clock_before = target.server_time
    outbox = Outbox(store, run.no)
    marks: list[Mark] = []

    def take(decision: Intent | Mark) -> None:
        if isinstance(decision, Mark):
            marks.append(decision)
        else:
            outbox.add(decision)

    with _target_view(river, store) as view:
        survey = _survey(river, store, view, take)
        whole = view is not None and view.whole
    if survey.stock is None:
        outcome = _as_last(river, survey, run.started_at, DONE)
        if survey.last is not None:
            runs.copy_findings(survey.last.no, run.no)
            runs.note(run.no, valid_until=survey.last.valid_until)
    else:
        found, skipped, codes = _findings(survey)
        stored = runs.keep_findings(run.no, found)
        outcome = Outcome(
            as_of=river.as_of,
            started_at=run.started_at,
            finished_at=river.now(),
            status="succeeded",
            counts=done_counts(survey.results, {}),
            skipped=skipped,
            let_units=survey.stock.let_units,
            vacant_units=survey.stock.vacant_units,
            finding_counts=codes,
            tripped=survey.tripped,
        )
        runs.note(run.no, valid_until=survey.stock.valid_until)
        # what was read is on disk as intents; a push of minutes needs none of it
        survey.stock = None
        if survey.tripped:
            outbox.drop()
            outcome.status = "stopped_by_fuse"
        else:
            outbox.seal()
            runs.note(run.no, status="pushing")
            store.note(separator=river.connection.settings.separator)
            _mark(Records(store), marks)
            _push(river, outbox, target, run)
            outcome.counts = done_counts(survey.results, outbox.tally())
            stored = runs.keep_findings(run.no, refusal_findings(outbox), start=stored)
            refused = sum(of["refused"] for of in outcome.counts.values())
            if refused:
                outcome.finding_counts[FindingCode.REFUSED.value] = refused
    outcome.finished_at = river.now()
    outcome.run_id = run.external_id
    if outcome.status == "succeeded":
        sent = sum(count for step, count in outbox.planned.items() if step is not Step.ADOPT)
        known_to = _later(target.server_time, _A_SECOND) if sent > LARGE_RUN else _later(clock_before, -_A_SECOND)
        _note_target_clock(river, store, known_to, whole)
        if sent:
            tidy(store, run.no)
    runs.note(
        run.no,
        status=outcome.status,
        finished_at=outcome.finished_at,
        source_fingerprint=survey.fingerprint,
        outcome=outcome.as_json(),
        message=_fuse_message(outcome, river.language),
    )
    return outcome


def _survey(river: River, store: Store, view: TargetView | None, take: Callable[[Intent | Mark], None]) -> Survey:
    """Reads and compares, or finds that neither is needed. Every intent goes to ``take`` as it is found."""
    last = Runs(store).last_finished()
    fingerprint = river.upper.fingerprint()
    if _is_as_last(river, store, view, last, fingerprint):
        return Survey({}, None, last, fingerprint)
    reading = say(river.language, "reading_source")
    river.progress(reading, 0, None)
    stock = river.upper.judge(river.as_of, lambda what, done, total: river.progress(f"{reading}: {what}", done, total))
    results: dict[str, Comparison] = {}
    records = Records(store)
    for entity in _entities(river, records):
        results[entity] = result = Comparison()
        title = f"{say(river.language, 'comparing')}: {say(river.language, entity)}"
        for decision in compare(
            entity,
            _stream(stock, entity, title, river.progress),
            records.confirmed(entity),
            view.stream(entity) if view else iter(()),
            whole=view is not None and view.whole,
            complete=entity == GROUP or stock.complete[Entity(entity)],
            result=result,
        ):
            take(decision)
    settings = river.connection.settings
    tripped = (
        [] if river.confirm_fuse else check_fuse(results, percent=settings.fuse_percent, minimum=settings.fuse_minimum)
    )
    return Survey(results, stock, last, fingerprint if river.upper.fingerprint() == fingerprint else None, tripped)


def _is_as_last(river: River, store: Store, view: TargetView | None, last: RunRow | None, fingerprint: str) -> bool:
    """Whether the last run read the same files with the same settings, reached the target, and nobody moved since."""
    if last is None or last.status != "succeeded" or last.outcome is None:
        return False
    if not last.as_of <= river.as_of or (last.valid_until is not None and river.as_of >= last.valid_until):
        return False
    if last.settings_fingerprint != river.connection.settings.fingerprint():
        return False
    records = Records(store)
    if records.unsettled() or (view is not None and (view.whole or view.count > LARGE_RUN)):
        return False
    if last.source_fingerprint != fingerprint:
        return False
    return view is None or not any(_moved(records, entity, view) for entity in _entities(river, records))


def _moved(records: Records, entity: str, view: TargetView) -> bool:
    """Whether somebody changed a record in the target that we keep there."""
    for seen in view.stream(entity):
        known = records.one(entity, seen.external_id)
        if known is None or known.hash is None:
            continue
        payload = records.payload_bytes(known.intent)
        drift = held_differs(payload, seen.record) if payload is not None else None
        if seen.archived or (drift is not None and drift != known.accepted):
            return True
    return False


def _entities(river: River, records: Records) -> Sequence[str]:
    """The entities in the order of the push; property groups only where they are or were sent."""
    groups = river.connection.settings.economic_entities_as_groups or GROUP in records.in_force()
    return (*((GROUP,) if groups else ()), *PUSH_ORDER)


def _stream(stock: Stock, entity: str, title: str, progress: Progress) -> Iterator[Judged]:
    judged = _groups(stock.groups) if entity == GROUP else stock.stream(Entity(entity))
    for count, one in enumerate(judged, 1):
        yield one
        if count % 1_000 == 0:
            progress(title, count, None)


def _groups(groups: Sequence[Group]) -> Iterator[Judged]:
    """Property groups as records like any other."""
    for group in sorted(groups, key=lambda g: g.external_id):
        yield Judged(
            Entity.PROPERTY,
            (group.external_id,),
            group.external_id,
            Verdict.SEND,
            None,
            {"name": group.name},
            Origin(""),
        )


# the target


@contextmanager
def _target_view(river: River, store: Store) -> Iterator[TargetView | None]:
    """What the target holds, or what changed there; None with ``--offline``."""
    if river.target is None or not river.read_target:
        yield None
        return
    facts = store.facts()
    seen_at, compared_at = facts["target_seen_at"], facts["target_compared_at"]
    whole = (
        river.whole
        or seen_at is None
        or compared_at is None
        or facts["client_id"] != river.client_id
        or river.now() - compared_at > WHOLE_TARGET_AFTER
    )
    river.progress(say(river.language, "reading_target"), 0, None)
    entities = _entities(river, Records(store))
    view = read_target(river.target, entities, None if whole else seen_at, river.patience)
    try:
        yield view
    finally:
        view.close()


def _later(moment: datetime | None, by: timedelta) -> datetime | None:
    return moment + by if moment else None


def _note_target_clock(river: River, store: Store, clock: datetime | None, whole: bool) -> None:
    if not river.read_target:
        return
    if whole:
        store.note(target_seen_at=clock, target_compared_at=river.now(), client_id=river.client_id)
    else:
        store.note(target_seen_at=clock)


def _push(river: River, outbox: Outbox, target: Target, run: RunRow) -> None:
    done: dict[Step, int] = {}

    def answered(step: Step, count: int) -> None:
        done[step] = done.get(step, 0) + count
        title = f"{say(river.language, step.entity)}: {say(river.language, 'archive' if step.archives else 'sending')}"
        river.progress(title, done[step], outbox.planned[step])

    push(outbox, target, run.external_id, patience=river.patience, now=river.now, on_answered=answered)


def _hand_over(river: River, runs: Runs, target: Target, *, quietly: bool) -> bool:
    """Tells the platform what this run, and any it has not heard of, did. A failure here fails no run."""
    try:
        waiting = runs.unposted()
        if not waiting or (quietly and target.server_time is None):
            return False
        integration = target.put_integration(
            {
                "external_id": river.connection.id,
                "kind": river.connection.source.kind,
                "name": river.connection.name,
                "erp_name": erp_name(river.connection),
                "connector_url": None,
            }
        )
        for run in waiting:
            target.post_run(integration, run_body(run, runs.findings(run.no)))
            runs.note(run.no, posted_at=river.now())
    except (ApiError, TargetError, KeyError):
        return False
    return True


# small parts


def findings_of(river: River, outcome: Outcome) -> list[StoredFinding]:
    """The findings that a run kept, to be shown; a plan keeps none."""
    if outcome.run_id is None:
        return outcome.findings
    with _store(river, make=False) as store:
        last = Runs(store).last()
        return list(Runs(store).findings(last.no)) if last else []


def check_separator(store: Store, connection: Connection) -> None:
    """Rule 7: the separator is fixed by the first productive run. Raises ``SettingsError`` with the way to migrate."""
    fixed = store.facts()["separator"]
    wanted = connection.settings.separator
    if fixed is None or fixed == wanted:
        return
    count = sum(Records(store).in_force().values())
    raise SettingsError(
        "separator_fixed",
        f"Der Separator steht seit dem ersten produktiven Lauf fest: „{fixed}“. Mit „{wanted}“ bekämen {count} Datensätze"
        f' neue IDs und stünden doppelt in Gewerk. Tragen Sie wieder separator = "{fixed}" ein. Umstellen geht so: eine'
        f" zweite Verbindung anlegen (eigene Datei mit eigener id, Zugangsdaten eines leeren Kontos, separator ="
        f' "{wanted}"), mit plan ansehen, mit apply füllen, abnehmen, dann auf dieses Konto umschalten und die alte'
        " Verbindung stilllegen.",
        f'The separator has been fixed since the first productive run: "{fixed}". With "{wanted}" {count} records would'
        f' get new ids and stand in Gewerk twice. Put back separator = "{fixed}". To migrate: make a second connection'
        f' (a file of its own with its own id, the key of an empty account, separator = "{wanted}"), look at it with'
        " plan, fill it with apply, sign it off, then switch to that account and retire the old connection.",
    )


def erp_name(connection: Connection) -> str:
    from gewerk_connect.sources import manifest

    return manifest(connection.source.kind).erp_name


@contextmanager
def _store(river: River, *, make: bool) -> Iterator[Store]:
    with open_store(river.connection.state_url(), river.connection.id, river.base_url, make=make) as store:
        yield store


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    try:
        with run_lock(store):
            yield
    except Busy as error:
        raise SettingsError("busy", say("de", "busy"), say("en", "busy")) from error


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


def _fuse_message(outcome: Outcome, language: str) -> str | None:
    if not outcome.tripped:
        return None
    from gewerk_connect.report.text import fuse_lines

    return " ".join(line for line in fuse_lines(outcome, language) if line)
