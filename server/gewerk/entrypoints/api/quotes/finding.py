"""Look for firms, choose the best by rule, and the owner's rule."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query

from gewerk.catalogue.queries import service as service_of
from gewerk.entrypoints.api.door import actor_of, answer, body, once, only_known
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.entrypoints.api.orders.answers import ETAG
from gewerk.entrypoints.api.quotes import shapes
from gewerk.entrypoints.api.quotes.requests import changed
from gewerk.identity.models import Organisation
from gewerk.journal.actor import Actor
from gewerk.marketplace.access import owner_rule_of
from gewerk.marketplace.operations.choose_by_rule import choose_by_rule
from gewerk.marketplace.operations.owner_approvals import set_owner_rule
from gewerk.marketplace.queries.finding import Found, Wanted, Whose, candidates, found_of
from gewerk.marketplace.queries.reasons import hindrances, reasons

_TAGS: list[str] = ["quote-requests"]


def add_to(api: NinjaAPI) -> None:
    _add_search(api)
    _add_rule(api)
    _add_owner_rule(api)


def _add_search(api: NinjaAPI) -> None:
    @api.get(
        "/firm-search",
        operation_id="search_firms",
        summary="Search for firms",
        tags=["firms"],
        response=reads(shapes.FoundFirmPage, 403, 404),
    )
    def search_firms(request: HttpRequest, query: Query[shapes.FirmSearchQuery]) -> HttpResponse:
        """Firms of the own list and vetted firms of the marketplace, in the published order, each with why it stands there.

        Without ``service`` the own list alone. Distance is as the crow flies between the middles of the postcodes. Of equals a lot
        decides, drawn anew each day. Of a trade with a thousand firms the answer may be a minute old; inviting and awarding ask anew.
        """
        only_known(request, shapes.FirmSearchQuery)
        actor, now = actor_of(request), timezone.now()
        manager = Organisation.objects.get(pk=actor.organisation_id)
        today = now.astimezone(ZoneInfo(manager.time_zone)).date()
        wanted = Wanted(
            manager=manager,
            service=service_of(manager.country, query.service) if query.service else None,
            postcode=(query.postcode or "").strip().upper(),
            seed=f"{manager.pk}{today.isoformat()}",
            on=today,
            now=now,
            whose=Whose(query.whose),
            only_free=query.free,
            only_open=query.open,
            nearness=query.nearness,
        )
        found = candidates(actor, wanted)
        shown = found_of(wanted, found, found[query.cursor : query.cursor + query.limit])
        items = [_found(one, manager.country, place) for place, one in enumerate(shown, start=query.cursor + 1)]
        more = str(query.cursor + query.limit) if len(found) > query.cursor + query.limit else None
        return answer({"items": items, "next_cursor": more})


def _found(one: Found, country: str, place: int) -> dict[str, Any]:
    return {
        "firm_id": one.firm.pk,
        "name": one.firm.name,
        "postcode": one.firm.postcode or None,
        "city": one.firm.city or None,
        "place": place,
        "standing": one.standing or None,
        "may_take": one.gate.open,
        "missing": list(one.gate.missing),
        "missing_words": hindrances(one, country),
        "why": reasons(one),
        "nearness": one.near,
        "distance_km": None if one.km is None else round(one.km, 1),
        "serves": one.serves,
        "room": one.room.value,
        "score": one.score.points,
        "ratings": one.score.ratings,
        "limited": one.limited,
        "asked_in_90_days": one.asked_lately,
        "by_rule": one.by_rule,
    }


def _add_rule(api: NinjaAPI) -> None:
    @api.post(
        "/quote-requests/{request_id}/firms/by-rule",
        operation_id="choose_firms_by_rule",
        summary="Choose the best firms by rule",
        tags=_TAGS,
        response=writes(shapes.QuoteRequest),
        openapi_extra={**takes("FirmsByRule", shapes.BY_RULE_IN, conditional=True), **ETAG},
    )
    def by_rule(request: HttpRequest, request_id: UUID) -> HttpResponse:
        """In place of those chosen before, while the request is a draft; only firms whose evidence is whole, none that is blocked."""

        def best(actor: Actor, sent: shapes.ByRuleIn, version: int | None, now: datetime) -> None:
            choose_by_rule(actor=actor, request_id=request_id, count=sent["count"], version=version, now=now)

        return changed(request, request_id, shapes.BY_RULE_IN, best)


def _add_owner_rule(api: NinjaAPI) -> None:
    def rule(actor: Actor) -> HttpResponse:
        from_minor = owner_rule_of(actor)
        currency = Organisation.objects.values_list("currency", flat=True).get(pk=actor.organisation_id)
        return answer({"from_minor": from_minor, "currency": currency})

    @api.get(
        "/owner-rule",
        operation_id="read_owner_rule",
        summary="Read from which sum on an owner has to agree",
        tags=["approvals"],
        response=reads(shapes.OwnerRule, 403),
    )
    def read_rule(request: HttpRequest) -> HttpResponse:
        """Gross; null: no owner has to agree."""
        only_known(request)
        return rule(actor_of(request))

    @api.post(
        "/owner-rule",
        operation_id="set_owner_rule",
        summary="Set from which sum on an owner has to agree",
        tags=["approvals"],
        response=writes(shapes.OwnerRule),
        openapi_extra=takes("OwnerRuleSet", shapes.OWNER_RULE_IN),
    )
    def put_rule(request: HttpRequest) -> HttpResponse:
        only_known(request)
        sent, actor = body(request, shapes.OWNER_RULE_IN), actor_of(request)

        def act() -> HttpResponse:
            set_owner_rule(actor=actor, from_minor=sent["from_minor"], now=timezone.now())
            return rule(actor)

        return once(request, act)
