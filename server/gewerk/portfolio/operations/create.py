"""Make one record that no ERP leads for."""

from datetime import datetime
from typing import Any
from uuid import UUID

from gewerk.identity.access import edits_stock, require
from gewerk.journal.actor import Actor
from gewerk.kit.locks import one_at_a_time
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.portfolio.kinds import KINDS, flatten
from gewerk.portfolio.models import Source
from gewerk.portfolio.operations.outcome import MESSAGES, Problem, problem
from gewerk.portfolio.operations.upsert import LOCK, keep_to_client, referred, resolve
from gewerk.portfolio.operations.writing import Writing, stored


class InvalidRecord(Refusal):
    """Something in the record is wrong; ``problems`` says what."""

    code = "invalid_record"
    message = MESSAGES["invalid_record"]


class ExternalIdTaken(Refusal):
    kind = RefusalKind.CONFLICT
    code = "external_id_taken"
    message = MESSAGES["external_id_taken"]


def refuse(wrong: Problem | None) -> None:
    """A record's problem as a refusal of the whole call."""
    if wrong is not None:
        raise InvalidRecord(MESSAGES[wrong.code], code=wrong.code, problems=wrong.errors)


def create(*, actor: Actor, type: str, record: dict[str, Any], now: datetime) -> UUID:
    """The new record's id. ``record`` is checked (``records``). Raises ``InvalidRecord`` or ``ExternalIdTaken``."""
    require(edits_stock(actor))
    kind = KINDS[type]
    one_at_a_time(LOCK, actor.organisation_id)
    external_id = record.get("external_id")
    if external_id is not None and stored(kind, actor, external_id=external_id):
        raise ExternalIdTaken(problems=problem("external_id_taken", "/external_id").errors)
    flat = flatten(kind, record)
    links, wrong = resolve(kind, record, referred(actor, kind, [record]), at="", new=True)
    refuse(wrong)
    refuse(keep_to_client(actor, flat, None, at=""))
    writing = Writing(actor, kind, now, Source.MANUAL.value)
    record_id = writing.create(external_id, flat, links)
    writing.write()
    return record_id
