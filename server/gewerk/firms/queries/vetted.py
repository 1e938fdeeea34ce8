"""The gate as a query of the database, so that the best of ten thousand firms are found without reading all of their papers.

Says the same as ``gates.answer`` (a law in the tests).
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast

from gewerk.catalogue.queries import catalogue_of
from gewerk.catalogue.shapes import Requirement, Service
from gewerk.firms.models import Evidence, EvidenceState, FirmTrade


def vetted(service: Service, on: date, firm_ids: Collection[UUID]) -> set[UUID]:
    """Of these firms those whose gate of the service is open on that day, by the evidence alone. One query.

    Each firm's papers are read once and counted by what they are good for: asked need by need, the database plans longer than it
    reads.
    """
    if not service.requirements:
        does = FirmTrade.objects.filter(firm__id__among=firm_ids, trade__in=service.trades)
        return set(does.values_list("firm_id", flat=True))
    papers = Evidence.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=on),
        *_in_trade(service),
        firm__id__among=firm_ids,
        country=service.country,
        kind__in={need.kind for need in service.requirements},
        state=EvidenceState.CONFIRMED,
        valid_from__lte=on,
    ).annotate(named_trades=Cast("trades", TextField()))
    counts = {f"n{n}": Count("pk", filter=_fits(need, service)) for n, need in enumerate(service.requirements)}
    held = papers.order_by().values("firm_id").annotate(**counts).filter(**{f"{name}__gt": 0 for name in counts})
    return set(held.values_list("firm_id", flat=True))


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
