"""The only way a door gets an object of the stock. Somebody else's object is not found."""

from uuid import UUID

from django.db.models import QuerySet

from gewerk.identity.access import edits_stock, require, sees_stock
from gewerk.journal.actor import Actor
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.portfolio.models import Integration, IntegrationRun, Property, PropertyGroup, SubProperty


class NotFound(Refusal):
    kind = RefusalKind.NOT_FOUND
    code = "not_found"


def properties(actor: Actor) -> QuerySet[Property]:
    """Those of the actor's organisation (and client, where a key is limited to one)."""
    require(sees_stock(actor))
    rows = Property.objects.filter(organisation_id=actor.organisation_id)
    return rows.filter(client_number=actor.client_number) if actor.client_number else rows


def sub_properties(actor: Actor) -> QuerySet[SubProperty]:
    require(sees_stock(actor))
    rows = SubProperty.objects.filter(organisation_id=actor.organisation_id)
    return rows.filter(client_number=actor.client_number) if actor.client_number else rows


def property_groups(actor: Actor) -> QuerySet[PropertyGroup]:
    require(sees_stock(actor))
    rows = PropertyGroup.objects.filter(organisation_id=actor.organisation_id)
    return rows.filter(client_number=actor.client_number) if actor.client_number else rows


def integrations(actor: Actor) -> QuerySet[Integration]:
    require(sees_stock(actor))
    rows = Integration.objects.filter(organisation_id=actor.organisation_id)
    return rows.filter(client_number=actor.client_number) if actor.client_number else rows


def integration_runs(actor: Actor) -> QuerySet[IntegrationRun]:
    require(sees_stock(actor))
    rows = IntegrationRun.objects.filter(integration__organisation_id=actor.organisation_id)
    if actor.client_number:
        rows = rows.filter(integration__client_number=actor.client_number)
    return rows.select_related("integration")


def property_for(actor: Actor, property_id: UUID) -> Property:
    """Raises NotFound for an unknown or a foreign id alike."""
    found = properties(actor).filter(pk=property_id).first()
    if found is None:
        raise NotFound
    return found


def sub_property_for(actor: Actor, sub_property_id: UUID) -> SubProperty:
    found = sub_properties(actor).filter(pk=sub_property_id).first()
    if found is None:
        raise NotFound
    return found


def sub_property_to_edit(actor: Actor, sub_property_id: UUID) -> SubProperty:
    """For changing: also asks whether the actor may, and locks the row where the database can."""
    require(edits_stock(actor))
    found = sub_properties(actor).select_for_update(of=("self",)).filter(pk=sub_property_id).first()
    if found is None:
        raise NotFound
    return found
