"""The files of a work order: those that came with its tickets, and those added later. Whoever has the order sees them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI

from gewerk.entrypoints.api.door import actor_of, answer, body, once, only_known
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.entrypoints.api.orders import answers
from gewerk.entrypoints.api.tickets import references
from gewerk.entrypoints.api.tickets.bodies import TICKET_FILES
from gewerk.files.queries import files_of
from gewerk.identity.access import edits_orders, require
from gewerk.journal.actor import Actor
from gewerk.journeys.keep_order_files import ORDER, keep_order_files
from gewerk.projects.access import order_for
from gewerk.tickets.queries.tickets_for_programs import file_row

_PATH = "/work-orders/{order_id}/files"
_TAGS: list[str] = ["work-orders"]


def add_to(api: NinjaAPI) -> None:
    @api.get(
        _PATH,
        operation_id="list_work_order_files",
        summary="List the files of a work order",
        tags=_TAGS,
        response=reads(answers.OrderFiles, 403),
    )
    def list_work_order_files(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Photos of the work hang on its completions."""
        only_known(request)
        return files_answer(actor_of(request), order_id)

    @api.post(
        _PATH,
        operation_id="link_work_order_files",
        summary="Link uploaded files to a work order",
        tags=_TAGS,
        response=writes(answers.OrderFiles),
        openapi_extra=takes("OrderFilesLinked", TICKET_FILES),
    )
    def link_work_order_files(request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Upload them first (POST /files). Linked twice, a file is there once."""
        only_known(request)
        actor = actor_of(request)
        require(edits_orders(actor))
        sent = body(request, TICKET_FILES)

        def act() -> HttpResponse:
            order_for(actor, order_id)
            files = references.files(actor, sent["file_ids"])
            keep_order_files(actor=actor, order_id=order_id, files=files, now=timezone.now())
            return files_answer(actor, order_id)

        return once(request, act)


def files_answer(actor: Actor, order_id: UUID) -> HttpResponse:
    order = order_for(actor, order_id)
    return answer({"items": [file_row(link) for link in files_of(ORDER, order.pk)]})
