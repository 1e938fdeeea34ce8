"""The rules for one record: what the source says, what was confirmed, what the target shows (spec 01, rules 3 to 6).

The ERP leads for the fields it sends; what the connector never sent it never archives.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from gewerk_connect.canonical import Entity, Judged, Verdict
from gewerk_connect.diff.fields import digest, held_differs, payload_bytes
from gewerk_connect.diff.seen import Seen
from gewerk_connect.ledger import Confirmed, Intent, State

EMAIL_LOST = "tenant_without_email"
_TYPED = frozenset({Entity.UNIT, Entity.LANDLORD, Entity.TENANT})
"""What the API keeps as sub-properties: each record names its type."""
_ARCHIVE_REASONS = {"ended": "lease_ended", "not_yet": "not_yet"}


Keeps = Callable[[str, Confirmed], bool]
"""Whether a record of an entity that the source lacks is kept all the same."""


def keeps_nothing(_entity: str, _known: Confirmed) -> bool:
    """For sources that hide nothing."""
    return False


class Mark(NamedTuple):
    """A change of the ledger alone; ``state`` None drops the row."""

    state: str | None
    entity: str
    external_id: str


@dataclass(slots=True)
class Comparison:
    """What comparing one entity came to."""

    create: int = 0
    update: int = 0
    archive: int = 0
    unchanged: int = 0
    held: int = 0
    archive_ended: int = 0
    """Of ``archive``, those whose lease ended: the fuse leaves them out."""
    archive_in_force: int = 0
    """Of ``archive`` without the ended ones, those the target is known to have in force: what the fuse counts."""
    in_force: int = 0
    """Records the target was known to have in force before."""
    email_lost: list[str] = field(default_factory=list)


def decide(
    entity: str,
    judged: Judged | None,
    known: Confirmed | None,
    seen: Seen | None,
    *,
    whole: bool,
    complete: bool,
    result: Comparison,
    keeps: Keeps = keeps_nothing,
) -> Intent | Mark | None:
    """One record's intent, or a mark in the ledger, or nothing; counts it in ``result``.

    ``whole``: the target was asked for everything, so what is not ``seen`` is not there.
    ``complete``: the source yields this entity, so what it lacks has vanished, unless ``keeps`` says that it may only
    be hidden.
    """
    if known is not None and known.hash is not None:
        result.in_force += 1
    if judged is None:
        if complete and not (known is not None and keeps(entity, known)):
            return _gone(entity, known, "vanished", result)
        result.unchanged += known is not None and known.hash is not None
        return None
    if judged.verdict is Verdict.HELD:
        result.held += 1
        return None
    if judged.verdict is Verdict.LEFT_OUT:
        if judged.reason == EMAIL_LOST:
            return _email_lost(entity, known, result)
        return _gone(entity, known, _ARCHIVE_REASONS.get(judged.reason or "", "filtered"), result)
    return _wanted(entity, judged, known, seen, whole, result)


def record_bytes(entity: str, external_id: str, payload: Mapping[str, Any]) -> bytes:
    """The record as the API takes it: the payload with its id, and its type below ``sub-properties``."""
    record: dict[str, Any] = {**payload, "external_id": external_id}
    if entity in _TYPED:
        record["type"] = entity
    return payload_bytes(record)


def _wanted(
    entity: str, judged: Judged, known: Confirmed | None, seen: Seen | None, whole: bool, result: Comparison
) -> Intent | Mark | None:
    assert judged.record is not None
    payload = judged.record
    new = digest(payload)
    if known is None and seen is None:
        result.create += 1
        return _send("create", entity, judged, None, new, payload)
    drift = None
    if seen is not None:
        drift = digest(seen.record) if seen.archived else held_differs(payload, seen.record)
    if known is None:
        if drift is None:
            result.unchanged += 1
            return _send("adopt", entity, judged, None, new, payload)
        result.update += 1
        return _send("update", entity, judged, None, new, payload, drift)
    if known.hash is None and not (known.state == State.ARCHIVED or seen is not None):
        result.create += 1
        return _send("create", entity, judged, known, new, payload)
    if known.hash == new and known.state in (State.ACTIVE, State.FLAGGED):
        if seen is None and whole:
            result.create += 1
            return _send("create", entity, judged, known, new, payload)
        if drift is None or drift == known.accepted:
            result.unchanged += 1
            return Mark(State.ACTIVE, entity, judged.external_id) if known.state == State.FLAGGED else None
    result.update += 1
    return _send("update", entity, judged, known, new, payload, drift)


def _send(
    action: str,
    entity: str,
    judged: Judged,
    known: Confirmed | None,
    new: bytes,
    payload: bytes,
    drift: bytes | None = None,
) -> Intent:
    key = orjson.dumps(judged.key).decode()
    previous = known.intent if known else None
    return Intent(action, entity, judged.external_id, key, new, previous, drift, None, payload)


def _gone(entity: str, known: Confirmed | None, reason: str, result: Comparison) -> Intent | Mark | None:
    if known is None or known.state == State.ARCHIVED:
        return None
    if known.state == State.REFUSED and known.hash is None:
        return Mark(None, entity, known.external_id)
    result.archive += 1
    if reason == "lease_ended":
        result.archive_ended += 1
    elif known.hash is not None:
        result.archive_in_force += 1
    record = {"external_id": known.external_id, "reason": reason}
    if entity in _TYPED:
        record["type"] = entity
    payload = orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
    return Intent("archive", entity, known.external_id, known.key, None, known.intent, None, reason, payload)


def _email_lost(entity: str, known: Confirmed | None, result: Comparison) -> Mark | None:
    """Rule 6: a tenant already synced is kept and flagged. One that was never taken is left out like any other."""
    if known is None or known.state == State.ARCHIVED:
        return None
    if known.state == State.REFUSED and known.hash is None:
        return Mark(None, entity, known.external_id)
    result.unchanged += 1
    result.email_lost.append(known.external_id)
    return Mark(State.FLAGGED, entity, known.external_id) if known.state == State.ACTIVE else None
