"""Links and QR codes through which people report: per building and flat, printed for the stairwell, revoked and replaced."""

import io
from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gewerk.config.installation import installation
from gewerk.entrypoints.web.manager import words as stock
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.kit.refusals import Refusal
from gewerk.portfolio.access import NotFound, property_for, sub_properties
from gewerk.portfolio.models import Property, SubPropertyType
from gewerk.portfolio.queries.property_page import natural
from gewerk.tickets.access import report_link_for, report_links
from gewerk.tickets.catalogue.urgency import call_phones
from gewerk.tickets.links import report_token
from gewerk.tickets.models import ReportLink
from gewerk.tickets.operations.report import settings_of
from gewerk.tickets.operations.report_links import create_link, revoke_link, rotate_link


def address_of(link: ReportLink) -> str:
    return f"{installation().base_url.rstrip('/')}{reverse('report_begin', args=[report_token(link)])}"


def qr_code(address: str) -> str:
    """An SVG without colours of its own: black on white, also in the dark theme. Error correction Q: a quarter may be scratched."""
    written = io.BytesIO()
    code = segno.make(address, error="q", micro=False)
    code.save(
        written, kind="svg", xmldecl=False, svgns=True, border=2, scale=4, omitsize=True, dark="#000", light="#fff"
    )
    return written.getvalue().decode()


@require_http_methods(["GET", "POST"])
@managing
def links_of_property(request: HttpRequest, property_id: UUID) -> HttpResponseBase:
    """The building's links, those that hold and those that were revoked; POST makes another."""
    who = reader(request)
    one = property_for(who.actor, property_id)
    if request.method == "POST":
        unit = _unit(request, one)
        made = create_link(
            actor=who.actor, property=one, unit=unit, note=request.POST.get("note", ""), now=timezone.now()
        )
        return redirect("report_link", made.pk)
    rows = report_links(who.actor).filter(property=one).select_related("unit", "created_by").order_by("-created_at")
    units = sorted(
        sub_properties(who.actor).filter(property=one, type=SubPropertyType.UNIT, archived_at__isnull=True),
        key=lambda unit: natural(unit.external_id or unit.name),
    )
    context = {
        "reader": who,
        "one": one,
        "title": _("Links for reporting damage"),
        "address": stock.address_line(one),
        "live": [_shown(link, one) for link in rows if link.revoked_at is None],
        "revoked": [_shown(link, one) for link in rows if link.revoked_at is not None],
        "units": [(str(unit.pk), stock.position(unit) or stock.unit_title(unit)) for unit in units],
        "trail": [
            {"label": _("Properties"), "url": reverse("properties")},
            {"label": stock.street_line(one), "url": reverse("property", args=[one.pk])},
            {"label": _("Links for reporting damage")},
        ],
    }
    return render(request, "manager/tickets/report_links.html", context)


def _unit(request: HttpRequest, one: Property) -> Any:
    chosen = request.POST.get("unit", "")
    if not chosen:
        return None
    try:
        unit_id = UUID(chosen)
    except ValueError:
        raise NotFound from None
    units = sub_properties(reader(request).actor).filter(property=one, type=SubPropertyType.UNIT, pk=unit_id)
    found = units.first()
    if found is None:
        raise NotFound
    return found


def _shown(link: ReportLink, one: Property) -> dict[str, Any]:
    what = (stock.position(link.unit) or stock.unit_title(link.unit)) if link.unit else _("Whole building")
    return {
        "link": link,
        "title": f"{what} · {link.note}" if link.note else what,
        "url": reverse("report_link", args=[link.pk]),
        "one": one,
    }


@managing
@require_safe
def sheet(request: HttpRequest, link_id: UUID) -> HttpResponseBase:
    """The sheet for the stairwell, to look at and to print."""
    who = reader(request)
    link = report_link_for(who.actor, link_id)
    address = address_of(link)
    settings = settings_of(who.organisation)
    context = {
        "reader": who,
        "link": link,
        "address": address,
        "code": mark_safe(qr_code(address)),  # noqa: S308 - made here, from our own address
        "place": stock.address_line(link.property),
        "unit": (stock.position(link.unit) or stock.unit_title(link.unit)) if link.unit else "",
        "organisation": who.organisation,
        "phone": settings.emergency_phone or who.organisation.phone,
        "gas_phone": call_phones("gas").get(who.organisation.country, ""),
        "trail": [
            {"label": stock.street_line(link.property), "url": reverse("property", args=[link.property_id])},
            {"label": _("Links for reporting damage"), "url": reverse("report_links", args=[link.property_id])},
            {"label": link.note or _("Sheet")},
        ],
    }
    return render(request, "manager/tickets/sheet.html", context)


@require_POST
@managing
def rotate(request: HttpRequest, link_id: UUID) -> HttpResponseBase:
    who = reader(request)
    link = report_link_for(who.actor, link_id)
    try:
        made = rotate_link(actor=who.actor, link=link, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("report_links", link.property_id)
    messages.success(request, _("The old code opens nothing any more. Print this sheet and hang it up."))
    return redirect("report_link", made.pk)


@require_POST
@managing
def revoke(request: HttpRequest, link_id: UUID) -> HttpResponseBase:
    who = reader(request)
    link = report_link_for(who.actor, link_id)
    try:
        revoke_link(actor=who.actor, link=link, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The code opens nothing any more; it says whom to call."))
    return redirect("report_links", link.property_id)
