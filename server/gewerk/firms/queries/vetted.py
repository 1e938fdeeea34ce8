"""The gate as a condition of the database, so that the best of ten thousand firms are found without reading all of their papers.

Says the same as ``gates.answer`` (a law in the tests). ``serving`` says where firms work.
"""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from gewerk.catalogue.queries import catalogue_of
from gewerk.catalogue.shapes import Requirement, Service
from gewerk.firms.models import AreaKind, Evidence, EvidenceState, FirmService, FirmTrade


def vetted(service: Service, on: date) -> Q:
    """Of organisations: the gate of the service is open on that day, by the evidence alone."""
    condition = Q(Exists(FirmTrade.objects.filter(firm=OuterRef("pk"), trade__in=service.trades)))
    for need in service.requirements:
        condition &= Q(Exists(_papers(need, service, on)))
    return condition


def offering(service: Service) -> Q:
    """Of organisations: they say that they do it, whether or not they may."""
    in_trade = Exists(FirmTrade.objects.filter(firm=OuterRef("pk"), trade__in=service.trades))
    chosen = FirmService.objects.filter(firm=OuterRef("pk"))
    return Q(in_trade) & (~Q(Exists(chosen)) | Q(Exists(chosen.filter(code=service.code))))


def serving(postcode: str, region: str) -> Q:
    """Of organisations: they say that they work at ``postcode``.

    ``region``: a regular expression for the postcodes of the wider region. Nobody's coordinates are known, so a firm that works
    within a radius counts where it sits in the region.
    """
    if not postcode:
        return Q()
    starts = {form[:length] for form in (postcode, postcode.replace(" ", "")) for length in range(1, len(form) + 1)}
    named = Q()
    for start in sorted(starts):
        named |= Q(named_postcodes__contains=f'"{start}"')
    return (
        Q(firm_profile__isnull=True)
        | Q(firm_profile__area_kind=AreaKind.ANYWHERE)
        | (Q(firm_profile__area_kind=AreaKind.POSTCODES) & named)
        | (Q(firm_profile__area_kind=AreaKind.RADIUS) & Q(postcode__regex=region))
    )


def named_postcodes() -> Cast:
    """What ``serving`` looks into; annotate it as ``named_postcodes``."""
    return Cast("firm_profile__area_postcodes", TextField())


def _papers(need: Requirement, service: Service, on: date) -> QuerySet[Evidence]:
    catalogue = catalogue_of(service.country)
    rows = Evidence.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=on),
        firm=OuterRef("pk"),
        country=service.country,
        kind=need.kind,
        state=EvidenceState.CONFIRMED,
        valid_from__lte=on,
    )
    if need.minimum_minor is not None:
        rows = rows.filter(insured_minor__gte=need.minimum_minor, currency=catalogue.currency)
    if catalogue.evidence[need.kind].per_trade:
        fits = Q()
        for trade in service.trades:
            does = FirmTrade.objects.filter(firm=OuterRef("firm"), trade=trade)
            fits |= Q(named_trades__contains=f'"{trade}"') & Q(Exists(does))
        rows = rows.annotate(named_trades=Cast("trades", TextField())).filter(fits)
    return rows
