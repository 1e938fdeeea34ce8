"""The records that a body names, by Gewerk's id or the ERP's; an unknown or a foreign one is a problem of its field."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.entrypoints.api.problems import InvalidInput
from gewerk.files.access import FileNotFound, own_file
from gewerk.files.models import FileLink, StoredFile
from gewerk.journal.actor import Actor
from gewerk.kit.refusals import FieldProblem
from gewerk.portfolio.access import properties, sub_properties
from gewerk.portfolio.models import Property, SubProperty, SubPropertyType


def unknown(pointer: str) -> InvalidInput:
    message = str(_("There is no such record, or it belongs to somebody else."))
    return InvalidInput(problems=(FieldProblem(pointer, "unknown_reference", message),))


def place(actor: Actor, sent: dict[str, Any]) -> tuple[Property, SubProperty | None]:
    """Property and unit; takes their fields out of ``sent``. Raises InvalidInput."""
    unit = _one_of(actor, sent, "unit", frozenset({SubPropertyType.UNIT}), "")
    property_id, external_id = sent.pop("property_id", None), sent.pop("property_external_id", None)
    if unit is not None:
        if unit.property is None or (property_id is not None and property_id != unit.property_id):
            raise unknown("/property_id")
        if external_id is not None and external_id != unit.property.external_id:
            raise unknown("/property_external_id")
        return unit.property, unit
    rows = properties(actor).filter(archived_at__isnull=True)
    found = None
    if property_id is not None:
        found = rows.filter(pk=property_id).first()
    elif external_id is not None:
        found = rows.filter(external_id=external_id).first()
    else:
        message = str(_("Send a property or a unit."))
        raise InvalidInput(problems=(FieldProblem("/property_id", "required", message),))
    if found is None:
        raise unknown("/property_id" if property_id is not None else "/property_external_id")
    return found, None


def party(actor: Actor, sent: dict[str, Any]) -> SubProperty | None:
    """The reporter's record: a tenant or an owner. Raises InvalidInput."""
    kinds = frozenset({SubPropertyType.TENANT, SubPropertyType.LANDLORD})
    return _one_of(actor, sent, "sub_property", kinds, "/reporter")


def _one_of(
    actor: Actor, sent: dict[str, Any], name: str, kinds: frozenset[SubPropertyType], at: str
) -> SubProperty | None:
    record_id, external_id = sent.pop(f"{name}_id", None), sent.pop(f"{name}_external_id", None)
    if record_id is None and external_id is None:
        return None
    rows = sub_properties(actor).filter(archived_at__isnull=True, type__in=kinds).select_related("property")
    rows = rows.filter(pk=record_id) if record_id is not None else rows.filter(external_id=external_id)
    found: SubProperty | None = rows.order_by("type", "id").first()
    if found is None:
        raise unknown(f"{at}/{name}_id" if record_id is not None else f"{at}/{name}_external_id")
    return found


def files(actor: Actor, ids: list[UUID]) -> list[tuple[StoredFile, str]]:
    """Files of the organisation with a name: that of the upload. Raises InvalidInput."""
    found = []
    for number, file_id in enumerate(ids):
        try:
            file = own_file(actor.organisation_id, file_id)
        except FileNotFound:
            raise unknown(f"/file_ids/{number}") from None
        found.append((file, name_of(file)))
    return found


def name_of(file: StoredFile) -> str:
    """Under which it was sent first."""
    link = FileLink.objects.filter(file=file, organisation_id=file.organisation_id).order_by("id").first()
    return link.name if link else file.pk.hex
