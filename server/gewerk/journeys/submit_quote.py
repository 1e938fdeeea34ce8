"""A firm's quote goes in; the files of the version that it replaces go along. And files come to a quote while it is awaited."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gewerk.files.models import FileLink, StoredFile
from gewerk.files.operations.link import hand_on, link
from gewerk.files.queries import files_of
from gewerk.journal.actor import Actor
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.marketplace.access import QUOTE_FILES, invitation_to_change, quotes
from gewerk.marketplace.models import Quote
from gewerk.marketplace.operations.send import check_before_deadline
from gewerk.marketplace.operations.write_quote import submit
from gewerk.marketplace.scope import QuoteGiven
from gewerk.marketplace.states import QuoteState, State

MOST_FILES = 12


class NoQuoteForFiles(Refusal):
    kind = RefusalKind.CONFLICT
    code = "no_quote_for_files"
    message = _("Save your quote first; then files can be added, until the deadline.")


class TooManyFiles(Refusal):
    code = "too_many_files"
    message = _("Twelve files are enough.")


def submit_quote(*, actor: Actor, invitation_id: UUID, given: QuoteGiven, now: datetime) -> Quote:
    """Raises as ``marketplace.operations.write_quote.submit``."""
    with transaction.atomic():
        before = quotes(actor).filter(invitation_id=invitation_id, state=QuoteState.SUBMITTED).first()
        quote = submit(actor=actor, invitation_id=invitation_id, given=given, now=now)
        if before is not None:
            hand_on(
                actor=replace(actor, organisation_id=quote.firm_id),
                from_type=QUOTE_FILES,
                from_id=before.pk,
                to_type=QUOTE_FILES,
                to_id=quote.pk,
                now=now,
            )
        return quote


def keep_quote_files(
    *, actor: Actor, invitation_id: UUID, files: Sequence[tuple[StoredFile, str]], now: datetime
) -> list[FileLink]:
    """``files`` are (file, name), kept by the firm's organisation: the manager reaches them through the seal alone.

    Raises RequestNotFound, NoQuoteForFiles, DeadlineIsOver, TooManyFiles.
    """
    invitation = invitation_to_change(actor, invitation_id)
    if invitation.request.state != State.OPEN:
        raise NoQuoteForFiles
    check_before_deadline(invitation.request, now)
    states = (QuoteState.DRAFT, QuoteState.SUBMITTED)
    found = {quote.state: quote for quote in quotes(actor).filter(invitation=invitation, state__in=states)}
    quote = found.get(QuoteState.SUBMITTED) or found.get(QuoteState.DRAFT)
    if quote is None:
        raise NoQuoteForFiles
    if len(files_of(QUOTE_FILES, quote.pk)) + len(files) > MOST_FILES:
        raise TooManyFiles
    keeping = replace(actor, organisation_id=invitation.firm_id)
    return [
        link(actor=keeping, file=file, object_type=QUOTE_FILES, object_id=quote.pk, name=name, purpose="quote", now=now)
        for file, name in files
    ]
