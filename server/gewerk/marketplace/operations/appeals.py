"""A firm appeals against the warning or the limit; somebody of the operator, who does not belong to it, looks again and decides."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.identity.access import dispatches, require
from gewerk.identity.models import Membership
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.marketplace.access import answer_cases, appeal_to_decide
from gewerk.marketplace.models import AnswerCase, Appeal, CaseEnd, Outcome
from gewerk.marketplace.operations.moving import reason_needed, tell_other
from gewerk.marketplace.operations.watch_answers import end_case

MOST_TEXT = 4_000
OBJECT = "appeal"


class NothingToAppeal(Refusal):
    kind = RefusalKind.CONFLICT
    code = "nothing_to_appeal"
    message = gettext_lazy("Your firm is neither warned nor limited now.")


class AlreadyAppealed(Refusal):
    kind = RefusalKind.CONFLICT
    code = "already_appealed"
    message = gettext_lazy(
        "You have appealed against this already. One appeal against the warning and one against the limit."
    )


class AppealIsInvalid(Refusal):
    code = "appeal_invalid"
    message = gettext_lazy("Please check your appeal.")


class AppealIsDecided(Refusal):
    kind = RefusalKind.CONFLICT
    code = "appeal_decided"
    message = gettext_lazy("This appeal has been decided on already.")


class OwnAppeal(Refusal):
    kind = RefusalKind.FORBIDDEN
    code = "own_appeal"
    message = gettext_lazy("You belong to this firm. Somebody else of the operator must decide.")


def appeal(*, actor: Actor, text: str, now: datetime) -> Appeal:
    """Against what the firm stands at now. Raises NothingToAppeal, AlreadyAppealed, AppealIsInvalid, FORBIDDEN."""
    require(dispatches(actor))
    case = answer_cases(actor).select_for_update(of=("self",)).filter(ended_at__isnull=True).first()
    if case is None:
        raise NothingToAppeal
    if not may_appeal(case):
        raise AlreadyAppealed
    said = text.strip()
    if not said or len(said) > MOST_TEXT:
        message = _("Write between one and %(n)d characters.") % {"n": MOST_TEXT}
        raise AppealIsInvalid(message, problems=(FieldProblem("/text", "required", message),))
    made = Appeal.objects.create(
        case=case, firm_id=case.firm_id, stage=case.stage, text=said, made_by_id=_person(actor), made_at=now
    )
    _tell(actor, made, "made", now=now)
    return made


def _person(actor: Actor) -> UUID | None:
    """None for the firm's program: the journal names the key."""
    return actor.id if actor.kind is ActorKind.PERSON else None


def may_appeal(case: AnswerCase) -> bool:
    return case.ended_at is None and not case.appeals.filter(stage=case.stage).exists()


def decide_appeal(*, actor: Actor, appeal_id: UUID, grant: bool, reason: str, now: datetime) -> Appeal:
    """Granted: the case ends, and what stayed unanswered until now counts no more. The firm reads the reason by mail.

    Raises RequestNotFound, AppealIsDecided, OwnAppeal, ReasonMissing, FORBIDDEN.
    """
    found = appeal_to_decide(actor, appeal_id)
    if found.outcome != Outcome.OPEN:
        raise AppealIsDecided
    if is_own(actor, found):
        raise OwnAppeal
    found.reason = reason_needed(reason)
    found.outcome = Outcome.GRANTED if grant else Outcome.REJECTED
    found.decided_by_id, found.decided_at = actor.id, now
    found.save(update_fields=["outcome", "reason", "decided_by", "decided_at"])
    case = AnswerCase.objects.select_for_update(of=("self",)).get(pk=found.case_id)
    if grant and case.ended_at is None:
        end_case(actor, case, CaseEnd.APPEAL, now=now)
    _tell(actor, found, "decided", now=now)
    return found


def is_own(actor: Actor, found: Appeal) -> bool:
    """The actor made it, or has ever belonged to the firm."""
    return actor.id is not None and (
        actor.id == found.made_by_id
        or Membership.objects.filter(person_id=actor.id, organisation_id=found.firm_id).exists()
    )


def _tell(actor: Actor, one: Appeal, event: str, *, now: datetime) -> None:
    tell_other(
        actor,
        organisation_id=one.firm_id,
        object_type=OBJECT,
        object_id=one.pk,
        event=f"appeal.{event}",
        now=now,
        data={"case_id": str(one.case_id), "stage": one.stage, "outcome": one.outcome},
    )
