"""The gate as a query of the database, so that the best of ten thousand firms are found without reading all of their papers.

Says the same as ``gates.answer`` (a law in the tests).
"""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, DateField, Exists, OuterRef, Q, QuerySet, TextField, UUIDField
from django.db.models.functions import Cast

from gewerk.catalogue.queries import catalogue_of
from gewerk.catalogue.shapes import Requirement, Service
from gewerk.firms.models import Evidence, EvidenceState, FirmTrade
from gewerk.kit.lookups import GivenMany
from gewerk.kit.prepared import Given, PreparedBy


def vetted(service: Service, on: date, firm_ids: Collection[UUID]) -> set[UUID]:
    """Of these firms those whose gate of the service is open on that day, by the evidence alone. One query.

    Each firm's papers are read once and counted by what they are good for: asked need by need, the database plans longer than it
    reads.
    """
    asked = _asked.of(service, lambda: _without_papers(service) if not service.requirements else _with_papers(service))
    return set(asked(firms=firm_ids, on=on))


_asked = PreparedBy()
_FIRMS, _ON = GivenMany("firms", UUIDField()), Given("on", DateField())


def _without_papers(service: Service) -> QuerySet[Any, Any]:
    return FirmTrade.objects.filter(firm__id__among=_FIRMS, trade__in=service.trades).values_list("firm_id", flat=True)


def _with_papers(service: Service) -> QuerySet[Any, Any]:
    papers = Evidence.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=_ON),
        *_in_trade(service),
        firm__id__among=_FIRMS,
        country=service.country,
        kind__in={need.kind for need in service.requirements},
        state=EvidenceState.CONFIRMED,
        valid_from__lte=_ON,
    ).annotate(named_trades=Cast("trades", TextField()))
    counts = {f"n{n}": Count("pk", filter=_fits(need, service)) for n, need in enumerate(service.requirements)}
    held = papers.order_by().values("firm_id").annotate(**counts).filter(**{f"{name}__gt": 0 for name in counts})
    return held.values_list("firm_id", flat=True)


def _in_trade(service: Service) -> list[Q]:
    """A paper that names its trades says it already, and asking once more for each costs."""
    evidence = catalogue_of(service.country).evidence
    if any(evidence[need.kind].per_trade for need in service.requirements):
        return []
    return [Q(Exists(FirmTrade.objects.filter(firm=OuterRef("firm"), trade__in=service.trades)))]


def _fits(need: Requirement, service: Service) -> Q:
    """Of a paper that holds today: it is what is needed."""
    fits = Q(kind=need.kind)
    catalogue = catalogue_of(service.country)
    if need.minimum_minor is not None:
        fits &= Q(insured_minor__gte=need.minimum_minor, currency=catalogue.currency)
    if catalogue.evidence[need.kind].per_trade:
        named = Q()
        for trade in service.trades:
            does = FirmTrade.objects.filter(firm=OuterRef("firm"), trade=trade)
            named |= Q(named_trades__contains=f'"{trade}"') & Q(Exists(does))
        fits &= named
    return fits
