"""Change a record by hand: only fields for which the ERP does not lead (spec 01, rule 5), only on the version that was read."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import edits_stock, require
from gewerk.journal.actor import Actor
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.portfolio.access import NotFound
from gewerk.portfolio.kinds import KINDS
from gewerk.portfolio.leadership import led_by_erp
from gewerk.portfolio.models import Property, Source
from gewerk.portfolio.operations.change import Stale
from gewerk.portfolio.operations.writing import Links, Writing, stored


class LedByErp(Refusal):
    """Somebody tried to change what the ERP leads for."""

    kind = RefusalKind.CONFLICT
    code = "led_by_erp"
    message = _("The ERP leads this field. Change it there; the next run brings it here.")


class ArchivedRecord(Refusal):
    kind = RefusalKind.CONFLICT
    code = "archived"
    message = _("The record is archived. Make it active again before you change it.")


def edit_record(
    *, actor: Actor, type: str, record_id: UUID, fields: Mapping[str, Any], version: int, now: datetime
) -> bool:
    """Whether anything changed. ``fields`` are columns with checked values; ``version`` is the one that the form showed.

    Raises ``NotFound``, ``Stale``, ``ArchivedRecord`` or ``LedByErp``.
    """
    require(edits_stock(actor))
    kind = KINDS[type]
    found = stored(kind, actor, id=record_id)
    if not found:
        raise NotFound
    current = found[0]
    if current["archived_at"] is not None:
        raise ArchivedRecord
    if current["version"] != version:
        raise Stale
    changes = {column: value for column, value in fields.items() if current[column] != value}
    if _led(current) & changes.keys():
        raise LedByErp
    writing = Writing(actor, kind, now, Source.MANUAL.value)
    changed = writing.change(current, changes, Links())
    if changed:
        writing.write()
    return changed


def enter_record(
    *,
    actor: Actor,
    type: str,
    fields: Mapping[str, Any],
    now: datetime,
    property_id: UUID | None = None,
    unit_ids: Iterable[UUID] = (),
) -> UUID:
    """A new record that no ERP leads, with its property (a unit) or its units (a tenant, a landlord) by Gewerk's ids.

    The doors fetch property and units through ``access``. Returns the new id.
    """
    require(edits_stock(actor))
    links = Links(
        property=(property_id, None) if property_id else None,
        units=dict.fromkeys(unit_ids) if type in {"tenant", "landlord"} else None,
    )
    writing = Writing(actor, KINDS[type], now, Source.MANUAL.value)
    record_id = writing.create(None, dict(fields), links)
    writing.write()
    return record_id


def _led(current: Mapping[str, Any]) -> frozenset[str]:
    """As the page asked before it showed the form, of the row as it is now stored."""
    return led_by_erp(Property(source=current["source"], erp_fields=current["erp_fields"]))
