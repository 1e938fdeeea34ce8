"""Give records other external ids and keep the records: the platform's half of changing the separator (spec 01, rule 7)."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from gewerk.identity.access import edits_stock, require
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record_many
from gewerk.kit import bulk
from gewerk.kit.locks import one_at_a_time
from gewerk.portfolio.kinds import KINDS, RESOURCES, Kind
from gewerk.portfolio.models import FieldChange
from gewerk.portfolio.operations.outcome import Outcome, Rejected, Sent, by_type, problem, without_duplicates
from gewerk.portfolio.operations.upsert import LOCK
from gewerk.portfolio.operations.writing import stored
from gewerk.portfolio.search_text import compose

_RENAMED = ("external_id", "search", "updated_at")
_HISTORY = ("organisation_id", "object_type", "object_id", "at", "actor_kind", "actor_id", "field", "old", "new")
_Row = dict[str, Any]


def rename(*, actor: Actor, resource: str, records: Sequence[Sent], now: datetime) -> list[Outcome]:
    """One outcome per record, in the order sent: ``renamed``, ``unchanged`` or ``rejected``; archived records are renamed as well.

    Ids may be swapped within a call. Where the old id is unknown and a record has the new one, an earlier call renamed it
    already: ``unchanged`` with that record's id, so that a call whose answer was lost is simply repeated.
    """
    require(edits_stock(actor))
    types = RESOURCES[resource]
    checked = _without_double_targets(without_duplicates(records, default_type=types[0]), types[0])
    outcomes, placed = by_type(checked, types)
    one_at_a_time(LOCK, actor.organisation_id)
    for one in types:
        if placed[one]:
            _take(actor, KINDS[one], placed[one], outcomes, now)
    return [outcome for outcome in outcomes if outcome is not None]


def _without_double_targets(records: Sequence[Sent], default_type: str) -> list[Sent]:
    """Records that want the same new id are rejected, all of them."""
    wanted = Counter(
        (r.get("type", default_type), r["new_external_id"]) for r in records if not isinstance(r, Rejected)
    )
    return [
        Rejected(
            record["external_id"],
            record.get("type", default_type),
            problem("duplicate_in_batch", f"/records/{index}/new_external_id"),
        )
        if not isinstance(record, Rejected) and wanted[record.get("type", default_type), record["new_external_id"]] > 1
        else record
        for index, record in enumerate(records)
    ]


def _take(
    actor: Actor, kind: Kind, placed: list[tuple[int, _Row]], outcomes: list[Outcome | None], now: datetime
) -> None:
    names = frozenset(record[name] for _, record in placed for name in ("external_id", "new_external_id"))
    current: dict[str, _Row] = {row["external_id"]: row for row in stored(kind, actor, external_id__among=names)}
    moves = {
        record["external_id"]: (index, record["new_external_id"])
        for index, record in placed
        if _own(actor, current.get(record["external_id"])) and record["external_id"] != record["new_external_id"]
    }
    _reject_taken(kind, current, moves, outcomes)
    for index, record in placed:
        old, new = record["external_id"], record["new_external_id"]
        if outcomes[index] is not None:
            continue
        row = current.get(old) if old in current else None if new in moves else current.get(new)
        if row is None or not _own(actor, row):
            wrong = problem("not_found", f"/records/{index}/external_id")
            outcomes[index] = Outcome(old, kind.type, "rejected", None, wrong)
        else:
            outcomes[index] = Outcome(old, kind.type, "renamed" if old in moves else "unchanged", row["id"])
    _write(actor, kind, [(current[old], new) for old, (_, new) in moves.items()], now)


def _own(actor: Actor, row: _Row | None) -> bool:
    """Whether this key may write the row: one limited to a client only that client's."""
    return row is not None and (not actor.client_number or row["client_number"] == actor.client_number)


def _reject_taken(
    kind: Kind, current: dict[str, _Row], moves: dict[str, tuple[int, str]], outcomes: list[Outcome | None]
) -> None:
    """Drops moves onto an id whose holder stays where it is; each that is dropped may block another."""
    while blocked := [old for old, (_, new) in moves.items() if new in current and new not in moves]:
        for old in blocked:
            index, _ = moves.pop(old)
            wrong = problem("taken", f"/records/{index}/new_external_id")
            outcomes[index] = Outcome(old, kind.type, "rejected", None, wrong)


def _write(actor: Actor, kind: Kind, moves: list[tuple[_Row, str]], now: datetime) -> None:
    if not moves:
        return
    freed = {row["external_id"] for row, _ in moves} & {new for _, new in moves}
    if freed:
        # both databases check the ids row by row: those that swap let go of theirs first
        let_go = [((None,), cast(UUID, row["id"])) for row, _ in moves if row["external_id"] in freed]
        bulk.update(kind.model, ("external_id",), let_go, version=False)
    bulk.update(
        kind.model,
        _RENAMED,
        [((new, compose(kind.type, {**row, "external_id": new}), now), row["id"]) for row, new in moves],
    )
    who = (actor.kind.value, actor.id, "external_id")
    bulk.insert(
        FieldChange,
        _HISTORY,
        [(actor.organisation_id, kind.type, row["id"], now, *who, row["external_id"], new) for row, new in moves],
    )
    record_many(
        actor=actor,
        event=f"{kind.event}.renamed",
        object_type=kind.type,
        objects=[(row["id"], {}) for row, _ in moves],
        now=now,
    )
