"""Change fields of one record by Gewerk's id, for programs. A key that may write master data may also write what the ERP leads for."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import edits_stock, require
from gewerk.journal.actor import Actor
from gewerk.kit.locks import one_at_a_time
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.portfolio.access import NotFound
from gewerk.portfolio.kinds import KINDS, flatten
from gewerk.portfolio.models import Source
from gewerk.portfolio.operations.create import ExternalIdTaken, refuse
from gewerk.portfolio.operations.outcome import problem
from gewerk.portfolio.operations.upsert import LOCK, keep_to_client, referred, resolve
from gewerk.portfolio.operations.writing import Writing, stored, stored_groups, stored_units


class Stale(Refusal):
    """Somebody changed the record since it was read."""

    kind = RefusalKind.STALE
    code = "stale"
    message = _("The record was changed meanwhile. Read it again and repeat the change.")


def change(
    *, actor: Actor, type: str, record_id: UUID, record: dict[str, Any], version: int | None = None, now: datetime
) -> bool:
    """Whether anything changed. ``version`` (the ETag) must be the stored one when given.

    Raises ``NotFound``, ``Stale``, ``InvalidRecord`` or ``ExternalIdTaken``.
    """
    require(edits_stock(actor))
    kind = KINDS[type]
    if "external_id" in record:
        one_at_a_time(LOCK, actor.organisation_id)
    limits = {"client_number": actor.client_number} if actor.client_number else {}
    found = stored(kind, actor, id=record_id, **limits)
    if not found:
        raise NotFound
    current = found[0]
    if version is not None and version != current["version"]:
        raise Stale
    flat = flatten(kind, record)
    if "external_id" in record:
        taken = record["external_id"] is not None and stored(kind, actor, external_id=record["external_id"])
        if taken and taken[0]["id"] != record_id:
            raise ExternalIdTaken(problems=problem("external_id_taken", "/external_id").errors)
        flat["external_id"] = record["external_id"]
    links, wrong = resolve(kind, record, referred(actor, kind, [record]), at="", new=False)
    refuse(wrong)
    refuse(keep_to_client(actor, flat, current, at=""))
    writing = Writing(actor, kind, now, Source.MANUAL.value)
    changed = writing.change(
        current,
        flat,
        links,
        held_units=stored_units([record_id])[record_id] if links.units is not None else {},
        held_groups=stored_groups([record_id])[record_id] if links.groups is not None else {},
    )
    if changed:
        writing.write()
    return changed
