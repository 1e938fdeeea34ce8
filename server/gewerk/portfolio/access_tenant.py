"""What a tenant sees: the one tenancy through which access was granted, nothing else of the stock."""

from dataclasses import dataclass
from datetime import date

from gewerk.identity.models import Membership, Role
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.portfolio.models import SubProperty, SubPropertyType


class NoTenancy(Refusal):
    """Not granted, or the lease has ended, or the ERP has archived the record."""

    kind = RefusalKind.NOT_FOUND
    code = "no_tenancy"


@dataclass(frozen=True, slots=True)
class Tenancy:
    """A tenant's record with the units it holds, each with its property."""

    tenant: SubProperty
    units: list[SubProperty]


def tenancy_for(actor: Actor, *, as_of: date) -> Tenancy:
    """The acting tenant's own. The lease's last day counts as the last day of access. Raises NoTenancy."""
    if actor.kind is not ActorKind.PERSON or actor.id is None or Role.TENANT not in actor.roles:
        raise NoTenancy
    membership = Membership.objects.filter(
        person_id=actor.id, organisation_id=actor.organisation_id, role=Role.TENANT, ended_at__isnull=True
    ).first()
    if membership is None or membership.sub_property_id is None:
        raise NoTenancy
    tenant = SubProperty.objects.filter(
        pk=membership.sub_property_id,
        organisation_id=actor.organisation_id,
        type=SubPropertyType.TENANT,
        archived_at__isnull=True,
    ).first()
    if tenant is None or (tenant.contract_end is not None and tenant.contract_end < as_of):
        raise NoTenancy
    units = SubProperty.objects.filter(
        holders__party=tenant, organisation_id=actor.organisation_id, archived_at__isnull=True
    ).select_related("property")
    return Tenancy(tenant=tenant, units=list(units.order_by("property__name", "name", "id")))
