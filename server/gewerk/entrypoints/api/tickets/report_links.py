"""Links and QR codes for reporting without a login, for programs."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import NinjaAPI, Query

from gewerk.config.installation import installation
from gewerk.entrypoints.api.door import actor_of, answer, body, once, only_known
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.entrypoints.api.tickets import answers, bodies, references
from gewerk.identity.access import edits_orders, require
from gewerk.tickets.access import report_link_for, report_links
from gewerk.tickets.links import report_token
from gewerk.tickets.models import ReportLink
from gewerk.tickets.operations.report_links import create_link, revoke_link, rotate_link

_TAGS: list[str] = ["report-links"]


def add_to(api: NinjaAPI) -> None:
    @api.get(
        "/report-links",
        operation_id="list_report_links",
        summary="List links for reporting damage",
        tags=_TAGS,
        response=reads(answers.ReportLinkPage, 403),
    )
    def list_report_links(request: HttpRequest, query: Query[answers.ReportLinkQuery]) -> HttpResponse:
        """By id, the revoked ones too."""
        only_known(request, answers.ReportLinkQuery)
        wanted: answers.ReportLinkQuery = query
        rows = report_links(actor_of(request))
        if wanted.property_id is not None:
            rows = rows.filter(property_id=wanted.property_id)
        if wanted.cursor is not None:
            rows = rows.filter(pk__gt=wanted.cursor)
        found = list(rows.order_by("id")[: wanted.limit + 1])
        listed = found[: wanted.limit]
        last = str(listed[-1].pk) if len(found) > wanted.limit else None
        return answer({"items": [_row(one) for one in listed], "next_cursor": last})

    @api.post(
        "/report-links",
        operation_id="create_report_link",
        summary="Make a link for reporting damage",
        tags=_TAGS,
        response=writes(answers.ReportLink, 201),
        openapi_extra=takes("ReportLinkCreate", bodies.REPORT_LINK_CREATE),
    )
    def create_report_link(request: HttpRequest) -> HttpResponse:
        """Whoever has the address may report without a login."""
        only_known(request)
        actor = actor_of(request)
        sent = dict(body(request, bodies.REPORT_LINK_CREATE))
        require(edits_orders(actor))

        def act() -> HttpResponse:
            one, unit = references.place(actor, sent)
            made = create_link(actor=actor, property=one, unit=unit, note=sent.get("note", ""), now=timezone.now())
            return answer(_row(made), status=201)

        return once(request, act)

    @api.post(
        "/report-links/{link_id}/revoke",
        operation_id="end_report_link",
        summary="Revoke a link",
        tags=_TAGS,
        response=writes(answers.ReportLink),
        openapi_extra=takes("Nothing", bodies.NOTHING),
    )
    def end_report_link(request: HttpRequest, link_id: UUID) -> HttpResponse:
        """409 when it was revoked before."""
        only_known(request)
        actor = actor_of(request)
        body(request, bodies.NOTHING)

        def act() -> HttpResponse:
            revoke_link(actor=actor, link=report_link_for(actor, link_id), now=timezone.now())
            return answer(_row(report_link_for(actor, link_id)))

        return once(request, act)

    @api.post(
        "/report-links/{link_id}/replace",
        operation_id="replace_report_link",
        summary="Revoke a link and make another for the same place",
        tags=_TAGS,
        response=writes(answers.ReportLink, 201),
        openapi_extra=takes("Nothing", bodies.NOTHING),
    )
    def replace_report_link(request: HttpRequest, link_id: UUID) -> HttpResponse:
        """Answers with the new one."""
        only_known(request)
        actor = actor_of(request)
        body(request, bodies.NOTHING)

        def act() -> HttpResponse:
            made = rotate_link(actor=actor, link=report_link_for(actor, link_id), now=timezone.now())
            return answer(_row(made), status=201)

        return once(request, act)


def _row(link: ReportLink) -> dict[str, Any]:
    return {
        "id": link.pk,
        "property_id": link.property_id,
        "unit_id": link.unit_id,
        "note": link.note,
        "url": f"{installation().base_url.rstrip('/')}{reverse('report_begin', args=[report_token(link)])}",
        "created_at": link.created_at,
        "revoked_at": link.revoked_at,
        "last_used_at": link.last_used_at,
    }
