"""A clerk gives a tenant access: by the address in the tenant's record, until the lease ends."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.identity.models import Invitation
from gewerk.identity.operations import invitations
from gewerk.journal.actor import Actor
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.portfolio.access import sub_property_to_edit
from gewerk.portfolio.models import SubPropertyType


class NotATenant(Refusal):
    kind = RefusalKind.CONFLICT
    code = "not_a_tenant"
    message = _("Only a tenant whose lease has not ended can be given access.")


class NoAddress(Refusal):
    kind = RefusalKind.CONFLICT
    code = "tenant_without_email"
    message = _("The tenant's record holds no e-mail address. Enter one in the ERP or by hand first.")


def invite_tenant(*, actor: Actor, sub_property_id: UUID, as_of: date, now: datetime) -> Invitation:
    """``as_of`` is today where the organisation is. Raises NotFound, NotATenant (also for an archived record), NoAddress, AlreadyThere."""
    tenant = sub_property_to_edit(actor, sub_property_id)
    if tenant.type != SubPropertyType.TENANT or tenant.archived_at is not None:
        raise NotATenant
    if tenant.contract_end is not None and tenant.contract_end < as_of:
        raise NotATenant
    if not tenant.email:
        raise NoAddress
    return invitations.invite_tenant(
        actor=actor, email=tenant.email, sub_property_id=tenant.pk, ends_date=tenant.contract_end, now=now
    )
