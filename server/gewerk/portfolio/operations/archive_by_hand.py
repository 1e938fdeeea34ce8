"""Archive by hand what no ERP leads, and bring it back: the undo of each other."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import edits_stock, require
from gewerk.journal.actor import Actor
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.portfolio.access import NotFound
from gewerk.portfolio.kinds import KINDS
from gewerk.portfolio.models import ArchiveReason, Source, SubProperty, Tenure
from gewerk.portfolio.operations.writing import Links, Writing, stored


class ErpArchives(Refusal):
    """Whether the record lives is the ERP's decision."""

    kind = RefusalKind.CONFLICT
    code = "erp_archives"
    message = _("This record comes from the ERP. It is archived here when it ends or vanishes there.")


class StillInUse(Refusal):
    kind = RefusalKind.CONFLICT
    code = "still_in_use"
    message = _("Units or people still belong to it. Archive these first.")


def archive_by_hand(*, actor: Actor, type: str, record_id: UUID, now: datetime) -> None:
    """Raises ``NotFound``, ``ErpArchives``, or ``StillInUse`` for a property with units or a unit with people."""
    require(edits_stock(actor))
    kind = KINDS[type]
    found = stored(kind, actor, id=record_id)
    if not found:
        raise NotFound
    if found[0]["source"] == Source.ERP:
        raise ErpArchives
    if _in_use(type, record_id):
        raise StillInUse
    if found[0]["archived_at"] is None:
        writing = Writing(actor, kind, now, Source.MANUAL.value)
        writing.archive(found[0], ArchiveReason.MANUAL.value)
        writing.write()


def restore(*, actor: Actor, type: str, record_id: UUID, now: datetime) -> None:
    """Make a record active again that was archived by hand. Raises ``NotFound`` or ``ErpArchives``."""
    require(edits_stock(actor))
    kind = KINDS[type]
    found = stored(kind, actor, id=record_id)
    if not found:
        raise NotFound
    if found[0]["archived_at"] is None:
        return
    if found[0]["archive_reason"] != ArchiveReason.MANUAL:
        raise ErpArchives
    writing = Writing(actor, kind, now, Source.MANUAL.value)
    if writing.change(found[0], {}, Links(), revive=True):
        writing.write()


def _in_use(type: str, record_id: UUID) -> bool:
    if type == "property":
        return SubProperty.objects.filter(property_id=record_id, archived_at__isnull=True).exists()
    if type == "unit":
        return Tenure.objects.filter(unit_id=record_id, party__archived_at__isnull=True).exists()
    return False
