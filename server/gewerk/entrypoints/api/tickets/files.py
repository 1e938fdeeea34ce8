"""Files for programs: upload (multipart), read, download. An upload waits a day for being linked to something."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI, Query

from gewerk.entrypoints.api.door import actor_of, answer, in_turn, only_known
from gewerk.entrypoints.api.openapi import reads, writes
from gewerk.entrypoints.api.problems import InvalidInput, WrongMediaType
from gewerk.entrypoints.api.tickets import answers
from gewerk.entrypoints.api.tickets.references import name_of
from gewerk.entrypoints.downloads import download
from gewerk.entrypoints.uploads import arrived, receive_upload
from gewerk.files.access import FileNotFound, file_for, own_file
from gewerk.files.models import FileLink, StoredFile
from gewerk.files.operations.store import store
from gewerk.files.receive import ANY_KIND, Received, receive
from gewerk.identity.access import edits_orders, is_firms_key, require, sees_orders
from gewerk.journal.actor import Actor
from gewerk.kit.refusals import FieldProblem

_TAGS: list[str] = ["files"]
_CONTENT = {
    "responses": {
        200: {
            "description": "The bytes.",
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in ("image/jpeg", "video/mp4", "video/quicktime", "video/webm", "application/pdf")
            },
        }
    }
}


def add_to(api: NinjaAPI) -> None:
    @api.post(
        "/files",
        operation_id="upload_file",
        summary="Upload a photo, video or PDF",
        tags=_TAGS,
        response=writes(answers.File, 201),
        openapi_extra=one_file(),
    )
    def upload_file(request: HttpRequest) -> HttpResponse:
        """One file in the field ``file``: photos up to 25 MB (JPEG, PNG, HEIC, WebP), videos up to 200 MB (MP4, MOV, WebM), PDF up
        to 25 MB. The same bytes again give the same file. Not linked to anything within a day it is removed."""
        only_known(request)
        actor = actor_of(request)
        require(edits_orders(actor) or is_firms_key(actor))
        ready = uploaded(request)
        with in_turn(request):
            file = store(actor=actor, received=ready, now=timezone.now())
            return answer(_row(file, ready.name), status=201, headers={"Location": f"{request.path}/{file.pk}"})

    @api.get(
        "/files/{file_id}",
        operation_id="read_file",
        summary="Read what is known of a file",
        tags=_TAGS,
        response=reads(answers.File, 403),
    )
    def read_file(request: HttpRequest, file_id: UUID) -> HttpResponse:
        only_known(request)
        found = _seen(actor_of(request), file_id)
        return answer(_row(found.file, found.name))

    @api.get(
        "/files/{file_id}/content",
        operation_id="download_file",
        summary="Download a file",
        tags=_TAGS,
        response=reads(None, 403),
        openapi_extra=_CONTENT,
    )
    def download_file(request: HttpRequest, file_id: UUID, query: Query[answers.ContentQuery]) -> HttpResponseBase:
        """Takes Range."""
        only_known(request, answers.ContentQuery)
        wanted: answers.ContentQuery = query
        found = _seen(actor_of(request), file_id)
        return download(request, found, "" if wanted.variant == "original" else wanted.variant, keep=True)


def one_file(**fields: dict[str, Any]) -> dict[str, Any]:
    """``openapi_extra=`` of a multipart call with one file; ``fields`` come beside it, each required."""
    schema = {
        "type": "object",
        "required": ["file", *fields],
        "properties": {"file": {"type": "string", "format": "binary"}, **fields},
    }
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def uploaded(request: HttpRequest) -> Received:
    """The one file of a multipart call, looked at and ready to be stored. Raises WrongMediaType, InvalidInput, and what was refused."""
    if request.content_type != "multipart/form-data":
        raise WrongMediaType
    receive_upload(request)
    sent = arrived(request, "file")
    if len(sent) != 1:
        message = str(_("Send one file in the field file."))
        raise InvalidInput(problems=(FieldProblem("/file", "required", message),))
    return receive(sent[0], kinds=ANY_KIND)


def _seen(actor: Actor, file_id: UUID) -> FileLink:
    """Through something that the actor sees; or one's own upload that hangs on nothing yet. Raises FileNotFound."""
    require(sees_orders(actor) or is_firms_key(actor))
    try:
        return file_for(actor, file_id)
    except FileNotFound:
        file = own_file(actor.organisation_id, file_id)
        if actor.client_number or file.unlinked_at is None:
            raise
        return FileLink(file=file, name=name_of(file))


def _row(file: StoredFile, name: str) -> dict[str, Any]:
    return {
        "id": file.pk,
        "name": name,
        "kind": file.kind,
        "media_type": file.media_type,
        "size": file.size,
        "width": file.width,
        "height": file.height,
    }
