"""Take what a fitter captured on the phone, possibly days ago in a cellar without network, with a clock that is wrong.

Three calls, each safe to repeat: ``begin`` (what was done, and which files will follow), ``add_file`` once per file, ``finish``.
Only a whole completion counts: nothing is half done, and what arrives twice is there once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.files.models import StoredFile
from gewerk.files.queries import files_of
from gewerk.firms.models import CostKind
from gewerk.identity.access import require
from gewerk.journal.actor import Actor, ActorKind
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.projects.access import order_to_change
from gewerk.scheduling.access import parties
from gewerk.scheduling.models import CaptureState, Completion, CompletionItem, Visit
from gewerk.scheduling.states import By

OBJECT = "completion"
PURPOSES = ("before", "during", "after", "signature")
MOST_FILES = 60
MOST_ITEMS = 100
MOST_MINUTES = 60 * 24 * 7
_STEADY = timedelta(seconds=30)
"""A phone's clock this near to ours is right; the rest is the way of the request."""


class CompletionNotFound(Refusal):
    kind = RefusalKind.NOT_FOUND
    code = "not_found"


class CaptureIsInvalid(Refusal):
    code = "capture_invalid"
    message = gettext_lazy("Please check what was captured.")


class IdIsTaken(Refusal):
    """Another order's completion has this id."""

    kind = RefusalKind.CONFLICT
    code = "id_taken"
    message = gettext_lazy("This report belongs to another order.")


class FileIsUnexpected(Refusal):
    kind = RefusalKind.CONFLICT
    code = "file_unexpected"
    message = gettext_lazy("This photo does not belong to the report. Send the report anew.")


class FilesAreMissing(Refusal):
    """``details["sha256"]`` lists what is still to come."""

    kind = RefusalKind.CONFLICT
    code = "files_missing"
    message = gettext_lazy("Not all photos have arrived yet. They are sent as soon as there is network.")


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """A file that will follow: hash of its bytes as the phone sends them, what it shows, its name."""

    sha256: str
    purpose: str
    name: str


@dataclass(frozen=True, slots=True)
class UsedItem:
    """Material or travel. ``quantity_thousandths`` of ``unit``."""

    text: str
    quantity_thousandths: int
    unit: str
    kind: str = CostKind.MATERIAL


@dataclass(frozen=True, slots=True)
class Captured:
    """What the phone holds. ``captured_at`` and ``sent_at`` are read off the phone's own clock."""

    completion_id: UUID
    captured_at: datetime
    sent_at: datetime
    finishes: bool = True
    text: str = ""
    minutes: int = 0
    checklist: Sequence[tuple[str, bool]] = ()
    items: Sequence[UsedItem] = ()
    signed_by: str = ""
    files: Sequence[ExpectedFile] = field(default_factory=tuple)


def begin(*, actor: Actor, order_id: UUID, captured: Captured, now: datetime) -> Completion:
    """The completion, being received; a whole one comes back as it is. Raises OrderNotFound, IdIsTaken, CaptureIsInvalid, FORBIDDEN."""
    order = order_to_change(actor, order_id)
    require(bool(parties(actor, order) & {By.CONTRACTOR, By.STAFF}))
    known = Completion.objects.filter(pk=captured.completion_id).first()
    if known is not None:
        if known.order_id != order.pk or known.sent_for_id != actor.organisation_id:
            raise IdIsTaken
        return known
    _check(captured)
    clock_off, captured_at = true_time(captured.captured_at, sent_at=captured.sent_at, now=now)
    completion = Completion(
        id=captured.completion_id,
        organisation=order.organisation,
        order=order,
        visit=Visit.objects.filter(order=order).order_by("-number").first(),
        sent_by_id=actor.id if actor.kind is ActorKind.PERSON else None,
        sent_for_id=actor.organisation_id,
        captured_at=captured_at,
        clock_off_seconds=int(clock_off.total_seconds()),
        received_at=now,
        finishes=captured.finishes,
        text=captured.text.strip(),
        checklist=[{"text": text, "done": done} for text, done in captured.checklist],
        minutes=captured.minutes,
        signed_by=captured.signed_by.strip(),
        expected_files=[{"sha256": f.sha256, "purpose": f.purpose, "name": f.name} for f in captured.files],
    )
    try:
        with transaction.atomic():
            completion.save(force_insert=True)
    except IntegrityError as taken:  # another organisation's, or the same phone twice at once
        raise IdIsTaken from taken
    CompletionItem.objects.bulk_create(
        CompletionItem(
            completion=completion,
            position=position,
            kind=item.kind,
            text=item.text.strip(),
            quantity_thousandths=item.quantity_thousandths,
            unit=item.unit.strip(),
        )
        for position, item in enumerate(captured.items, 1)
    )
    return completion


