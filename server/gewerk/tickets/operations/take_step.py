"""Take one step of the state table: for a person of the manager, a program, the reporter, or because time has passed."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import edits_orders, require
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.locks import one_at_a_time
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.tickets import events
from gewerk.tickets.access import TicketNotFound
from gewerk.tickets.catalogue.urgency import react_by
from gewerk.tickets.models import Ticket, WaitingFor
from gewerk.tickets.operations.history import tell
from gewerk.tickets.states import BY_KEY, FINAL, By, State, Step

LOCK = "tickets.steps"
"""Steps and merges of an organisation follow each other: a leading ticket and those below it change together."""
_REASON_LETTERS = 4000


class StepNotPossible(Refusal):
    """The table does not lead on from the present state by this step."""

    kind = RefusalKind.CONFLICT
    code = "step_not_possible"
    message = _(
        "This step is not possible from the present state. Somebody may have been faster; look at the ticket again."
    )


class ReasonMissing(Refusal):
    code = "reason_missing"
    message = _("Please give a reason: the reporter reads it.")


class FollowsIncident(Refusal):
    kind = RefusalKind.CONFLICT
    code = "follows_incident"
    message = _("This report follows another ticket. Take the step there, or take it out first.")


class TicketIsStale(Refusal):
    kind = RefusalKind.STALE
    code = "stale"
    message = _("The ticket was changed meanwhile. Read it again and repeat the change.")


def take_step(
    *,
    actor: Actor,
    by: By,
    ticket_id: UUID,
    step: str,
    reason: str = "",
    waiting_for: str = "",
    waiting_until_date: date | None = None,
    version: int | None = None,
    now: datetime,
) -> Ticket:
    """The ticket after the step; those that follow it take the step too where the table lets them.

    The door has fetched the ticket as one that this actor may touch: by ``access``, or by the reporter's signed link.
    Raises TicketNotFound, StepNotPossible, ReasonMissing, FollowsIncident, TicketIsStale.
    """
    if by is By.STAFF:
        require(edits_orders(actor))
    wanted = BY_KEY.get(step)
    if wanted is None:
        raise StepNotPossible
    reason = reason.replace("\x00", "").strip()
    if wanted.needs_reason and not reason:
        raise ReasonMissing(problems=(FieldProblem("/reason", "required", str(ReasonMissing.message)),))
    if len(reason) > _REASON_LETTERS:
        text = str(_("At most %(letters)s characters.") % {"letters": _REASON_LETTERS})
        raise ReasonMissing(text, code="too_long", problems=(FieldProblem("/reason", "too_long", text),))
    if waiting_for and waiting_for not in WaitingFor.values:
        raise ReasonMissing(
            str(_("Please choose one.")),
            code="not_allowed",
            problems=(FieldProblem("/waiting_for", "not_allowed", str(_("Please choose one."))),),
        )
    one_at_a_time(LOCK, actor.organisation_id)
    ticket = (
        Ticket.objects.select_for_update(of=("self",))
        .filter(pk=ticket_id, organisation_id=actor.organisation_id)
        .first()
    )
    if ticket is None:
        raise TicketNotFound
    if version is not None and version != ticket.version:
        raise TicketIsStale
    if ticket.incident_id is not None and by is By.STAFF:
        raise FollowsIncident
    if ticket.state not in wanted.sources or by not in wanted.by:
        raise StepNotPossible
    _go(actor, ticket, wanted, reason, waiting_for, waiting_until_date, now)
    if by is By.STAFF:
        for member in ticket.members.select_for_update(of=("self",)).order_by("id"):
            if member.state in wanted.sources:
                _go(actor, member, wanted, reason, waiting_for, waiting_until_date, now)
    return ticket


def _go(
    actor: Actor,
    ticket: Ticket,
    step: Step,
    reason: str,
    waiting_for: str,
    waiting_until_date: date | None,
    now: datetime,
) -> None:
    before = ticket.state
    waits = step.target == State.WAITING
    ticket.state, ticket.state_at = step.target, now
    ticket.reason = reason
    ticket.waiting_for = (waiting_for or WaitingFor.OTHER) if waits else ""
    ticket.waiting_until_date = waiting_until_date if waits else None
    ticket.closed_at = now if step.target in FINAL else None
    ticket.react_by_at = react_by(ticket.urgency, now=now) if step.target == State.REOPENED else None
    if ticket.responsible_id is None and actor.kind is ActorKind.PERSON and edits_orders(actor):
        ticket.responsible_id = actor.id
    save(ticket, now=now)
    tell(
        actor=actor,
        ticket=ticket,
        event=step.key,
        journal_event=events.STATE_CHANGED,
        from_state=before,
        to_state=step.target,
        reason=reason,
        data={"waiting_for": ticket.waiting_for} if waits else {},
        journal_data={"step": step.key, "from": str(before), "to": str(step.target)},
        now=now,
    )


def save(ticket: Ticket, *, now: datetime) -> None:
    """Write a changed ticket, which the caller has locked; its version counts up."""
    ticket.updated_at = now
    ticket.version += 1
    ticket.save()
