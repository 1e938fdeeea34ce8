"""Which firms say that they do a work, and where: what a search begins with, before anybody's papers are looked at.

In a large market it may be a minute old (``kit.kept``), and only here: whether a firm may quote and be awarded is asked anew at
each step.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import CharField, UUIDField

from gewerk.catalogue.shapes import Service
from gewerk.firms.models import AreaKind, FirmService, FirmTrade, ListedFirm
from gewerk.firms.queries.vetted import vetted
from gewerk.identity.models import Organisation, OrganisationKind
from gewerk.kit.kept import Kept
from gewerk.kit.lookups import GivenMany
from gewerk.kit.prepared import Given, prepared
from gewerk.marketplace.areas import Area, beginnings_of, works_at
from gewerk.marketplace.queries.facts import Facts

MANY = 1_000
"""Firms in a trade from which on what they say of themselves may be a moment old."""
LONGEST_SECONDS = 60.0
_PLACES_KEPT = 500
_SPREAD = 0.5


@dataclass(frozen=True, slots=True)
class Offer:
    """What a firm says of itself."""

    pk: UUID
    postcode: str
    capacity: int | None
    """Orders in a week; None: not said."""
    area: Area | None
    """None: it has not said where it works, and counts as working everywhere."""
    services: frozenset[str]
    """Of its trades those that it does; empty: all."""

    def does(self, service: Service) -> bool:
        return not self.services or service.code in self.services


class Offers:
    """Of one country those that work in one of these trades."""

    def __init__(self, country: str, rows: Iterable[Offer], before: "Offers | None" = None) -> None:
        """``before``: what was known a moment ago."""
        self._country = country
        self.by_firm = {one.pk: one for one in rows}
        self.facts: Facts = before.facts if before is not None else Facts(LONGEST_SECONDS)
        self._unnamed: list[Offer] = []
        """Those who work everywhere, or around their own address."""
        self._starting: dict[str, list[Offer]] = {}
        """By the beginnings of postcodes that they name."""
        for one in self.by_firm.values():
            if one.area is None or one.area.kind != AreaKind.POSTCODES:
                self._unnamed.append(one)
            else:
                for start in one.area.postcodes:
                    self._starting.setdefault(start, []).append(one)
        same = before is not None and before.by_firm == self.by_firm
        self._there: dict[str, frozenset[UUID]] = before._there if before is not None and same else {}

    def there(self, postcode: str) -> frozenset[UUID]:
        """Who works at the postcode; all where no place is known."""
        found = self._there.get(postcode)
        if found is None:
            works = works_at(self._country, postcode)
            if works is None:
                found = frozenset(self.by_firm)
            else:
                found = frozenset(one.pk for one in self._perhaps(postcode) if works(one.postcode, one.area))
            if len(self._there) < _PLACES_KEPT:
                self._there[postcode] = found
        return found

    def _perhaps(self, postcode: str) -> Iterable[Offer]:
        """All who may work there; whoever names other postcodes need not be asked."""
        named = (self._starting.get(start, ()) for start in beginnings_of(postcode))
        return chain(self._unnamed, *named)

    def vetted_there(self, service: Service, on: date, postcode: str) -> frozenset[UUID]:
        """Of those who work there and do the service, whose papers open its gate on that day. At most one query.

        In a large market all are asked for at once: who looks for the next place asks for the same firms.
        """
        there = self.there(postcode)
        if len(self.by_firm) < MANY:
            return frozenset(vetted(service, on, self._doing(service, there)))
        return there & _vetted.get(
            (service, on), lambda: frozenset(vetted(service, on, self._doing(service, self.by_firm)))
        )

    def _doing(self, service: Service, firm_ids: Iterable[UUID]) -> list[UUID]:
        return [one for one in firm_ids if self.by_firm[one].does(service)]


_kept: Kept[Offers] = Kept(
    lambda offers: len(offers.by_firm), many=MANY, share=1_000, longest=LONGEST_SECONDS, spread=_SPREAD
)
_vetted: Kept[frozenset[UUID]] = Kept(lambda _: MANY, many=MANY, share=1_000, longest=LONGEST_SECONDS, spread=_SPREAD)
_last: dict[tuple[str, tuple[str, ...]], Offers] = {}
"""The large markets as they were known last; as many as there are trades."""


def offers_for(service: Service) -> Offers:
    """Who works in one of the service's trades. Two queries, or none."""
    trades = service.country, service.trades

    def asked() -> Offers:
        rows = _offers(_in_trades(country=service.country, trades=service.trades))
        before = _last.pop(trades, None)
        if len(rows) < MANY:
            return Offers(service.country, rows)
        offers = _last[trades] = Offers(service.country, rows, before)
        return offers

    return _kept.get(trades, asked)


def offers_of(country: str, firm_ids: Sequence[UUID]) -> Offers:
    """Of these firms, whatever their trades and wherever they have their seat. Two queries."""
    return Offers(country, _offers(_these(firms=firm_ids)))


def listings_of(manager: UUID) -> dict[UUID, tuple[str, str]]:
    """Firm -> its standing on the manager's own list, and why it is blocked. One query."""
    return {firm: (standing, reason) for firm, standing, reason in _listings(organisation=manager)}


_COLUMNS = (
    *("pk", "postcode", "firm_profile__pk", "firm_profile__capacity"),
    *(f"firm_profile__area_{name}" for name in ("kind", "postcodes", "radius_km")),
)
_firms = Organisation.objects.filter(kind=OrganisationKind.FIRM).order_by().values_list(*_COLUMNS)
_in_trades = prepared(
    lambda: _firms.filter(
        country=Given("country", CharField()),
        pk__in=FirmTrade.objects.filter(trade__among=GivenMany("trades", CharField())).values("firm_id"),
    )
)
_these = prepared(lambda: _firms.filter(id__among=GivenMany("firms", UUIDField())))
_services = prepared(
    lambda: FirmService.objects.filter(firm__id__among=GivenMany("firms", UUIDField())).values_list("firm_id", "code")
)
_listings = prepared(
    lambda: ListedFirm.objects.filter(organisation_id=Given("organisation", UUIDField())).values_list(
        "firm_id", "standing", "blocked_reason"
    )
)


def _offers(rows: Sequence[Any]) -> list[Offer]:
    chosen: dict[UUID, set[str]] = {}
    for firm_id, code in _services(firms=[row[0] for row in rows]):
        chosen.setdefault(firm_id, set()).add(code)
    none: set[str] = set()
    return [
        Offer(
            pk=pk,
            postcode=postcode,
            capacity=capacity,
            area=Area(kind, tuple(postcodes or ()), radius_km) if profile is not None else None,
            services=frozenset(chosen.get(pk, none)),
        )
        for pk, postcode, profile, capacity, kind, postcodes, radius_km in rows
    ]
