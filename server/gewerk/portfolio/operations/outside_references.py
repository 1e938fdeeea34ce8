"""Numbers under which somebody else knows a property or a unit: add and remove."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import edits_stock, require
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.ids import new_id
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.portfolio.access import NotFound, property_for, sub_property_for
from gewerk.portfolio.models import OutsideReference, SubPropertyType

MOST_REFERENCES = 100


class ReferenceIncomplete(Refusal):
    code = "reference_incomplete"
    message = _("Give both: who uses the number, and the number.")


class ReferenceKnown(Refusal):
    kind = RefusalKind.CONFLICT
    code = "reference_known"
    message = _("This reference is there already.")


class TooManyReferences(Refusal):
    code = "too_many_references"
    message = _("No more than 100 references fit here. Remove one first.")


def add_outside_reference(
    *, actor: Actor, object_type: str, object_id: UUID, system: str, reference: str, now: datetime
) -> None:
    """``object_type`` is ``property`` or ``unit``. Raises ``NotFound``, ``ReferenceIncomplete``, ``ReferenceKnown``."""
    require(edits_stock(actor))
    _check_object(actor, object_type, object_id)
    system, reference = system.replace("\x00", "").strip()[:100], reference.replace("\x00", "").strip()[:200]
    if not system or not reference:
        raise ReferenceIncomplete
    there = OutsideReference.objects.filter(
        organisation_id=actor.organisation_id, object_type=object_type, object_id=object_id
    )
    if there.filter(system=system, reference=reference).exists():
        raise ReferenceKnown
    if there.count() >= MOST_REFERENCES:
        raise TooManyReferences
    OutsideReference.objects.create(
        id=new_id(),
        organisation_id=actor.organisation_id,
        object_type=object_type,
        object_id=object_id,
        system=system,
        reference=reference,
        created_at=now,
    )
    _journal(actor, object_type, object_id, now)


def remove_outside_reference(*, actor: Actor, reference_id: UUID, now: datetime) -> OutsideReference:
    """The removed one. Raises ``NotFound`` for an unknown or foreign id."""
    require(edits_stock(actor))
    found = OutsideReference.objects.filter(organisation_id=actor.organisation_id, pk=reference_id).first()
    if found is None:
        raise NotFound
    OutsideReference.objects.filter(pk=found.pk).delete()
    _journal(actor, found.object_type, found.object_id, now)
    return found


def _check_object(actor: Actor, object_type: str, object_id: UUID) -> None:
    if object_type == "property":
        property_for(actor, object_id)
    elif object_type != SubPropertyType.UNIT or sub_property_for(actor, object_id).type != SubPropertyType.UNIT:
        raise NotFound


def _journal(actor: Actor, object_type: str, object_id: UUID, now: datetime) -> None:
    event = "property.updated" if object_type == "property" else "sub_property.updated"
    data = {"fields": ["outside_references"]}
    record(actor=actor, event=event, object_type=object_type, object_id=object_id, now=now, data=data)
