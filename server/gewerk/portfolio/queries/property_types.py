"""The organisation's property types, with how many properties have each."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from gewerk.journal.actor import Actor
from gewerk.kit.folding import fold
from gewerk.portfolio.access import properties
from gewerk.portfolio.models import PropertyType


@dataclass(frozen=True, slots=True)
class TypeInUse:
    """``id`` is empty for a type that came with the ERP's data and is not on the list."""

    id: UUID | None
    name: str
    properties: int


def property_types(actor: Actor) -> list[TypeInUse]:
    """By name; archived properties are not counted."""
    used = dict(
        properties(actor)
        .filter(archived_at__isnull=True)
        .exclude(property_type="")
        .values_list("property_type")
        .annotate(n=Count("id"))
    )
    listed = PropertyType.objects.filter(organisation_id=actor.organisation_id)
    rows = [TypeInUse(t.pk, t.name, used.pop(t.name, 0)) for t in listed]
    rows += [TypeInUse(None, name, number) for name, number in used.items()]
    return sorted(rows, key=lambda row: fold(row.name))
