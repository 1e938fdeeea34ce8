"""Framework prices that hold on a day, in the order in which one would take them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from gewerk.firms.access import framework_prices
from gewerk.firms.models import FrameworkPrice, ListedFirm, Standing
from gewerk.journal.actor import Actor


def holding_on(rows: QuerySet[FrameworkPrice], day: date) -> QuerySet[FrameworkPrice]:
    """Both ends are inclusive."""
    return rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)


def offered(actor: Actor, *, as_of: date, trade: str = "", currency: str) -> QuerySet[FrameworkPrice]:
    """Prices of firms that are not blocked: of the trade first, preferred firms first, then the lowest price."""
    standing = ListedFirm.objects.filter(organisation_id=actor.organisation_id, firm_id=OuterRef("firm_id"))
    rank = Case(
        When(standing=Standing.PREFERRED, then=Value(0)),
        When(standing=Standing.APPROVED, then=Value(1)),
        output_field=IntegerField(),
    )
    rows = holding_on(framework_prices(actor), as_of).filter(currency=currency)
    fits = Case(When(trade=trade, then=Value(0)), default=Value(1), output_field=IntegerField())
    return (
        rows.annotate(standing=Subquery(standing.values("standing")[:1]))
        .filter(standing__in=[Standing.PREFERRED, Standing.APPROVED])
        .annotate(fit=fits if trade else Value(0, output_field=IntegerField()), rank=rank)
        .order_by("fit", "rank", "net_minor", "code", "pk")
    )


def chosen(actor: Actor, ids: Sequence[UUID], *, as_of: date) -> list[FrameworkPrice]:
    """Those of ``ids`` that hold, in the order of ``ids``."""
    found = {price.pk: price for price in holding_on(framework_prices(actor), as_of).filter(pk__in=ids)}
    return [found[one] for one in ids if one in found]
