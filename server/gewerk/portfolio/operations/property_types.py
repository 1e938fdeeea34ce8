"""The organisation's own list of property types (Objektarten), from which clerks choose."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import edits_stock, require
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.portfolio.models import Property, PropertyType


class TypeIsInvalid(Refusal):
    code = "property_type_invalid"


class TypeNotFound(Refusal):
    kind = RefusalKind.NOT_FOUND
    code = "not_found"


class TypeIsUsed(Refusal):
    kind = RefusalKind.CONFLICT
    code = "property_type_used"
    message = _("Properties have this type. Give them another one first.")


def add_property_type(*, actor: Actor, name: str, now: datetime) -> PropertyType:
    """Raises TypeIsInvalid for an empty, too long or known name."""
    require(edits_stock(actor))
    name = " ".join(name.split())
    message = ""
    if not name:
        message = str(_("Please enter a name."))
    elif len(name) > 100:
        message = str(_("At most 100 characters."))
    elif PropertyType.objects.filter(organisation_id=actor.organisation_id, name__iexact=name).exists():
        message = str(_("This type is on the list already."))
    if message:
        raise TypeIsInvalid(message, problems=(FieldProblem("/name", "property_type_invalid", message),))
    try:
        with transaction.atomic():
            made = PropertyType.objects.create(organisation_id=actor.organisation_id, name=name)
    except IntegrityError as taken:
        message = str(_("This type is on the list already."))
        raise TypeIsInvalid(message, problems=(FieldProblem("/name", "property_type_invalid", message),)) from taken
    record(actor=actor, event="property_type.added", object_type="property_type", object_id=made.pk, now=now)
    return made


def remove_property_type(*, actor: Actor, property_type_id: UUID, now: datetime) -> None:
    """Raises TypeNotFound (also for somebody else's), TypeIsUsed."""
    require(edits_stock(actor))
    found = PropertyType.objects.filter(pk=property_type_id, organisation_id=actor.organisation_id).first()
    if found is None:
        raise TypeNotFound
    if Property.objects.filter(organisation_id=actor.organisation_id, property_type=found.name).exists():
        raise TypeIsUsed
    found.delete()
    record(
        actor=actor,
        event="property_type.removed",
        object_type="property_type",
        object_id=property_type_id,
        now=now,
    )
