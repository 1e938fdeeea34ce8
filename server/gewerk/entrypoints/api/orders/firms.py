"""Firms of the own list, framework prices, own crews, and the trades."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query

from gewerk.entrypoints.api.door import actor_of, answer, body, if_match, in_turn, once, only_known
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.entrypoints.api.orders import answers, bodies
from gewerk.firms.access import framework_price_for, listed_firm_for
from gewerk.firms.operations.crews import archive_crew, save_crew
from gewerk.firms.operations.framework_prices import Price, agree_price, change_price
from gewerk.firms.operations.list_firm import change_listing
from gewerk.firms.queries import firms_for_programs as shown
from gewerk.identity.models import Organisation
from gewerk.journal.actor import Actor
from gewerk.journeys.invite_firm import invite_firm

_TAGS: list[str] = ["firms"]


def add_to(api: NinjaAPI) -> None:
    _add_firms(api)
    _add_prices(api)
    _add_crews(api)


def _firm(request: HttpRequest, firm_id: UUID, *, status: int = 200) -> HttpResponse:
    row, version = shown.firm_row(actor_of(request), firm_id)
    return answer(row, status=status, headers={"ETag": f'"{version}"'})


def _add_firms(api: NinjaAPI) -> None:
    @api.get(
        "/trades", operation_id="list_trades", summary="List the trades", tags=_TAGS, response=reads(answers.Trades)
    )
    def list_trades(request: HttpRequest) -> HttpResponse:
        """Codes with their German and English names."""
        only_known(request)
        return answer({"items": shown.trade_rows()})

    @api.get(
        "/firms",
        operation_id="list_firms",
        summary="List the firms of the own list",
        tags=_TAGS,
        response=reads(answers.FirmPage, 403),
    )
    def list_firms(request: HttpRequest, query: Query[answers.FirmQuery]) -> HttpResponse:
        only_known(request, answers.FirmQuery)
        items, last = shown.firm_rows(actor_of(request), standing=query.standing, after=query.cursor, limit=query.limit)
        return answer({"items": items, "next_cursor": None if last is None else str(last)})

    @api.post(
        "/firms",
        operation_id="invite_firm",
        summary="Invite a firm and put it on the own list",
        tags=_TAGS,
        response=writes(answers.Firm, 201),
        openapi_extra=takes("FirmInvite", bodies.FIRM_INVITE),
    )
    def invite(request: HttpRequest) -> HttpResponse:
        """By mail. Whoever works here already under this address comes on the list as they are."""
        only_known(request)
        sent = body(request, bodies.FIRM_INVITE)
        actor = actor_of(request)

        def act() -> HttpResponse:
            country = sent.get("country") or Organisation.objects.get(pk=actor.organisation_id).country
            listed = invite_firm(actor=actor, now=timezone.now(), **{**sent, "country": country})
            return _firm(request, listed.firm_id, status=201)

        return once(request, act)

    @api.get(
        "/firms/{firm_id}",
        operation_id="read_firm",
        summary="Read one firm of the own list",
        tags=_TAGS,
        response=reads(answers.Firm, 403),
        openapi_extra=answers.ETAG,
    )
    def read_firm(request: HttpRequest, firm_id: UUID) -> HttpResponse:
        only_known(request)
        return _firm(request, firm_id)

    @api.patch(
        "/firms/{firm_id}",
        operation_id="change_firm",
        summary="Prefer, approve or block a firm of the own list",
        tags=_TAGS,
        response=writes(answers.Firm),
        openapi_extra={**takes("FirmChange", bodies.FIRM_CHANGE, repeatable=False, conditional=True), **answers.ETAG},
    )
    def change_firm(request: HttpRequest, firm_id: UUID) -> HttpResponse:
        """Only the fields sent change. Nothing is awarded to a blocked firm; blocking needs a reason."""
        only_known(request)
        version, sent = if_match(request), body(request, bodies.FIRM_CHANGE)
        actor = actor_of(request)
        with in_turn(request):
            listed = listed_firm_for(actor, firm_id)
            fields = ("standing", "blocked_reason", "supplier_number", "note")
            wanted = {name: sent.get(name, getattr(listed, name)) for name in fields}
            change_listing(actor=actor, firm_id=firm_id, version=version, now=timezone.now(), **wanted)
            return _firm(request, firm_id)


def _add_prices(api: NinjaAPI) -> None:
    @api.get(
        "/framework-prices",
        operation_id="list_framework_prices",
        summary="List the framework prices",
        tags=_TAGS,
        response=reads(answers.FrameworkPricePage, 403),
    )
    def list_prices(request: HttpRequest, query: Query[answers.PriceQuery]) -> HttpResponse:
        """Those that have ended too."""
        only_known(request, answers.PriceQuery)
        items, last = shown.price_rows(actor_of(request), firm_id=query.firm_id, after=query.cursor, limit=query.limit)
        return answer({"items": items, "next_cursor": None if last is None else str(last)})

    @api.post(
        "/framework-prices",
        operation_id="agree_framework_price",
        summary="Note a price agreed with a firm",
        tags=_TAGS,
        response=writes(answers.FrameworkPrice, 201),
        openapi_extra=takes("PriceAgree", bodies.PRICE_AGREE),
    )
    def agree(request: HttpRequest) -> HttpResponse:
        """409 when another price of the firm for this code holds on one of the days."""
        only_known(request)
        sent = body(request, bodies.PRICE_AGREE)
        firm_id = sent.pop("firm_id")

        def act() -> HttpResponse:
            made = agree_price(actor=actor_of(request), firm_id=firm_id, price=_price(sent), now=timezone.now())
            return answer(shown.price_row(made), status=201, headers={"ETag": f'"{made.version}"'})

        return once(request, act)

    @api.patch(
        "/framework-prices/{price_id}",
        operation_id="change_framework_price",
        summary="Change or end a framework price",
        tags=_TAGS,
        response=writes(answers.FrameworkPrice),
        openapi_extra={**takes("PriceChange", bodies.PRICE_CHANGE, repeatable=False, conditional=True), **answers.ETAG},
    )
    def change(request: HttpRequest, price_id: UUID) -> HttpResponse:
        """Only the fields sent change; orders keep what they were awarded at."""
        only_known(request)
        version, sent = if_match(request), body(request, bodies.PRICE_CHANGE)
        actor = actor_of(request)
        with in_turn(request):
            found = framework_price_for(actor, price_id)
            names = (
                "code",
                "text",
                "unit",
                "net_minor",
                "vat_basis_points",
                "valid_from",
                "valid_until",
                "trade",
                "kind",
            )
            now_is = {name: getattr(found, name) for name in names}
            price = _price(sent, now_is)
            changed = change_price(actor=actor, price_id=price_id, price=price, version=version, now=timezone.now())
            return answer(shown.price_row(changed), headers={"ETag": f'"{changed.version}"'})


def _price(sent: dict[str, Any], now_is: dict[str, Any] | None = None) -> Price:
    fields = {name: value for name, value in sent.items() if name != "vat_rate"}
    if "vat_rate" in sent:
        fields["vat_basis_points"] = int(sent["vat_rate"].scaleb(2))
    return Price(**{**(now_is or {}), **fields})


def _add_crews(api: NinjaAPI) -> None:
    @api.get(
        "/crews", operation_id="list_crews", summary="List own crews", tags=_TAGS, response=reads(answers.Crews, 403)
    )
    def list_crews(request: HttpRequest) -> HttpResponse:
        """Caretakers and in-house crews, archived ones too."""
        only_known(request)
        return answer({"items": shown.crew_rows(actor_of(request))})

    @api.post(
        "/crews",
        operation_id="create_crew",
        summary="Make an own crew",
        tags=_TAGS,
        response=writes(answers.Crew, 201),
        openapi_extra=takes("CrewSave", bodies.CREW_SAVE),
    )
    def create_crew(request: HttpRequest) -> HttpResponse:
        """Its members hold the role caretaker."""
        only_known(request)
        sent = body(request, bodies.CREW_SAVE)
        return once(request, lambda: _saved(actor_of(request), None, sent, None, timezone.now(), status=201))

    @api.patch(
        "/crews/{crew_id}",
        operation_id="change_crew",
        summary="Change an own crew",
        tags=_TAGS,
        response=writes(answers.Crew),
        openapi_extra={**takes("CrewSave", bodies.CREW_SAVE, repeatable=False, conditional=True), **answers.ETAG},
    )
    def change_crew(request: HttpRequest, crew_id: UUID) -> HttpResponse:
        """All of it is sent; what is left out is empty."""
        only_known(request)
        version, sent = if_match(request), body(request, bodies.CREW_SAVE)
        with in_turn(request):
            return _saved(actor_of(request), crew_id, sent, version, timezone.now())

    @api.post(
        "/crews/{crew_id}/archive",
        operation_id="archive_crew",
        summary="Archive an own crew",
        tags=_TAGS,
        response=writes(answers.Crew),
    )
    def archive(request: HttpRequest, crew_id: UUID) -> HttpResponse:
        """It takes no new orders."""
        only_known(request)

        def act() -> HttpResponse:
            return answer(shown.crew_row(archive_crew(actor=actor_of(request), crew_id=crew_id, now=timezone.now())))

        return once(request, act)


def _saved(
    actor: Actor, crew_id: UUID | None, sent: dict[str, Any], version: int | None, now: datetime, *, status: int = 200
) -> HttpResponse:
    crew = save_crew(actor=actor, crew_id=crew_id, version=version, now=now, **sent)
    return answer(shown.crew_row(crew), status=status, headers={"ETag": f'"{crew.version}"'})
