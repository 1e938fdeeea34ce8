"""Signed addresses for mails: made from a row's id and the installation's secret, so the database holds no usable token."""

from uuid import UUID

from django.core.signing import BadSignature, Signer

from gewerk.identity.models import Invitation, LoginLink
from gewerk.kit.refusals import Refusal, RefusalKind


class LinkIsInvalid(Refusal):
    """The address was changed or cut off on the way."""

    kind = RefusalKind.NOT_FOUND
    code = "link_invalid"


def _signer(salt: str) -> Signer:
    return Signer(salt=f"gewerk.identity.{salt}", sep=".")


def login_token(link_id: UUID) -> str:
    return _signer("login_link").sign(link_id.hex)


def invitation_token(invitation_id: UUID) -> str:
    return _signer("invitation").sign(invitation_id.hex)


def login_link_of(token: str) -> LoginLink:
    """The row behind a link. Raises LinkIsInvalid."""
    found = LoginLink.objects.select_related("person").filter(pk=_opened("login_link", token)).first()
    if found is None:
        raise LinkIsInvalid
    return found


def invitation_of(token: str) -> Invitation:
    """The row behind a link. Raises LinkIsInvalid."""
    found = (
        Invitation.objects.select_related("organisation", "invited_by").filter(pk=_opened("invitation", token)).first()
    )
    if found is None:
        raise LinkIsInvalid
    return found


def _opened(salt: str, token: str) -> UUID:
    try:
        return UUID(hex=_signer(salt).unsign(token))
    except (BadSignature, ValueError) as changed:
        raise LinkIsInvalid from changed
