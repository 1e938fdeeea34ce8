"""Completions: what was done, its files, and that it is whole. Each call may be repeated."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI

from gewerk.entrypoints.api.door import actor_of, answer, body, in_turn, once, only_known
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.entrypoints.api.sides import MANAGERS, Side
from gewerk.entrypoints.api.visits import shapes
from gewerk.files.access import own_file
from gewerk.journal.actor import Actor
from gewerk.journeys.complete_visit import add_stored, finish_capture
from gewerk.projects.access import order_for
from gewerk.scheduling.operations.capture import Captured, ExpectedFile, UsedItem, begin
from gewerk.scheduling.queries import visits_for_programs as shown


def add_to(api: NinjaAPI, side: Side = MANAGERS) -> None:
    """All but the files, which each side brings in its own way."""

    @api.get(
        f"{side.prefix}/work-orders/{{order_id}}/completions",
        operation_id=f"list_{side.own}completions",
        summary="List what was done for a work order",
        tags=list(side.tags),
        response=reads(shapes.Completions, 403),
    )
    def list_completions(request: HttpRequest, order_id: UUID) -> HttpResponse:
        only_known(request)
        actor = side.reader(request)
        order_for(actor, order_id)
        return answer({"items": shown.completions_of(actor, order_id)})

    @api.post(
        f"{side.prefix}/work-orders/{{order_id}}/completions",
        operation_id=f"create_{side.own}completion",
        summary="Tell what was done for a work order",
        tags=list(side.tags),
        response=writes(shapes.Completion, 200),
        openapi_extra=takes("CompletionCreate", shapes.COMPLETION_CREATE),
    )
    def create_completion(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Counts when its files have arrived and POST .../finish was called. Sent again, it is there once."""
        only_known(request)
        sent = body(request, shapes.COMPLETION_CREATE)
        actor = actor_of(request)

        def act() -> HttpResponse:
            completion = begin(actor=actor, order_id=order_id, captured=_captured(sent), now=timezone.now())
            return shown_completion(actor, completion.order_id, completion.pk)

        return once(request, act)

    @api.post(
        f"{side.prefix}/completions/{{completion_id}}/finish",
        operation_id=f"finish_{side.own}completion",
        summary="Say that a completion is whole",
        tags=list(side.tags),
        response=writes(shapes.Completion),
    )
    def finish_completion(request: HttpRequest, completion_id: UUID) -> HttpResponse:
        """409 while files are missing. Ends the visit; the order is done where the completion says so."""
        only_known(request)
        actor = actor_of(request)
        with in_turn(request):
            completion = finish_capture(actor=actor, completion_id=completion_id, now=timezone.now())
            return shown_completion(actor, completion.order_id, completion.pk)


def add_files_to(api: NinjaAPI) -> None:
    """What the manager's organisation has uploaded before."""

    @api.post(
        "/completions/{completion_id}/files",
        operation_id="add_completion_file",
        summary="Add an announced file to a completion",
        tags=list(MANAGERS.tags),
        response=writes(shapes.Completion),
        openapi_extra=takes("CompletionFileAdd", shapes.FILE_ADD, repeatable=False),
    )
    def add_completion_file(request: HttpRequest, completion_id: UUID) -> HttpResponse:
        """Added twice, it is there once."""
        only_known(request)
        sent = body(request, shapes.FILE_ADD)
        actor = actor_of(request)
        with in_turn(request):
            completion = add_stored(
                actor=actor,
                completion_id=completion_id,
                file=own_file(actor.organisation_id, sent["file_id"]),
                purpose=sent["purpose"],
                now=timezone.now(),
            )
            return shown_completion(actor, completion.order_id, completion.pk)


def shown_completion(actor: Actor, order_id: UUID, completion_id: UUID) -> HttpResponse:
    row = next(row for row in shown.completions_of(actor, order_id) if row["id"] == completion_id)
    return answer(row)


def _captured(sent: shapes.CompletionCreate) -> Captured:
    return Captured(
        completion_id=sent["id"],
        captured_at=sent["captured_at"],
        sent_at=sent["sent_at"],
        finishes=sent.get("finishes", True),
        text=sent.get("text", ""),
        minutes=sent.get("minutes", 0),
        checklist=[(line["text"], line["done"]) for line in sent.get("checklist", [])],
        items=[
            UsedItem(one["text"], int(one["quantity"] * 1000), one["unit"], one.get("kind", "material"))
            for one in sent.get("items", [])
        ],
        signed_by=sent.get("signed_by", ""),
        files=[ExpectedFile(one["sha256"], one["purpose"], one["name"]) for one in sent.get("files", [])],
    )
