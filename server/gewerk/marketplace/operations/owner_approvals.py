"""An owner is asked to agree to a quote, and decides by the link of the mail; and from which sum on that is needed."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.identity.access import require
from gewerk.journal.actor import Actor, ActorKind, by_link
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.marketplace.access import owner_of, quotes, request_to_edit
from gewerk.marketplace.models import OwnerApproval, OwnerApprovalState, OwnerRule, QuoteRequest
from gewerk.marketplace.operations.moving import StepNotPossible, reason_needed, save, tell_manager
from gewerk.marketplace.states import QuoteState, State
from gewerk.projects.operations.limits import HIGHEST_MINOR, sets_limits

ASKED = "owner_approval.asked"


class OwnerIsInvalid(Refusal):
    code = "owner_invalid"
    message = gettext_lazy("Please check whom to ask.")


class OwnerHasDecided(Refusal):
    kind = RefusalKind.CONFLICT
    code = "owner_decided"
    message = gettext_lazy("This was decided already, or is not needed any more.")


def ask_owner(
    *, actor: Actor, request_id: UUID, quote_id: UUID, name: str, email: str, note: str = "", now: datetime
) -> OwnerApproval:
    """Raises RequestNotFound, StepNotPossible, OwnerIsInvalid."""
    request = request_to_edit(actor, request_id)
    quote = quotes(actor).filter(pk=quote_id, request=request, state=QuoteState.SUBMITTED).first()
    if request.state != State.OPENED or quote is None:
        raise StepNotPossible(_("An owner is asked about an opened quote that can still be awarded."))
    if OwnerApproval.objects.filter(request=request, state=OwnerApprovalState.ASKED).exists():
        raise StepNotPossible(_("An owner is asked already; wait for the answer."))
    try:
        validate_email(email)
    except ValidationError as wrong:
        message = _("Please enter a whole e-mail address.")
        raise OwnerIsInvalid(problems=(FieldProblem("/email", "not_an_address", message),)) from wrong
    if not name.strip():
        raise OwnerIsInvalid(problems=(FieldProblem("/name", "required", _("Whom do you ask?")),))
    made = OwnerApproval.objects.create(
        request=request,
        quote=quote,
        amount_minor=quote.gross_minor,
        owner_name=name.strip()[:200],
        owner_email=email,
        note=note.strip()[:4_000],
        asked_by_id=actor.id if actor.kind is ActorKind.PERSON else None,
        asked_at=now,
    )
    save(request, now=now)
    record(actor=actor, event=ASKED, object_type="owner_approval", object_id=made.pk, now=now)
    return made


def decide_as_owner(*, token: str, approves: bool, reason: str = "", now: datetime) -> OwnerApproval:
    """By whoever holds the link; once. A refusal needs a reason. Raises LinkIsInvalid, OwnerHasDecided, ReasonMissing."""
    found = owner_of(token)
    request = (
        QuoteRequest.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=found.request_id)
    )
    found.refresh_from_db(fields=["state"])
    if found.state != OwnerApprovalState.ASKED or request.state != State.OPENED:
        raise OwnerHasDecided
    found.reason = reason.strip()[:4_000] if approves else reason_needed(reason)
    found.state = OwnerApprovalState.APPROVED if approves else OwnerApprovalState.REFUSED
    found.decided_at = now
    found.save(update_fields=["state", "reason", "decided_at"])
    save(request, now=now)
    actor = by_link(request.organisation_id, found.pk, f"owner_approval:{found.pk}")
    tell_manager(actor, request, "owner_decided", now=now, data={"approved": approves})
    return found


def set_owner_rule(*, actor: Actor, from_minor: int | None, now: datetime) -> None:
    """From which gross sum on an owner has to agree; None: never. Raises OwnerIsInvalid, FORBIDDEN."""
    require(sets_limits(actor))
    if from_minor is not None and not 0 <= from_minor <= HIGHEST_MINOR:
        problem = FieldProblem("/amount", "out_of_range", _("This amount is not possible."))
        raise OwnerIsInvalid(problems=(problem,))
    if from_minor is None:
        OwnerRule.objects.filter(organisation_id=actor.organisation_id).delete()
    else:
        OwnerRule.objects.update_or_create(organisation_id=actor.organisation_id, defaults={"from_minor": from_minor})
    record(
        actor=actor,
        event="owner_rule.changed",
        object_type="organisation",
        object_id=actor.organisation_id,
        now=now,
        data={"from_minor": from_minor},
    )
