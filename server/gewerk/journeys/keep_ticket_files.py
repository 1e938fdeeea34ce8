"""Files come to a ticket later, or are taken away: the link and the ticket's history change together."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from gewerk.files.access import FileNotFound
from gewerk.files.models import FileLink, StoredFile
from gewerk.files.operations.link import link, unlink
from gewerk.journal.actor import Actor
from gewerk.journeys.report_damage import ADDED, BY_REPORTER, TICKET
from gewerk.tickets.models import Ticket
from gewerk.tickets.operations.tell_of_files import tell_of_files


def add_files(
    *, actor: Actor, ticket: Ticket, files: Sequence[tuple[StoredFile, str]], by_reporter: bool, now: datetime
) -> list[FileLink]:
    """``files`` are (file, name) of the ticket's organisation. What the reporter adds, the reporter sees."""
    purpose = BY_REPORTER if by_reporter else ADDED
    made = [
        link(actor=actor, file=file, object_type=TICKET, object_id=ticket.pk, purpose=purpose, name=name, now=now)
        for file, name in files
    ]
    if made:
        told = [(str(one.file_id), one.name) for one in made]
        tell_of_files(actor=actor, ticket=ticket, event="file_added", files=told, internal=not by_reporter, now=now)
    return made


def remove_file(*, actor: Actor, ticket: Ticket, file_id: UUID, now: datetime) -> None:
    """The door fetched the ticket as one to work on. Where it hangs on an order too, it stays there. Raises FileNotFound."""
    links = list(FileLink.objects.filter(object_type=TICKET, object_id=ticket.pk, file_id=file_id))
    if not links:
        raise FileNotFound
    for one in links:
        unlink(actor=actor, link_id=one.pk, now=now)
    told = [(str(file_id), links[0].name)]
    tell_of_files(actor=actor, ticket=ticket, event="file_removed", files=told, internal=True, now=now)
