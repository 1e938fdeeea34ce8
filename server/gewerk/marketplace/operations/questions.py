"""Questions and answers: every invited firm sees them, nobody learns from them who else is invited."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.marketplace.access import RequestNotFound, invitation_to_change, request_to_edit
from gewerk.marketplace.models import Question
from gewerk.marketplace.operations.moving import StepNotPossible, save, tell_manager, tell_other
from gewerk.marketplace.operations.send import check_before_deadline
from gewerk.marketplace.states import InvitationState, State

LONGEST = 2_000
MOST_QUESTIONS = 30
"""Of one firm about one request."""


class QuestionIsInvalid(Refusal):
    code = "question_invalid"
    message = gettext_lazy("Please enter some words.")


class TooManyQuestions(Refusal):
    kind = RefusalKind.TOO_MANY
    code = "too_many_questions"
    message = gettext_lazy("You have asked very many questions. Please call the manager.")


def ask(*, actor: Actor, invitation_id: UUID, text: str, now: datetime) -> Question:
    """Raises RequestNotFound, StepNotPossible, DeadlineIsOver, QuestionIsInvalid, TooManyQuestions."""
    invitation = invitation_to_change(actor, invitation_id)
    request = invitation.request
    if request.state != State.OPEN:
        raise StepNotPossible(_("Questions are possible while quotes are awaited."))
    check_before_deadline(request, now)
    if Question.objects.filter(invitation=invitation).count() >= MOST_QUESTIONS:
        raise TooManyQuestions
    question = Question.objects.create(request=request, invitation=invitation, text=_words(text), asked_at=now)
    tell_manager(actor, request, "question_asked", now=now, data={"question_id": str(question.pk)})
    return question


def answer(*, actor: Actor, question_id: UUID, text: str, now: datetime) -> Question:
    """Once, while quotes are awaited; all invited firms are told. Raises RequestNotFound, StepNotPossible, QuestionIsInvalid."""
    found = Question.objects.filter(pk=question_id).first()
    if found is None:
        raise RequestNotFound
    request = request_to_edit(actor, found.request_id)
    found.refresh_from_db()
    if request.state != State.OPEN:
        raise StepNotPossible(_("Questions are answered while quotes are awaited."))
    if found.answered_at is not None:
        raise StepNotPossible(_("This question was answered meanwhile."), code="question_answered")
    found.answer = _words(text)
    found.answered_at = now
    found.answered_by_id = actor.id if actor.kind is ActorKind.PERSON else None
    found.save(update_fields=["answer", "answered_at", "answered_by"])
    save(request, now=now)
    for invitation in request.invitations.filter(state=InvitationState.INVITED):
        tell_other(
            actor,
            organisation_id=invitation.firm_id,
            object_type="quote_invitation",
            object_id=invitation.pk,
            event="quote_invitation.question_answered",
            now=now,
            data={"question_id": str(found.pk)},
        )
    tell_manager(actor, request, "question_answered", now=now, data={"question_id": str(found.pk)})
    return found


def _words(text: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST:
        message = _("Between one and %(n)d characters.") % {"n": LONGEST}
        raise QuestionIsInvalid(problems=(FieldProblem("/text", "length", message),))
    return text
