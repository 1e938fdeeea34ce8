"""The three calls by which the phone sends what was captured. Each may come twice, late, or not at all."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from gewerk.entrypoints.uploads import arrived
from gewerk.entrypoints.web.field.answers import answer, for_the_app
from gewerk.files.receive import receive
from gewerk.journal.actor import Actor
from gewerk.journeys.complete_visit import add_photo, finish_capture
from gewerk.kit.refusals import FieldProblem, Refusal
from gewerk.projects.access import order_for
from gewerk.scheduling.models import Completion
from gewerk.scheduling.operations.capture import (
    MOST_FILES,
    MOST_ITEMS,
    Captured,
    CaptureIsInvalid,
    ExpectedFile,
    UsedItem,
    begin,
    completion_to_fill,
    missing_files,
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FileIn(_Strict):
    """A file that will follow."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    purpose: Annotated[str, Field(max_length=20)]
    name: Annotated[str, Field(max_length=200)]


class ItemIn(_Strict):
    """Material; the quantity in thousandths of the unit."""

    text: Annotated[str, Field(max_length=300)]
    quantity_thousandths: int
    unit: Annotated[str, Field(max_length=20)]


class LineIn(_Strict):
    """One line of the checklist."""

    text: Annotated[str, Field(max_length=300)]
    done: bool


class CaptureIn(_Strict):
    """What the phone holds of one job."""

    id: UUID
    captured_at: AwareDatetime
    sent_at: AwareDatetime
    finishes: bool = True
    text: Annotated[str, Field(max_length=10_000)] = ""
    minutes: int = 0
    checklist: Annotated[list[LineIn], Field(max_length=100)] = []
    items: Annotated[list[ItemIn], Field(max_length=MOST_ITEMS)] = []
    signed_by: Annotated[str, Field(max_length=200)] = ""
    files: Annotated[list[FileIn], Field(max_length=MOST_FILES)] = []


class OneFilePlease(Refusal):
    code = "one_file"
    message = _("Send one file at a time.")


@require_POST
@for_the_app
def begin_capture(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """Answers which files are still to come."""
    order_for(_actor(request), order_id)
    sent = _read(request.body)
    completion = begin(actor=_actor(request), order_id=order_id, captured=_captured(sent), now=timezone.now())
    return answer(_state(completion))


@require_POST
@for_the_app
def add_file(request: HttpRequest, completion_id: UUID) -> HttpResponseBase:
    """One file of the form field ``file``, with its ``purpose``."""
    completion_to_fill(_actor(request), completion_id)
    files = arrived(request, "file")
    if len(files) != 1:
        raise OneFilePlease
    with files[0] as incoming:
        completion = add_photo(
            actor=_actor(request),
            completion_id=completion_id,
            received=receive(incoming),
            purpose=request.POST.get("purpose", ""),
            now=timezone.now(),
        )
    return answer(_state(completion))


@require_POST
@for_the_app
def finish(request: HttpRequest, completion_id: UUID) -> HttpResponseBase:
    """Whole, or 409 with what is missing."""
    completion = finish_capture(actor=_actor(request), completion_id=completion_id, now=timezone.now())
    return answer(_state(completion))


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _read(body: bytes) -> CaptureIn:
    try:
        return CaptureIn.model_validate_json(body)
    except ValidationError as error:
        problems = tuple(
            FieldProblem("/" + "/".join(str(part) for part in one["loc"]), one["type"], one["msg"])
            for one in error.errors(include_url=False, include_input=False)
        )
        raise CaptureIsInvalid(problems=problems) from None


def _captured(sent: CaptureIn) -> Captured:
    return Captured(
        completion_id=sent.id,
        captured_at=sent.captured_at,
        sent_at=sent.sent_at,
        finishes=sent.finishes,
        text=sent.text,
        minutes=sent.minutes,
        checklist=[(line.text, line.done) for line in sent.checklist],
        items=[UsedItem(one.text, one.quantity_thousandths, one.unit) for one in sent.items],
        signed_by=sent.signed_by,
        files=[ExpectedFile(one.sha256, one.purpose, one.name) for one in sent.files],
    )


def _state(completion: Completion) -> dict[str, Any]:
    missing = [{"sha256": one.sha256, "purpose": one.purpose} for one in missing_files(completion)]
    return {"id": str(completion.pk), "state": completion.state, "missing": missing}
