"""Photos and videos of a report in the making: sent one by one as they are taken, or all with the page where no script runs."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from gewerk.entrypoints.downloads import download
from gewerk.entrypoints.uploads import arrived, streamed
from gewerk.entrypoints.web.refusals import STATUS, too_many
from gewerk.entrypoints.web.report.entrance import Entrance, entering
from gewerk.files.access import FileNotFound
from gewerk.files.incoming import Incoming
from gewerk.files.limits import FILES_PER_REQUEST
from gewerk.files.models import FileKind, FileLink
from gewerk.files.operations.link import link, unlink
from gewerk.files.operations.store import store
from gewerk.files.queries import files_of
from gewerk.files.receive import receive
from gewerk.journal.actor import Actor
from gewerk.journeys.report_damage import BY_REPORTER, DRAFT
from gewerk.kit.locks import writing_transaction
from gewerk.kit.refusals import Refusal


class TooManyPhotos(Refusal):
    code = "too_many_files"
    message = _("Twelve photos and videos are enough. Remove one before you add another.")


def with_own_transaction() -> AbstractContextManager[None]:
    """Opened here and not around the whole request: a photo may take a minute to arrive, and nobody waits for it."""
    return writing_transaction()


def photos_of(entrance: Entrance) -> list[dict[str, Any]]:
    links = files_of(DRAFT, entrance.draft.pk) if entrance.draft is not None else []
    return [_shown(entrance, one) for one in links]


def _shown(entrance: Entrance, one: FileLink) -> dict[str, Any]:
    return {
        "id": str(one.file_id),
        "name": one.name,
        "is_image": one.file.kind == FileKind.IMAGE,
        "url": entrance.photo_url("show", one.file_id),
        "remove": entrance.photo_url("remove", one.file_id),
    }


def stored_links(
    actor: Actor, sent: Sequence[Incoming], *, object_type: str, object_id: UUID, purpose: str
) -> list[FileLink]:
    """Check each file outside any transaction, then store and link all in one. Raises a Refusal; then none is kept."""
    ready = [receive(one) for one in sent if one.size or one.name]
    now = timezone.now()
    with with_own_transaction():
        return [
            link(
                actor=actor,
                file=store(actor=actor, received=one, now=now),
                object_type=object_type,
                object_id=object_id,
                purpose=purpose,
                name=one.name,
                now=now,
            )
            for one in ready
        ]


def keep_sent(request: HttpRequest, entrance: Entrance) -> list[FileLink]:
    """The files that came with this request, linked to the draft. Raises a Refusal."""
    sent = arrived(request, "photos")
    if not sent:
        return []
    with with_own_transaction():
        draft = entrance.keep_draft()
    if len(files_of(DRAFT, draft.pk)) + len(sent) > FILES_PER_REQUEST:
        raise TooManyPhotos
    return stored_links(entrance.actor, sent, object_type=DRAFT, object_id=draft.pk, purpose=BY_REPORTER)


@require_POST
@streamed
@entering
def add(request: HttpRequest, entrance: Entrance) -> HttpResponseBase:
    """One photo from the script of the page: answers with what it shows, or with the sentence of what is wrong."""
    if not ratelimit.consume(request, action="report_photo"):
        return too_many(request)
    try:
        made = keep_sent(request, entrance)
    except Refusal as refusal:
        return JsonResponse({"message": str(refusal.message)}, status=STATUS[refusal.kind])
    return entrance.remember(JsonResponse({"photos": [_shown(entrance, one) for one in made]}))


@require_POST
@entering
def remove(request: HttpRequest, entrance: Entrance, file_id: UUID) -> HttpResponseBase:  # noqa: ARG001 - Django's signature
    one = _own(entrance, file_id)
    with with_own_transaction():
        unlink(actor=entrance.actor, link_id=one.pk, now=timezone.now())
    return redirect(entrance.url("details"))


@require_safe
@entering
def show(request: HttpRequest, entrance: Entrance, file_id: UUID) -> HttpResponseBase:
    """The small copy of one's own photo."""
    one = _own(entrance, file_id)
    return download(request, one, "small" if one.file.kind == FileKind.IMAGE else "")


def _own(entrance: Entrance, file_id: UUID) -> FileLink:
    links = files_of(DRAFT, entrance.draft.pk) if entrance.draft is not None else []
    found = next((one for one in links if one.file_id == file_id), None)
    if found is None:
        raise FileNotFound
    return found
