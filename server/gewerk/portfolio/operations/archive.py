"""Archive records: what is no longer current stays, with the reason (spec 01, rule 5). Nothing is ever deleted."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from gewerk.identity.access import edits_stock, require
from gewerk.journal.actor import Actor
from gewerk.kit.locks import one_at_a_time
from gewerk.portfolio.access import NotFound
from gewerk.portfolio.kinds import KINDS, RESOURCES
from gewerk.portfolio.models import Source
from gewerk.portfolio.operations.change import Stale
from gewerk.portfolio.operations.outcome import Outcome, Sent, by_type, problem, without_duplicates
from gewerk.portfolio.operations.upsert import LOCK
from gewerk.portfolio.operations.writing import Writing, stored


def archive_many(*, actor: Actor, resource: str, records: Sequence[Sent], now: datetime) -> list[Outcome]:
    """By the ERP's ids, one outcome per record in the order sent: ``archived``, ``unchanged`` (it was) or ``rejected``."""
    require(edits_stock(actor))
    types = RESOURCES[resource]
    outcomes, placed = by_type(without_duplicates(records, default_type=types[0]), types)
    one_at_a_time(LOCK, actor.organisation_id)
    for one in types:
        if not placed[one]:
            continue
        kind = KINDS[one]
        writing = Writing(actor, kind, now, Source.MANUAL.value)
        wanted = [record["external_id"] for _, record in placed[one]]
        current = {row["external_id"]: row for row in stored(kind, actor, external_id__among=frozenset(wanted))}
        for index, record in placed[one]:
            row = current.get(record["external_id"])
            if row is None or (actor.client_number and row["client_number"] != actor.client_number):
                wrong = problem("not_found", f"/records/{index}/external_id")
                outcomes[index] = Outcome(record["external_id"], one, "rejected", None, wrong)
            elif row["archived_at"] is not None:
                outcomes[index] = Outcome(record["external_id"], one, "unchanged", row["id"])
            else:
                writing.archive(row, record["reason"])
                outcomes[index] = Outcome(record["external_id"], one, "archived", row["id"])
        writing.write()
    return [outcome for outcome in outcomes if outcome is not None]


def archive(
    *, actor: Actor, type: str, record_id: UUID, reason: str, version: int | None = None, now: datetime
) -> None:
    """One record by Gewerk's id; one that is archived already stays as it is. Raises ``NotFound`` or ``Stale``."""
    require(edits_stock(actor))
    kind = KINDS[type]
    limits = {"client_number": actor.client_number} if actor.client_number else {}
    found = stored(kind, actor, id=record_id, **limits)
    if not found:
        raise NotFound
    if version is not None and version != found[0]["version"]:
        raise Stale
    if found[0]["archived_at"] is None:
        writing = Writing(actor, kind, now, Source.MANUAL.value)
        writing.archive(found[0], reason)
        writing.write()
