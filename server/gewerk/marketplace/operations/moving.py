"""What every step passes: the table, the version that was seen, the reason; and what it leaves in the journal."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.identity.access import require
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.marketplace.access import RequestNotFound, parties_of
from gewerk.marketplace.models import Quote, QuoteRequest
from gewerk.marketplace.states import BY_KEY, QUOTE_BY_KEY, QuoteState, State


class StepNotPossible(Refusal):
    """The state does not allow it, mostly because somebody else was faster."""

    kind = RefusalKind.CONFLICT
    code = "step_not_possible"


class Stale(Refusal):
    kind = RefusalKind.STALE
    code = "stale"
    message = gettext_lazy("The request was changed meanwhile. Look at it anew and decide again.")


class ReasonMissing(Refusal):
    code = "reason_missing"
    message = gettext_lazy("Please say why, in a few words.")


def reason_needed(reason: str, pointer: str = "/reason") -> str:
    """The reason without its margins. Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing(problems=(FieldProblem(pointer, "required", str(ReasonMissing.message)),))
    return reason.strip()[:4_000]


def request_to_move(actor: Actor, request_id: UUID, key: str) -> QuoteRequest:
    """Locked, for somebody who may take that step, also Gewerk itself. Raises RequestNotFound, FORBIDDEN."""
    request = (
        QuoteRequest.objects.select_for_update(of=("self",))
        .select_related("organisation", "order")
        .filter(pk=request_id, organisation_id=actor.organisation_id)
        .first()
    )
    if request is None:
        raise RequestNotFound
    require(bool(parties_of(actor, request) & BY_KEY[key].by))
    return request


def check_version(request: QuoteRequest, version: int | None) -> None:
    if version is not None and version != request.version:
        raise Stale


def check_step(request: QuoteRequest, key: str) -> None:
    """Raises StepNotPossible, telling how the request stands and, when it is awarded, to whom."""
    step = BY_KEY[key]
    if request.state in step.sources and request.mode in step.modes:
        return
    text = _("“%(step)s” is not possible: the request is “%(state)s” now.") % {
        "step": step.title,
        "state": State(request.state).label,
    }
    raise StepNotPossible(text, code="already_awarded" if request.state == State.AWARDED else None)


def move_quote(quote: Quote, key: str, *, now: datetime, **changes: Any) -> None:
    """Raises StepNotPossible."""
    step = QUOTE_BY_KEY[key]
    if quote.state not in step.sources:
        raise StepNotPossible(
            _("“%(step)s” is not possible: the quote is “%(state)s” now.")
            % {"step": step.title, "state": QuoteState(quote.state).label}
        )
    for name, value in changes.items():
        setattr(quote, name, value)
    quote.state, quote.updated_at = step.target, now
    quote.save(update_fields=[*changes, "state", "updated_at"])


def save(request: QuoteRequest, *, now: datetime, **changes: Any) -> None:
    """Write the changes and count the version up. Never called for what a firm does with its quote."""
    for name, value in changes.items():
        setattr(request, name, value)
    request.version += 1
    request.updated_at = now
    request.save(update_fields=[*changes, "version", "updated_at"])


def tell_manager(
    actor: Actor, request: QuoteRequest, event: str, *, now: datetime, data: dict[str, Any] | None = None
) -> None:
    """One entry in the journal of the manager's organisation: nothing of a sealed quote is ever told here."""
    record(
        actor=replace(actor, organisation_id=request.organisation_id),
        event=f"quote_request.{event}",
        object_type="quote_request",
        object_id=request.pk,
        now=now,
        data={"order_id": str(request.order_id), **(data or {})},
    )


def tell_other(
    actor: Actor,
    *,
    organisation_id: UUID,
    object_type: str,
    object_id: UUID,
    event: str,
    now: datetime,
    data: dict[str, Any] | None = None,
    due_at: datetime | None = None,
) -> None:
    """One entry in the journal of the organisation that it concerns, whoever acts. What a firm is told, the manager does not read."""
    record(
        actor=replace(actor, organisation_id=organisation_id),
        event=event,
        object_type=object_type,
        object_id=object_id,
        now=now,
        data=data,
        due_at=due_at,
    )
