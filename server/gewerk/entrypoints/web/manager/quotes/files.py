"""Photos and plans that the invited firms see: add some, take one away again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gewerk.entrypoints.uploads import arrived, streamed
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.refusals import PAGES_OF_THEIR_OWN
from gewerk.files.operations.store import store
from gewerk.files.receive import ANY_KIND, receive
from gewerk.identity.access import edits_orders, require
from gewerk.journeys.request_quotes import drop_request_file, keep_request_files
from gewerk.kit.locks import writing_transaction
from gewerk.kit.refusals import Refusal
from gewerk.marketplace.access import request_for
from gewerk.marketplace.states import State


@streamed
@managing
@require_POST
def add(request: HttpRequest, request_id: UUID) -> HttpResponseBase:
    """The door opens its transaction itself: the files have arrived before."""
    who = reader(request)
    require(edits_orders(who.actor))
    found = request_for(who.actor, request_id)
    try:
        ready = [receive(one, kinds=ANY_KIND) for one in arrived(request, "files")]
        now = timezone.now()
        with writing_transaction():
            files = [(store(actor=who.actor, received=one, now=now), one.name) for one in ready]
            keep_request_files(actor=who.actor, request_id=found.pk, files=files, now=now)
    except Refusal as refusal:
        if refusal.kind in PAGES_OF_THEIR_OWN:
            raise
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The firms see these files.") if ready else _("No file was chosen."))
    return redirect("edit_quote_request" if found.state == State.DRAFT else "quote_request", request_id=found.pk)


@managing
@require_POST
def drop(request: HttpRequest, request_id: UUID, file_id: UUID) -> HttpResponseBase:
    who = reader(request)
    require(edits_orders(who.actor))
    try:
        drop_request_file(actor=who.actor, request_id=request_id, file_id=file_id, now=timezone.now())
    except Refusal as refusal:
        if refusal.kind in PAGES_OF_THEIR_OWN:
            raise
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The firms do not see this file."))
    return redirect("edit_quote_request", request_id=request_id)