def completion_to_fill(actor: Actor, completion_id: UUID) -> Completion:
    """One that the actor's organisation sends, with the order still its own. Raises CompletionNotFound, OrderNotFound."""
    found = Completion.objects.filter(pk=completion_id, sent_for_id=actor.organisation_id).first()
    if found is None:
        raise CompletionNotFound
    order_to_change(actor, found.order_id)
    return (
        Completion.objects.select_for_update(of=("self",)).select_related("order", "organisation").get(pk=completion_id)
    )


def expected(completion: Completion, sha256: str, purpose: str) -> ExpectedFile:
    """What the phone announced of a file that arrives now. Raises FileIsUnexpected."""
    for one in completion.expected_files:
        if one["sha256"] == sha256 and one["purpose"] == purpose:
            return ExpectedFile(**one)
    raise FileIsUnexpected


def missing_files(completion: Completion) -> list[ExpectedFile]:
    """What was announced and has not arrived yet."""
    arrived = {(link.file.sha256, link.purpose) for link in files_of(OBJECT, completion.pk)}
    announced = [ExpectedFile(**one) for one in completion.expected_files]
    return [one for one in announced if (one.sha256, one.purpose) not in arrived]


def manager_of(actor: Actor, completion: Completion) -> Actor:
    """The same actor on the manager's ground: the photos belong to the manager's organisation."""
    return replace(actor, organisation_id=completion.organisation_id)


def note_file(*, actor: Actor, completion: Completion, file: StoredFile, now: datetime) -> None:
    """Journal: a photo has arrived."""
    record(
        actor=manager_of(actor, completion),
        event="completion.file_received",
        object_type=OBJECT,
        object_id=completion.pk,
        now=now,
        data={"order_id": str(completion.order_id), "file": str(file.pk)},
    )


def finish(*, actor: Actor, completion_id: UUID, now: datetime) -> tuple[Completion, bool]:
    """The whole completion, and whether this call made it whole. Raises CompletionNotFound, OrderNotFound, FilesAreMissing."""
    completion = completion_to_fill(actor, completion_id)
    if completion.state == CaptureState.WHOLE:
        return completion, False
    missing = missing_files(completion)
    if missing:
        raise FilesAreMissing(sha256=[one.sha256 for one in missing])
    completion.state, completion.whole_at = CaptureState.WHOLE, now
    completion.save(update_fields=["state", "whole_at"])
    record(
        actor=manager_of(actor, completion),
        event="completion.received",
        object_type=OBJECT,
        object_id=completion.pk,
        now=now,
        data={
            "order_id": str(completion.order_id),
            "files": len(completion.expected_files),
            "finishes": completion.finishes,
        },
    )
    return completion, True


def true_time(captured_at: datetime, *, sent_at: datetime, now: datetime) -> tuple[timedelta, datetime]:
    """(by how much the phone's clock is ahead, when it was really captured): never after ``now``.

    The phone tells both moments by the same clock, so their distance is right even where the clock is not.
    """
    off = sent_at - now
    if abs(off) <= _STEADY:
        off = timedelta(0)
    return off, min(captured_at - off, now)


def _check(captured: Captured) -> None:
    problems = []
    if not captured.text.strip() and not captured.files and not captured.checklist:
        problems.append(FieldProblem("/text", "required", _("Say in a few words what was done, or add a photo.")))
    if not 0 <= captured.minutes <= MOST_MINUTES:
        problems.append(FieldProblem("/minutes", "range", _("The working time is between nothing and one week.")))
    if len(captured.files) > MOST_FILES:
        problems.append(
            FieldProblem("/files", "too_many", _("At most %(most)s photos per report.") % {"most": MOST_FILES})
        )
    if len(captured.items) > MOST_ITEMS:
        problems.append(
            FieldProblem("/items", "too_many", _("At most %(most)s lines of material.") % {"most": MOST_ITEMS})
        )
    for index, file in enumerate(captured.files):
        if file.purpose not in PURPOSES or len(file.sha256) != 64:
            problems.append(FieldProblem(f"/files/{index}", "invalid", _("This file is not described rightly.")))
    for index, item in enumerate(captured.items):
        if not item.text.strip() or not 0 < item.quantity_thousandths <= 10**9 or item.kind not in CostKind.values:
            problems.append(FieldProblem(f"/items/{index}", "invalid", _("Material needs a text and a quantity.")))
    if any(file.purpose == "signature" for file in captured.files) and not captured.signed_by.strip():
        problems.append(FieldProblem("/signed_by", "required", _("Who signed? Please enter the name.")))
    if problems:
        raise CaptureIsInvalid(problems=tuple(problems))
