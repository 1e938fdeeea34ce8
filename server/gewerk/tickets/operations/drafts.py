"""A report in the making: begun, kept while it is filled in, cleared when its week is over."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gewerk.identity.models import Organisation
from gewerk.tickets.models import ReportDraft, ReportLink, Ticket

KEPT = timedelta(days=7)


def begin(
    *,
    organisation: Organisation,
    language: str,
    link: ReportLink | None = None,
    person_id: UUID | None = None,
    now: datetime,
) -> ReportDraft:
    if link is not None:
        ReportLink.objects.filter(pk=link.pk).update(last_used_at=now)
    return ReportDraft.objects.create(
        organisation=organisation,
        link=link,
        person_id=person_id,
        language=language[:5],
        created_at=now,
        updated_at=now,
    )


def keep(*, draft: ReportDraft, answers: dict[str, Any], now: datetime) -> None:
    """Write what was answered so far."""
    draft.answers = answers
    draft.updated_at = now
    draft.save(update_fields=["answers", "updated_at"])


def sent_already(draft: ReportDraft) -> Ticket | None:
    """Locks the draft; the ticket that became of it, where somebody pressed twice."""
    locked = ReportDraft.objects.select_for_update().get(pk=draft.pk)
    return Ticket.objects.get(pk=locked.ticket_id) if locked.ticket_id else None


def become(*, draft: ReportDraft, ticket: Ticket) -> None:
    """What was typed is in the ticket now and is not kept twice."""
    draft.ticket = ticket
    draft.answers = {}
    draft.save(update_fields=["ticket", "answers"])


def run_out(*, now: datetime) -> list[ReportDraft]:
    """Drafts whose week is over."""
    return list(ReportDraft.objects.filter(updated_at__lt=now - KEPT).order_by("updated_at")[:500])


def forget(*, draft: ReportDraft) -> None:
    draft.delete()
