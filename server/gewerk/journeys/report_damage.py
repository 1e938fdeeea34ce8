"""Somebody reports damage with photos: the ticket is made, the photos hang on it, the draft is over. Pressed twice, it is one ticket."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from gewerk.files.models import StoredFile
from gewerk.files.operations.link import hand_on, link, unlink_all
from gewerk.files.queries import files_of
from gewerk.identity.models import Organisation
from gewerk.journal.actor import Actor
from gewerk.tickets.models import ReportDraft, Ticket
from gewerk.tickets.operations import drafts
from gewerk.tickets.operations.report import NewTicket, report

TICKET, DRAFT = "ticket", "report_draft"
BY_REPORTER, ADDED = "report", "added"
"""Purposes of a ticket's files: sent by the reporter, who sees them again; added by the manager."""


def report_damage(
    *,
    actor: Actor,
    organisation: Organisation,
    given: NewTicket,
    files: Sequence[tuple[StoredFile, str]] = (),
    draft: ReportDraft | None = None,
    now: datetime,
) -> Ticket:
    """``files`` are (file, name) of the organisation; those of the draft come along by themselves. Raises ReportIsInvalid."""
    if draft is not None and (known := drafts.sent_already(draft)) is not None:
        return known
    kept = files_of(DRAFT, draft.pk) if draft is not None else []
    names = [*(str(file.pk) for file, _name in files), *(str(one.file_id) for one in kept)]
    ticket = report(actor=actor, organisation=organisation, given=replace(given, files=names), now=now)
    for file, name in files:
        link(
            actor=actor,
            file=file,
            object_type=TICKET,
            object_id=ticket.pk,
            purpose=BY_REPORTER,
            name=name,
            now=now,
        )
    if draft is not None:
        hand_on(actor=actor, from_type=DRAFT, from_id=draft.pk, to_type=TICKET, to_id=ticket.pk, now=now)
        unlink_all(actor=actor, object_type=DRAFT, object_id=draft.pk, now=now)
        drafts.become(draft=draft, ticket=ticket)
    return ticket
