"""Who may have reported: tenants of a place."""

from uuid import UUID

from django.db.models import UUIDField

from gewerk.kit.prepared import Given, prepared
from gewerk.portfolio.models import Property, SubProperty, SubPropertyType, Tenure


def tenant_by_email(one: Property, email: str) -> SubProperty | None:
    """The one live tenant of the building with this address; None where there is none or more than one."""
    if not email:
        return None
    found = (
        Tenure.objects.filter(
            unit__property=one,
            party__type=SubPropertyType.TENANT,
            party__archived_at__isnull=True,
            party__email__iexact=email,
        )
        .select_related("party")
        .order_by("party_id")
    )
    people = {tenure.party_id: tenure.party for tenure in found[:10]}
    return next(iter(people.values())) if len(people) == 1 else None


_live_in = prepared(
    lambda: Tenure.objects.filter(
        unit_id=Given("unit", UUIDField()), party__type=SubPropertyType.TENANT, party__archived_at__isnull=True
    ).select_related("party")
)


def tenants_of_unit(unit_id: UUID) -> list[SubProperty]:
    """Live tenants of a unit (which the caller fetched through ``access``), main tenants first."""
    return sorted((one.party for one in _live_in(unit=unit_id)), key=lambda p: (p.role != "main_tenant", p.name, p.pk))
