"""Addresses that open without a login: signed from a row's id and the installation's secret, so the database holds no usable one.

Short enough for a QR code that a phone reads in a dim stairwell: 22 signs of the id, 16 of a 96-bit signature.
"""

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings

from gewerk.kit.links import LinkIsInvalid
from gewerk.tickets.models import ReportDraft, ReportLink, Ticket

_SIGNATURE_BYTES = 12


def report_token(link: ReportLink) -> str:
    return _signed("report", link.pk)


def status_token(ticket: Ticket) -> str:
    return _signed(f"status.{ticket.link_version}", ticket.pk)


def draft_token(draft: ReportDraft) -> str:
    return _signed("draft", draft.pk)


def report_link_of(token: str) -> ReportLink:
    """The row, revoked or not (the page says so). Raises LinkIsInvalid."""
    found = (
        ReportLink.objects.select_related("organisation", "property", "unit")
        .filter(pk=_opened("report", token))
        .first()
    )
    if found is None:
        raise LinkIsInvalid
    return found


def ticket_of(token: str) -> Ticket:
    """The ticket whose status the link shows. Raises LinkIsInvalid, also for a link that was renewed since."""
    found = Ticket.objects.select_related("organisation", "property", "unit", "incident").filter(pk=_id(token)).first()
    if found is None or not hmac.compare_digest(status_token(found), token):
        raise LinkIsInvalid
    return found


def draft_of(token: str) -> ReportDraft | None:
    """The draft that a cookie names; None where it does not, or the draft has run out."""
    try:
        return ReportDraft.objects.filter(pk=_opened("draft", token)).first()
    except LinkIsInvalid:
        return None


def _signed(purpose: str, row_id: UUID) -> str:
    return _text(row_id.bytes) + _text(_signature(purpose, row_id))


def _signature(purpose: str, row_id: UUID) -> bytes:
    message = f"gewerk.tickets.{purpose}:{row_id.hex}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).digest()[:_SIGNATURE_BYTES]


def _opened(purpose: str, token: str) -> UUID:
    row_id = _id(token)
    if not hmac.compare_digest(_signed(purpose, row_id), token):
        raise LinkIsInvalid
    return row_id


def _id(token: str) -> UUID:
    try:
        return UUID(bytes=base64.b64decode(token[:22].encode("ascii") + b"==", altchars=b"-_", validate=True))
    except ValueError as damaged:
        raise LinkIsInvalid from damaged


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
