"""An order's documents: the order sheet, the insurer's bundle, and files that the manager adds."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gewerk.entrypoints.documents.claim import claim_bundle
from gewerk.entrypoints.documents.order_sheet import language_of, order_sheet
from gewerk.entrypoints.uploads import arrived, streamed
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.orders.door import RELATED, order_of, page_of
from gewerk.files.operations.store import store
from gewerk.files.queries import files_of, files_of_many
from gewerk.files.receive import ANY_KIND, receive
from gewerk.identity.access import edits_orders, require
from gewerk.journeys.keep_order_files import keep_order_files
from gewerk.kit.locks import writing_transaction
from gewerk.kit.refusals import Refusal
from gewerk.projects.access import OrderNotFound, contact_of, orders
from gewerk.projects.operations.contact_looks import note_contact_look


@login_required
@require_safe
def sheet(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """For whoever sees the order: the manager, the firm that has it, the crew. A contractor's look at the contact is noted."""
    actor = request.actor  # type: ignore[attr-defined]
    order = orders(actor).select_related(*RELATED).filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound
    now = timezone.now()
    contact = contact_of(actor, order)
    if contact is not None:
        with writing_transaction():
            note_contact_look(actor=actor, order=order, now=now)
    document = order_sheet(order, contact=contact, language=language_of(order), at=now)
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = str(content_disposition_header("download" in request.GET, f"{order.number}.pdf"))
    response["Cache-Control"] = "no-store"
    return response


@managing
@require_safe
def insurance(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """Order sheet, photos and documents of the order and its tickets as one ZIP."""
    who = reader(request)
    order = order_of(request, order_id)
    links = files_of("work_order", order.pk)
    tickets = list(order.ticket_links.values_list("ticket_id", flat=True))
    for found in files_of_many("ticket", tickets).values():
        links += found
    bundle = claim_bundle(
        order,
        links,
        contact=contact_of(who.actor, order),
        language=who.organisation.language,
        at=timezone.now(),
    )
    response = FileResponse(bundle, as_attachment=True, filename=f"{order.number}.zip", content_type="application/zip")
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@streamed
@managing
def add_files(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    """Photos, videos and PDF of the manager. The door opens its transaction itself: the files have arrived before."""
    who = reader(request)
    order = order_of(request, order_id)
    require(edits_orders(who.actor))
    try:
        ready = [receive(one, kinds=ANY_KIND) for one in arrived(request, "photos")]
        now = timezone.now()
        with writing_transaction():
            files = [(store(actor=who.actor, received=one, now=now), one.name) for one in ready]
            keep_order_files(actor=who.actor, order_id=order.pk, files=files, now=now)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The files are added.") if ready else _("No file was chosen."))
    return redirect(page_of(order.pk, "files"))
