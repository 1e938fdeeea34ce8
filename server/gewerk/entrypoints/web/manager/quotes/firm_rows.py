"""Firms as pages show them to somebody who looks for one: why each stands where it stands, and what stands in its way."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language

from gewerk.catalogue.queries import NoCatalogue, services
from gewerk.catalogue.trades import trade_name
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.firms.models import Standing
from gewerk.marketplace.models import QuoteRequest
from gewerk.marketplace.queries.finding import Found, candidates, found_of, wanted_for
from gewerk.marketplace.queries.reasons import hindrances, reasons

MOST_SHOWN = 25


def service_choices(country: str, edits: tuple[UUID, ...], first_trade: str = "") -> tuple[Any, ...]:
    """For a menu: the services of each trade of the catalogue's ``edition`` under its name, those of ``first_trade`` on top."""
    return _choices(country, edits, get_language(), first_trade)


@lru_cache(maxsize=256)
def _choices(
    country: str,
    _edition: tuple[UUID, ...],
    _language: str | None,
    first_trade: str,
) -> tuple[Any, ...]:
    try:
        known = services(country)
    except NoCatalogue:
        return ()
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in known:
        groups.setdefault(first_trade if first_trade in one.trades else one.trades[0], []).append(
            (one.code, str(one.names))
        )
    order = sorted(groups, key=lambda trade: (trade != first_trade, trade_name(trade).casefold()))
    return tuple(
        (trade_name(trade), tuple(sorted(groups[trade], key=lambda pair: pair[1].casefold()))) for trade in order
    )


def firms_to_choose(
    who: Reader, found: QuoteRequest, service: str, *, ticked: Collection[UUID] = (), now: datetime
) -> list[dict[str, Any]]:
    """The first of the order, those chosen already and those just ticked; the number of queries does not depend on the firms."""
    chosen = set(found.invitations.values_list("firm_id", flat=True))
    wanted = wanted_for(found, now=now, service=service)
    rows = candidates(who.actor, wanted, but_for=found)
    first = rows[:MOST_SHOWN]
    missing = (chosen | set(ticked)) - {one.pk for one in first}
    if missing:
        first += rows.those(lambda one: one.pk in missing)[:]
        # also those of the own list that do not offer the service: the reason stands beside them
        missing -= {one.pk for one in first}
        if missing:
            every = candidates(who.actor, replace(wanted, service=None), but_for=found)
            first += every.those(lambda one: one.pk in missing)[:]
    return looks(found_of(wanted, rows, first), who.organisation.country, chosen)


def looks(
    rows: Iterable[Found], country: str, chosen: set[UUID] | frozenset[UUID] = frozenset()
) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.firm.pk),
            "name": one.firm.name,
            "place": f"{one.firm.postcode} {one.firm.city}".strip(),
            "why": ", ".join(reasons(one)),
            "missing": hindrances(one, country),
            "blocked": one.standing == Standing.BLOCKED,
            "own": bool(one.standing),
            "by_rule": one.by_rule,
            "chosen": one.firm.pk in chosen,
            "url": reverse("firm", args=[one.firm.pk]) if one.standing else "",
        }
        for one in rows
    ]
