"""What was captured on site arrives: the photos are kept, the visit is over, the order is done."""

from datetime import datetime
from uuid import UUID

from gewerk.files.models import StoredFile
from gewerk.files.operations.link import link
from gewerk.files.operations.store import store
from gewerk.files.receive import Received
from gewerk.journal.actor import Actor
from gewerk.journeys.step_order import step_order
from gewerk.projects.models import WorkOrder
from gewerk.projects.states import BY_KEY
from gewerk.scheduling.models import Completion
from gewerk.scheduling.operations import capture, on_site
from gewerk.scheduling.queries.visits import current_visit
from gewerk.scheduling.states import State


def add_photo(*, actor: Actor, completion_id: UUID, received: Received, purpose: str, now: datetime) -> Completion:
    """One announced file of a completion. Sent twice, it is there once. Raises CompletionNotFound, FileIsUnexpected, StoreIsFull."""
    completion = capture.completion_to_fill(actor, completion_id)
    capture.expected(completion, received.sha256, purpose)
    file = store(actor=capture.manager_of(actor, completion), received=received, now=now)
    return add_stored(actor=actor, completion_id=completion_id, file=file, purpose=purpose, now=now)


def add_stored(*, actor: Actor, completion_id: UUID, file: StoredFile, purpose: str, now: datetime) -> Completion:
    """As ``add_photo``, for a file that the manager's organisation holds already. Raises CompletionNotFound, FileIsUnexpected."""
    completion = capture.completion_to_fill(actor, completion_id)
    announced = capture.expected(completion, file.sha256, purpose)
    link(
        actor=capture.manager_of(actor, completion),
        file=file,
        object_type=capture.OBJECT,
        object_id=completion.pk,
        name=announced.name,
        purpose=purpose,
        now=now,
    )
    capture.note_file(actor=actor, completion=completion, file=file, now=now)
    return completion


def finish_capture(*, actor: Actor, completion_id: UUID, now: datetime) -> Completion:
    """Whole, and only then: ends the visit, and reports the work as done where it says so.

    An order that went on meanwhile (cancelled, reported done by somebody else) keeps its state; the completion is kept all the same.
    Raises CompletionNotFound, OrderNotFound, FilesAreMissing.
    """
    completion, is_new = capture.finish(actor=actor, completion_id=completion_id, now=now)
    if is_new:
        _end_visit(actor, completion, now)
        _finish_order(actor, completion, now)
    return completion


def _end_visit(actor: Actor, completion: Completion, now: datetime) -> None:
    visit = current_visit(completion.order_id)
    if visit is None or visit.state not in (State.AGREED, State.UNDER_WAY):
        return
    if visit.starts_at is not None and completion.captured_at < visit.starts_at - on_site.TOO_EARLY:
        return  # captured before the visit that is agreed now: of an earlier one
    on_site.attend(actor=actor, visit_id=visit.pk, now=max(now, visit.starts_at or now))


def _finish_order(actor: Actor, completion: Completion, now: datetime) -> None:
    state = WorkOrder.objects.values_list("state", flat=True).get(pk=completion.order_id)
    step = "finish" if completion.finishes else "start"
    if state in BY_KEY[step].sources:
        step_order(actor=actor, order_id=completion.order_id, step=step, now=now)
