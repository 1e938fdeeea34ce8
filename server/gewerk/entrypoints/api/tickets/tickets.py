"""Tickets: list, read, report, change, step by step, notes, files, putting together."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import NinjaAPI, Query

from gewerk.config.installation import installation
from gewerk.entrypoints.api import cursors
from gewerk.entrypoints.api.door import actor_of, answer, body, if_match, in_turn, once, only_known
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.entrypoints.api.tickets import answers, bodies, references
from gewerk.identity.access import edits_orders, require
from gewerk.identity.models import Organisation
from gewerk.journeys.keep_ticket_files import add_files, remove_file
from gewerk.journeys.report_damage import report_damage
from gewerk.portfolio.queries.records_for_programs import Place
from gewerk.tickets.access import ticket_for, ticket_to_work_on
from gewerk.tickets.catalogue.faults import catalogue
from gewerk.tickets.catalogue.texts import Text
from gewerk.tickets.links import status_token
from gewerk.tickets.models import Channel, Origin, ReporterKind
from gewerk.tickets.operations.change import assign, change, note
from gewerk.tickets.operations.merge import put_under, separate
from gewerk.tickets.operations.report import NewTicket
from gewerk.tickets.operations.take_step import take_step
from gewerk.tickets.queries import tickets_for_programs as shown
from gewerk.tickets.queries.similar import similar_tickets
from gewerk.tickets.states import By

_TAGS: list[str] = ["tickets"]
_PATH = "/tickets/{ticket_id}"


def add_to(api: NinjaAPI) -> None:
    _add_reading(api)
    _add_reporting(api)
    _add_working(api)
    _add_together(api)


def _ticket(request: HttpRequest, ticket_id: UUID, *, status: int = 200) -> HttpResponse:
    row, version = shown.one(actor_of(request), ticket_id)
    headers = {"ETag": f'"{version}"'}
    if status == 201:
        headers["Location"] = f"{request.path}/{ticket_id}"
    return answer(row, status=status, headers=headers)


def _add_reading(api: NinjaAPI) -> None:
    @api.get(
        "/ticket-categories",
        operation_id="list_ticket_categories",
        summary="What may be reported, with the questions asked",
        tags=_TAGS,
        response=reads(answers.Categories),
    )
    def list_ticket_categories(request: HttpRequest) -> HttpResponse:
        """The same for every organisation. Codes are kept for ever."""
        only_known(request)
        return answer({"items": _categories()})

    @api.get(
        "/tickets",
        operation_id="list_tickets",
        summary="List tickets",
        tags=_TAGS,
        response=reads(answers.TicketPage, 403),
    )
    def list_tickets(request: HttpRequest, query: Query[answers.TicketQuery]) -> HttpResponse:
        """Pages by (updated_at, id). A ticket that changes while you page comes again, none is missed."""
        only_known(request, answers.TicketQuery)
        after = None if query.cursor is None else cursors.read(query.cursor)
        wanted = shown.Wanted(**query.dict(exclude={"limit", "cursor"}))
        place = None if after is None else (after.updated_at, after.id)
        items, last = shown.page(actor_of(request), wanted, after=place, limit=query.limit)
        return answer({"items": items, "next_cursor": None if last is None else cursors.write(Place(*last))})

    @api.get(
        _PATH,
        operation_id="read_ticket",
        summary="Read one ticket",
        tags=_TAGS,
        response=reads(answers.Ticket, 403),
        openapi_extra=answers.ETAG,
    )
    def read_ticket(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        """The ETag goes with If-Match."""
        only_known(request)
        return _ticket(request, ticket_id)

    @api.get(
        f"{_PATH}/history",
        operation_id="list_ticket_history",
        summary="What happened to a ticket",
        tags=_TAGS,
        response=reads(answers.TicketHistory, 403),
    )
    def list_ticket_history(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        """The oldest first. Never changed."""
        only_known(request)
        return answer({"items": shown.history_rows(actor_of(request), ticket_id)})

    @api.get(
        f"{_PATH}/similar",
        operation_id="list_similar_tickets",
        summary="Tickets that may be the same matter",
        tags=_TAGS,
        response=reads(answers.SimilarTickets, 403),
    )
    def list_similar_tickets(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        """Only proposed, with the reasons: put-under puts together."""
        only_known(request)
        actor = actor_of(request)
        found = similar_tickets(actor, ticket_for(actor, ticket_id))
        items = [
            {
                "ticket_id": one.ticket.pk,
                "number": one.ticket.number,
                "kind": one.likeness.kind,
                "score": one.likeness.score,
                "reasons": one.likeness.reasons,
            }
            for one in found
        ]
        return answer({"items": items})

    @api.get(
        f"{_PATH}/status-link",
        operation_id="read_ticket_status_link",
        summary="The reporter's page of a ticket",
        tags=_TAGS,
        response=reads(answers.StatusLink, 403),
    )
    def read_ticket_status_link(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        """Opens without a password: give it to the reporter alone."""
        only_known(request)
        ticket = ticket_for(actor_of(request), ticket_id)
        path = reverse("status", args=[status_token(ticket)])
        return answer({"url": f"{installation().base_url.rstrip('/')}{path}"})


def _add_reporting(api: NinjaAPI) -> None:
    @api.post(
        "/tickets",
        operation_id="create_ticket",
        summary="Report damage",
        tags=_TAGS,
        response=writes(answers.Ticket, 201),
        openapi_extra=takes("TicketCreate", bodies.TICKET_CREATE),
    )
    def create_ticket(request: HttpRequest) -> HttpResponse:
        """Number, urgency and responsible person come by themselves. Photos: upload them first, name them in file_ids."""
        only_known(request)
        sent = body(request, bodies.TICKET_CREATE)
        actor = actor_of(request)
        require(edits_orders(actor))

        def act() -> HttpResponse:
            given, files = _given(actor, dict(sent))
            ticket = report_damage(
                actor=actor,
                organisation=Organisation.objects.get(pk=actor.organisation_id),
                given=given,
                files=files,
                now=timezone.now(),
            )
            return _ticket(request, ticket.pk, status=201)

        return once(request, act)

    @api.patch(
        _PATH,
        operation_id="change_ticket",
        summary="Change what a ticket says",
        tags=_TAGS,
        response=writes(answers.Ticket),
        openapi_extra={
            **takes("TicketChange", bodies.TICKET_CHANGE, repeatable=False, conditional=True),
            **answers.ETAG,
        },
    )
    def change_ticket(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        """Only the fields sent change. With If-Match: 412 when somebody was faster."""
        only_known(request)
        actor, version = actor_of(request), if_match(request)
        sent = dict(body(request, bodies.TICKET_CHANGE))
        reason = sent.pop("reason", "")
        with in_turn(request):
            now = timezone.now()
            named = "responsible_id" in sent
            person = sent.pop("responsible_id", None)
            change(actor=actor, ticket_id=ticket_id, fields=sent, reason=reason, version=version, now=now)
            if named:
                assign(actor=actor, ticket_ids=[ticket_id], person_id=person, now=now)
            return _ticket(request, ticket_id)


def _given(actor: Any, sent: dict[str, Any]) -> tuple[NewTicket, list[Any]]:
    files = references.files(actor, sent.pop("file_ids", []))
    one, unit = references.place(actor, sent)
    reporter = dict(sent.pop("reporter", {}))
    record = references.party(actor, reporter)
    organisation = Organisation.objects.get(pk=actor.organisation_id)
    language = reporter.pop("language", None) or (record.language if record else "") or organisation.language
    kind = reporter.pop("kind", None)
    if kind is None:
        kind = ReporterKind.OTHER if record is None else "owner" if record.type == "landlord" else "tenant"
    origin = Origin(sent.pop("origin", Origin.GEWERK))
    fields: dict[str, Any] = {
        name: "" if value is None else value for name, value in sent.items() if name != "external_id"
    }
    given = NewTicket(
        property=one,
        unit=unit,
        channel=Channel.ERP if origin is Origin.ERP else Channel.API,
        origin=origin,
        external_id=sent.get("external_id"),
        language=language,
        reporter=record,
        reporter_kind=kind,
        reporter_name=reporter.get("name", record.name if record else ""),
        reporter_email=reporter.get("email", record.email if record else ""),
        reporter_phone=reporter.get("phone", ""),
        **fields,
    )
    return given, files


def _add_working(api: NinjaAPI) -> None:
    @api.post(
        f"{_PATH}/steps",
        operation_id="take_ticket_step",
        summary="Take one step of the table of states",
        tags=_TAGS,
        response=writes(answers.Ticket),
        openapi_extra={**takes("TicketStep", bodies.TICKET_STEP, conditional=True), **answers.ETAG},
    )
    def take_ticket_step(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        """409 where the table does not lead on from the present state. The reporter is told."""
        only_known(request)
        actor, version = actor_of(request), if_match(request)
        sent = body(request, bodies.TICKET_STEP)

        def act() -> HttpResponse:
            ticket_to_work_on(actor, ticket_id)
            take_step(actor=actor, by=By.STAFF, ticket_id=ticket_id, version=version, now=timezone.now(), **sent)
            return _ticket(request, ticket_id)

        return once(request, act)

    @api.post(
        f"{_PATH}/notes",
        operation_id="write_ticket_note",
        summary="Write an internal note",
        tags=_TAGS,
        response=writes(answers.TicketHistory, 201),
        openapi_extra=takes("TicketNote", bodies.TICKET_NOTE),
    )
    def write_ticket_note(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        """The reporter never sees it. Answers with the whole history."""
        only_known(request)
        actor = actor_of(request)
        sent = body(request, bodies.TICKET_NOTE)

        def act() -> HttpResponse:
            note(actor=actor, ticket_id=ticket_id, text=sent["text"], now=timezone.now())
            return answer({"items": shown.history_rows(actor, ticket_id)}, status=201)

        return once(request, act)

    @api.post(
        f"{_PATH}/files",
        operation_id="link_ticket_files",
        summary="Link uploaded files to a ticket",
        tags=_TAGS,
        response=writes(answers.Ticket),
        openapi_extra={**takes("TicketFiles", bodies.TICKET_FILES), **answers.ETAG},
    )
    def link_ticket_files(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        """The reporter does not see what is added here."""
        only_known(request)
        actor = actor_of(request)
        sent = body(request, bodies.TICKET_FILES)

        def act() -> HttpResponse:
            ticket = ticket_to_work_on(actor, ticket_id)
            files = references.files(actor, sent["file_ids"])
            add_files(actor=actor, ticket=ticket, files=files, by_reporter=False, now=timezone.now())
            return _ticket(request, ticket_id)

        return once(request, act)

    @api.post(
        f"{_PATH}/files/{{file_id}}/remove",
        operation_id="unlink_ticket_file",
        summary="Take a file away from a ticket",
        tags=_TAGS,
        response=writes(answers.Ticket),
        openapi_extra={**takes("Nothing", bodies.NOTHING), **answers.ETAG},
    )
    def unlink_ticket_file(request: HttpRequest, ticket_id: UUID, file_id: UUID) -> HttpResponse:
        """Where the file hangs on an order too, it stays there."""
        only_known(request)
        actor = actor_of(request)
        body(request, bodies.NOTHING)

        def act() -> HttpResponse:
            ticket = ticket_to_work_on(actor, ticket_id)
            remove_file(actor=actor, ticket=ticket, file_id=file_id, now=timezone.now())
            return _ticket(request, ticket_id)

        return once(request, act)


def _add_together(api: NinjaAPI) -> None:
    @api.post(
        f"{_PATH}/put-under",
        operation_id="follow_ticket",
        summary="Put a ticket under another that leads for it",
        tags=_TAGS,
        response=writes(answers.Ticket),
        openapi_extra={**takes("PutUnder", bodies.PUT_UNDER), **answers.ETAG},
    )
    def follow_ticket(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        """Both of one property. It follows the other's state; what it holds stays its own."""
        only_known(request)
        actor = actor_of(request)
        sent = body(request, bodies.PUT_UNDER)

        def act() -> HttpResponse:
            wide = sent.get("building_wide")
            put_under(
                actor=actor, lead_id=sent["lead_id"], ticket_ids=[ticket_id], building_wide=wide, now=timezone.now()
            )
            return _ticket(request, ticket_id)

        return once(request, act)

    @api.post(
        f"{_PATH}/separate",
        operation_id="unfollow_ticket",
        summary="Take a ticket out of another",
        tags=_TAGS,
        response=writes(answers.Ticket),
        openapi_extra={**takes("Nothing", bodies.NOTHING), **answers.ETAG},
    )
    def unfollow_ticket(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
        """It stays in the state that it reached."""
        only_known(request)
        actor = actor_of(request)
        body(request, bodies.NOTHING)

        def act() -> HttpResponse:
            separate(actor=actor, ticket_id=ticket_id, now=timezone.now())
            return _ticket(request, ticket_id)

        return once(request, act)


def _both(text: Text) -> dict[str, str]:
    return {"de": text.de, "en": text.en}


def _categories() -> list[dict[str, Any]]:
    return [
        {
            "code": fault.code,
            "group": group.key,
            "group_title": _both(group.title),
            "title": _both(fault.title),
            "questions": [
                {
                    "key": question.key,
                    "title": _both(question.title),
                    "options": [{"key": option.key, "title": _both(option.title)} for option in question.options],
                }
                for question in fault.questions
            ],
        }
        for group in catalogue().groups
        for fault in group.faults
    ]
