"""Where somebody on the phone lives: units by number, place or tenant, and buildings by address. Constant queries."""

from dataclasses import dataclass

from gewerk.journal.actor import Actor
from gewerk.portfolio.access import properties, sub_properties
from gewerk.portfolio.models import Property, SubProperty, SubPropertyType, Tenure
from gewerk.portfolio.queries.search import contains, words

MOST = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A building, a unit in it, or a tenant with the unit."""

    property: Property
    unit: SubProperty | None = None
    tenant: SubProperty | None = None


def places(actor: Actor, text: str) -> list[Found]:
    """Tenants first (whoever calls says their name), then units, then buildings.

    Every word must occur in the unit, its address or its tenant.
    """
    typed = words(text)
    if not typed:
        return []
    tenures = Tenure.objects.filter(
        organisation_id=actor.organisation_id,
        party__type=SubPropertyType.TENANT,
        party__archived_at__isnull=True,
        unit__archived_at__isnull=True,
        unit__in=sub_properties(actor),
    )
    units = sub_properties(actor).filter(type=SubPropertyType.UNIT, archived_at__isnull=True)
    buildings = properties(actor).filter(archived_at__isnull=True)
    for spellings in typed:
        address = contains(spellings, field="property__search")
        tenures = tenures.filter(
            contains(spellings, field="party__search")
            | contains(spellings, field="unit__search")
            | contains(spellings, field="unit__property__search")
        )
        units = units.filter(contains(spellings) | address)
        buildings = buildings.filter(contains(spellings))
    found = [
        Found(one.unit.property, one.unit, one.party)
        for one in tenures.select_related("party", "unit__property").order_by("party__name", "id")[:MOST]
        if one.unit.property is not None
    ]
    known = {one.unit.pk for one in found if one.unit is not None}
    found += [
        Found(unit.property, unit)
        for unit in units.exclude(pk__in=known).select_related("property").order_by("external_id", "id")[:MOST]
        if unit.property is not None
    ]
    return found + [Found(one) for one in buildings.order_by("street", "house_number", "id")[:MOST]]
