"""Signed addresses that open without a login: made from a row's id and the installation's secret, so the database holds no usable one."""

from uuid import UUID

from django.core.signing import BadSignature, Signer

from gewerk.kit.refusals import Refusal, RefusalKind


class LinkIsInvalid(Refusal):
    """Changed or cut off on the way, replaced by a newer one, or what it opened is no more."""

    kind = RefusalKind.NOT_FOUND
    code = "link_invalid"


def signed(purpose: str, text: str) -> str:
    """``purpose`` is part of the signature: a token opens nothing else. Never change one, or the links sent before are dead."""
    return _signer(purpose).sign(text)


def opened(purpose: str, token: str) -> str:
    """What was signed. Raises LinkIsInvalid."""
    try:
        return _signer(purpose).unsign(token)
    except BadSignature as changed:
        raise LinkIsInvalid from changed


def id_in(text: str) -> UUID:
    """Raises LinkIsInvalid."""
    try:
        return UUID(hex=text)
    except ValueError as changed:
        raise LinkIsInvalid from changed


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"gewerk.{purpose}", sep=".")
