"""Signed addresses: a firm without account answers an invitation, an owner agrees to a quote. From a row's id and the secret."""

from uuid import UUID

from django.core.signing import BadSignature, Signer

from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.marketplace.models import Invitation, OwnerApproval
from gewerk.marketplace.states import SHOWN_TO_FIRMS


class LinkIsInvalid(Refusal):
    """Changed, cut off, or replaced by a newer one."""

    kind = RefusalKind.NOT_FOUND
    code = "link_invalid"


def _signer(salt: str) -> Signer:
    return Signer(salt=f"gewerk.marketplace.{salt}", sep=".")


def invitation_token(invitation: Invitation) -> str:
    return _signer("invitation").sign(f"{invitation.pk.hex}-{invitation.link_version}")


def invitation_of(token: str) -> Invitation:
    """Raises LinkIsInvalid."""
    hexadecimal, _, version = _opened("invitation", token).partition("-")
    found = (
        Invitation.objects.select_related("firm", "request__organisation", "request__order__property")
        .filter(pk=_uuid(hexadecimal), request__state__in=SHOWN_TO_FIRMS)
        .first()
    )
    if found is None or version != str(found.link_version):
        raise LinkIsInvalid
    return found


def owner_token(approval: OwnerApproval) -> str:
    return _signer("owner_approval").sign(approval.pk.hex)


def owner_approval_of(token: str) -> OwnerApproval:
    """Raises LinkIsInvalid."""
    found = (
        OwnerApproval.objects.select_related("request__organisation", "request__order__property", "quote__firm")
        .filter(pk=_uuid(_opened("owner_approval", token)))
        .first()
    )
    if found is None:
        raise LinkIsInvalid
    return found


def _opened(salt: str, token: str) -> str:
    try:
        return _signer(salt).unsign(token)
    except BadSignature as changed:
        raise LinkIsInvalid from changed


def _uuid(text: str) -> UUID:
    try:
        return UUID(hex=text)
    except ValueError as changed:
        raise LinkIsInvalid from changed
