"""A tenant's access follows the lease: when the ERP moves its end, the access moves along."""

from datetime import datetime

from django.db import transaction

from gewerk.identity.models import Membership, Role
from gewerk.identity.operations.memberships import move_end_of_access
from gewerk.journal.actor import system
from gewerk.portfolio.models import SubProperty


def align_tenant_access(*, now: datetime) -> int:
    """Give each tenant's membership the present end of the record's contract. Returns how many moved."""
    memberships = Membership.objects.filter(role=Role.TENANT, ended_at__isnull=True, sub_property_id__isnull=False)
    moved = 0
    for batch_start in range(0, memberships.count(), 500):
        batch = list(memberships.order_by("id")[batch_start : batch_start + 500])
        ends = dict(
            SubProperty.objects.filter(pk__in=[m.sub_property_id for m in batch]).values_list("pk", "contract_end")
        )
        with transaction.atomic():
            for membership in batch:
                if membership.sub_property_id not in ends or membership.ends_date == ends[membership.sub_property_id]:
                    continue
                move_end_of_access(
                    actor=system(membership.organisation_id),
                    membership=membership,
                    ends_date=ends[membership.sub_property_id],
                    now=now,
                )
                moved += 1
    return moved
