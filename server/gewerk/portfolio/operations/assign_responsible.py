"""Who is responsible for properties, and who stands in: what concerns a property lands with them (spec 00)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import edits_stock, require
from gewerk.identity.models import MANAGING_ROLES, Person
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record_many
from gewerk.kit.refusals import Refusal
from gewerk.portfolio.access import properties
from gewerk.portfolio.models import FieldChange, Property


class NotOfTheTeam(Refusal):
    code = "not_of_the_team"
    message = _("This person does not manage properties of your organisation.")


class SamePerson(Refusal):
    code = "same_person"
    message = _("Responsible and deputy must be two people.")


def assign_responsible(
    *, actor: Actor, property_ids: Sequence[UUID], changes: dict[str, UUID | None], now: datetime
) -> int:
    """How many properties changed. ``changes`` holds ``responsible`` and ``deputy``, those to be set; None takes the person away.

    Ids of other organisations are left out as if they did not exist. Raises ``NotOfTheTeam`` or ``SamePerson``.
    """
    require(edits_stock(actor))
    people = _team(actor, [pk for pk in changes.values() if pk])
    if any(pk is not None and pk not in people for pk in changes.values()):
        raise NotOfTheTeam
    rows = list(
        properties(actor)
        .filter(pk__in=property_ids, archived_at__isnull=True)
        .select_for_update(of=("self",))
        .select_related("responsible", "deputy")
        .order_by("pk")
    )
    history: list[FieldChange] = []
    changed: list[tuple[UUID, dict[str, Any]]] = []
    for one in rows:
        after = {"responsible": one.responsible_id, "deputy": one.deputy_id, **changes}
        if after["deputy"] is not None and after["responsible"] == after["deputy"]:
            raise SamePerson
        fields = [name for name in changes if getattr(one, f"{name}_id") != changes[name]]
        for name in fields:
            before, now_is = getattr(one, name), people.get(changes[name]) if changes[name] else None
            history.append(_told(actor, one, name, before, now_is, now))
        if fields:
            changed.append((one.pk, {"fields": sorted(fields)}))
    if changed:
        Property.objects.filter(pk__in=[pk for pk, _data in changed]).update(
            **{f"{name}_id": pk for name, pk in changes.items()}, updated_at=now, version=F("version") + 1
        )
        FieldChange.objects.bulk_create(history, batch_size=500)
        record_many(actor=actor, event="property.updated", object_type="property", objects=changed, now=now)
    return len(changed)


def _team(actor: Actor, ids: Sequence[UUID]) -> dict[UUID | None, Person]:
    rows = Person.objects.filter(
        pk__in=ids,
        is_active=True,
        memberships__organisation_id=actor.organisation_id,
        memberships__ended_at__isnull=True,
        memberships__role__in=MANAGING_ROLES,
    ).distinct()
    return {person.pk: person for person in rows}


def _told(
    actor: Actor, one: Property, name: str, before: Person | None, after: Person | None, now: datetime
) -> FieldChange:
    return FieldChange(
        organisation_id=actor.organisation_id,
        object_type="property",
        object_id=one.pk,
        at=now,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        field=name,
        old=before.name if before else None,
        new=after.name if after else None,
    )
