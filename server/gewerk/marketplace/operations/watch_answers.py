"""The worker watches who answers: warns, then limits, and lifts both as soon as the firm answers again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gewerk.identity.models import Organisation
from gewerk.journal.actor import Actor, system
from gewerk.marketplace.answer_rule import Answered, Verdict, verdict
from gewerk.marketplace.models import AnswerCase, CaseEnd, Outcome
from gewerk.marketplace.operations.moving import tell_other
from gewerk.marketplace.queries.answers import answered_by, answering_too_little

OBJECT = "answer_case"


def watch_answers(*, now: datetime) -> int:
    """Each firm in its own transaction. Returns for how many something changed."""
    open_ones = AnswerCase.objects.filter(ended_at__isnull=True).values_list("firm_id", flat=True)
    firms = sorted({*open_ones, *answering_too_little(now=now)})
    return sum(watch_firm(firm_id, now=now) for firm_id in firms)


def watch_firm(firm_id: UUID, *, now: datetime) -> bool:
    """Whether something changed."""
    with transaction.atomic():
        # The firm's row is the lock: of two workers the second finds what the first did.
        Organisation.objects.select_for_update(no_key=True).get(pk=firm_id)
        case = AnswerCase.objects.filter(firm_id=firm_id, ended_at__isnull=True).first()
        since = case.warned_at if case is not None else None
        found = answered_by([firm_id], now=now, since=since).get(firm_id, Answered())
        waits = case is not None and case.appeals.filter(outcome=Outcome.OPEN).exists()
        follows = verdict(found, case.stage if case is not None else None, appeal_open=waits)
        if follows is None:
            return False
        if case is None:
            case = AnswerCase.objects.create(
                firm_id=firm_id, warned_at=now, warned_asked=found.asked, warned_unanswered=found.unanswered
            )
        elif follows is Verdict.LIMIT:
            case.limited_at, case.limited_asked, case.limited_unanswered = now, found.asked, found.unanswered
            case.save(update_fields=["limited_at", "limited_asked", "limited_unanswered"])
        else:
            end_case(system(firm_id), case, CaseEnd.RECOVERED, now=now)
            return True
        event = "warned" if follows is Verdict.WARN else "limited"
        tell_case(system(firm_id), case, event, now=now, asked=found.asked, unanswered=found.unanswered)
        return True


def end_case(actor: Actor, case: AnswerCase, why: CaseEnd, *, now: datetime) -> None:
    case.ended_at, case.ended_why = now, why
    case.save(update_fields=["ended_at", "ended_why"])
    tell_case(actor, case, "lifted", now=now, why=why.value)


def tell_case(actor: Actor, case: AnswerCase, event: str, *, now: datetime, **data: int | str) -> None:
    tell_other(
        actor,
        organisation_id=case.firm_id,
        object_type=OBJECT,
        object_id=case.pk,
        event=f"answer_case.{event}",
        now=now,
        data=data,
    )
