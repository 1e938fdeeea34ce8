"""Put properties into a group and take them out, by hand, where the ERP does not lead the property's groups."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import edits_stock, require
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record_many
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.portfolio.access import NotFound, properties, property_groups
from gewerk.portfolio.leadership import led_by_erp
from gewerk.portfolio.models import FieldChange, Property, PropertyGroup


class ErpGroups(Refusal):
    """The ERP leads the groups of these properties; the next run would undo it."""

    kind = RefusalKind.CONFLICT
    code = "erp_groups"
    message = _("The ERP leads the groups of these properties. Change them there; the next run brings them here.")


def put_in_group(*, actor: Actor, group_id: UUID, property_ids: Sequence[UUID], now: datetime) -> int:
    """How many joined. Raises ``NotFound`` for a foreign or archived group, ``ErpGroups`` when the ERP leads."""
    group = _group(actor, group_id)
    rows = _free(actor, property_ids)
    joined = [one for one in rows if group not in one.groups.all()]
    Property.groups.through.objects.bulk_create(
        [Property.groups.through(property_id=one.pk, propertygroup_id=group.pk) for one in joined],
        ignore_conflicts=True,
    )
    _tell(actor, joined, old=None, new=group.name, now=now)
    return len(joined)


def take_out_of_group(*, actor: Actor, group_id: UUID, property_ids: Sequence[UUID], now: datetime) -> int:
    """How many left. Raises as ``put_in_group``."""
    group = _group(actor, group_id)
    rows = _free(actor, property_ids)
    leaving = [one for one in rows if group in one.groups.all()]
    Property.groups.through.objects.filter(
        propertygroup_id=group.pk, property_id__in=[one.pk for one in leaving]
    ).delete()
    _tell(actor, leaving, old=group.name, new=None, now=now)
    return len(leaving)


def _group(actor: Actor, group_id: UUID) -> PropertyGroup:
    require(edits_stock(actor))
    group = property_groups(actor).filter(pk=group_id, archived_at__isnull=True).first()
    if group is None:
        raise NotFound
    return group


def _free(actor: Actor, property_ids: Sequence[UUID]) -> list[Property]:
    """The properties, locked; ids of others are left out as if they did not exist."""
    rows = list(
        properties(actor)
        .filter(pk__in=property_ids, archived_at__isnull=True)
        .select_for_update(of=("self",))
        .order_by("pk")
        .prefetch_related("groups")
    )
    if any("groups" in led_by_erp(one) for one in rows):
        raise ErpGroups
    return rows


def _tell(actor: Actor, rows: Sequence[Property], *, old: str | None, new: str | None, now: datetime) -> None:
    if not rows:
        return
    ids = [one.pk for one in rows]
    Property.objects.filter(pk__in=ids).update(updated_at=now, version=F("version") + 1)
    FieldChange.objects.bulk_create(
        [
            FieldChange(
                organisation_id=actor.organisation_id,
                object_type="property",
                object_id=pk,
                at=now,
                actor_kind=actor.kind.value,
                actor_id=actor.id,
                field="groups",
                old=old,
                new=new,
            )
            for pk in ids
        ],
        batch_size=500,
    )
    data: dict[str, Any] = {"fields": ["groups"]}
    record_many(
        actor=actor, event="property.updated", object_type="property", objects=[(pk, data) for pk in ids], now=now
    )
