"""Signed addresses: a firm without account answers an invitation, an owner agrees to a quote. From a row's id and the secret."""

from gewerk.kit.links import LinkIsInvalid, id_in, opened, signed
from gewerk.marketplace.models import Invitation, OwnerApproval
from gewerk.marketplace.states import SHOWN_TO_FIRMS


def invitation_token(invitation: Invitation) -> str:
    return signed("marketplace.invitation", f"{invitation.pk.hex}-{invitation.link_version}")


def invitation_of(token: str) -> Invitation:
    """Raises LinkIsInvalid."""
    hexadecimal, _, version = opened("marketplace.invitation", token).partition("-")
    found = (
        Invitation.objects.select_related("firm", "request__organisation", "request__order__property")
        .filter(pk=id_in(hexadecimal), request__state__in=SHOWN_TO_FIRMS)
        .first()
    )
    if found is None or version != str(found.link_version):
        raise LinkIsInvalid
    return found


def owner_token(approval: OwnerApproval) -> str:
    return signed("marketplace.owner_approval", approval.pk.hex)


def owner_approval_of(token: str) -> OwnerApproval:
    """Raises LinkIsInvalid."""
    found = (
        OwnerApproval.objects.select_related("request__organisation", "request__order__property", "quote__firm")
        .filter(pk=id_in(opened("marketplace.owner_approval", token)))
        .first()
    )
    if found is None:
        raise LinkIsInvalid
    return found
