"""Reading, judging and comparing: what would have to be done, before anything is. Or that nothing has moved at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gewerk_connect.canonical import Entity, FindingCode, Judged, Origin, Verdict
from gewerk_connect.diff import Comparison, Mark, TargetView, Tripped, check_fuse, compare
from gewerk_connect.diff.decide import record_bytes
from gewerk_connect.diff.fields import held_differs
from gewerk_connect.diff.hidden import Hidden, key_of, missing_objects
from gewerk_connect.ledger import Intent, Records, RunRow, Runs, Store
from gewerk_connect.ledger.outbox import GROUP
from gewerk_connect.river import LARGE_RUN, Doing, River, entities_of
from gewerk_connect.stock import Group, Stock


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
    sorted_anew: bool = False
    """The rows are those of ``last``, and stand in another order."""


def survey_of(river: River, store: Store, view: TargetView | None, take: Callable[[Intent | Mark], None]) -> Survey:
    """Reads and compares, or finds that neither is needed. Every intent goes to ``take`` as it is found."""
    language = river.language
    river.upper.fetch(
        river.now(), lambda part, done, total: river.progress(Doing(language, "fetching_source", part), done, total)
    )
    last = Runs(store).last_finished()
    files, rows = river.upper.fingerprint(), None
    if last is not None and _is_as_last(river, store, view, last):
        if last.read_the_same(files):
            return Survey({}, None, last, last.source_fingerprint)
        rows = river.upper.row_fingerprint()
        if last.read_the_same(rows):
            return Survey({}, None, last, f"{files} {rows}", sorted_anew=True)
    river.progress(Doing(language, "reading_source"), 0, None)
    stock = river.upper.judge(
        river.as_of, lambda table, done, total: river.progress(Doing(language, "reading_source", table), done, total)
    )
    results: dict[str, Comparison] = {}
    records = Records(store)
    hidden = _hidden(river, records, stock)
    for entity in entities_of(river, records):
        results[entity] = result = Comparison()
        title = Doing(language, "comparing", entity)
        for decision in compare(
            entity,
            _stream(river, stock, entity, title),
            records.confirmed(entity),
            view.stream(entity) if view else iter(()),
            whole=view is not None and view.whole,
            complete=entity == GROUP or stock.complete[Entity(entity)],
            result=result,
            keeps=hidden.keeps,
        ):
            take(decision)
    settings = river.connection.settings
    tripped = (
        [] if river.confirm_fuse else check_fuse(results, percent=settings.fuse_percent, minimum=settings.fuse_minimum)
    )
    rows = rows or river.upper.row_fingerprint()
    fingerprint = f"{files} {rows}" if rows else files
    return Survey(results, stock, last, fingerprint if river.upper.fingerprint() == files else None, tripped)


def _hidden(river: River, records: Records, stock: Stock) -> Hidden:
    """The objects in force that the source does not list and that nobody says are gone: a setting, or the ERP itself."""
    if not river.upper.hides:
        return Hidden((), records.payload)
    missing = missing_objects(
        (one.external_id for one in stock.stream(Entity.PROPERTY)), records.confirmed(Entity.PROPERTY)
    )
    asked = [one for one in missing if one.external_id not in river.connection.settings.objects_gone]
    doubted = river.upper.in_doubt([key_of(one) for one in asked])
    hidden = Hidden((one for one, doubt in zip(asked, doubted, strict=True) if doubt), records.payload)
    stock.note_hidden(hidden.objects)
    return hidden


def _is_as_last(river: River, store: Store, view: TargetView | None, last: RunRow) -> bool:
    """Whether the last run had the same settings and reached the target, and nobody moved since: all but the source."""
    if last.status != "succeeded" or last.outcome is None:
        return False
    if not last.as_of <= river.as_of or (last.valid_until is not None and river.as_of >= last.valid_until):
        return False
    if last.settings_fingerprint != river.fingerprint() or _left_in_doubt(last.outcome):
        return False
    records = Records(store)
    if records.unsettled() or (view is not None and (view.whole or view.count > LARGE_RUN)):
        return False
    return view is None or not any(_moved(records, entity, view) for entity in entities_of(river, records))


def _left_in_doubt(outcome: Mapping[str, Any]) -> bool:
    """Whether objects were kept that the source does not list: the ERP may know by now whether they are gone."""
    return bool(outcome["findings"]["by_code"].get(FindingCode.OBJECT_HIDDEN))


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


def _stream(river: River, stock: Stock, entity: str, title: Doing) -> Iterator[Judged]:
    judged = _groups(stock.groups) if entity == GROUP else stock.stream(Entity(entity))
    for count, one in enumerate(judged, 1):
        if river.shape is not None and (payload := one.payload) is not None:
            one.record = record_bytes(entity, one.external_id, river.shape.fits(entity, payload))
        yield one
        if count % 1_000 == 0:
            river.progress(title, count, None)


def _groups(groups: Sequence[Group]) -> Iterator[Judged]:
    """Property groups as records like any other."""
    for group in sorted(groups, key=lambda g: g.external_id):
        yield Judged(
            Entity.PROPERTY,
            group.key,
            group.external_id,
            Verdict.SEND,
            None,
            record_bytes(GROUP, group.external_id, {"name": group.name}),
            Origin(""),
        )
