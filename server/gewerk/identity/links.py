"""Signed addresses for mails: made from a row's id and the installation's secret, so the database holds no usable token."""

from uuid import UUID

from gewerk.identity.models import Invitation, LoginLink
from gewerk.kit.links import LinkIsInvalid, id_in, opened, signed


def login_token(link_id: UUID) -> str:
    return signed("identity.login_link", link_id.hex)


def invitation_token(invitation_id: UUID) -> str:
    return signed("identity.invitation", invitation_id.hex)


def login_link_of(token: str) -> LoginLink:
    """The row behind a link. Raises LinkIsInvalid."""
    found = LoginLink.objects.select_related("person").filter(pk=id_in(opened("identity.login_link", token))).first()
    if found is None:
        raise LinkIsInvalid
    return found


def invitation_of(token: str) -> Invitation:
    """The row behind a link. Raises LinkIsInvalid."""
    found = (
        Invitation.objects.select_related("organisation", "invited_by")
        .filter(pk=id_in(opened("identity.invitation", token)))
        .first()
    )
    if found is None:
        raise LinkIsInvalid
    return found
