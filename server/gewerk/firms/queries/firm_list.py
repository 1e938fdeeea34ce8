"""The manager's list of firms: what it finds, and what each row shows. The number of queries does not depend on the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from gewerk.firms.access import framework_prices, listed_firms
from gewerk.firms.models import FirmTrade, ListedFirm
from gewerk.firms.queries.prices import holding_on
from gewerk.identity.models import FIRM_ROLES, Membership
from gewerk.journal.actor import Actor
from gewerk.kit.folding import fold, fold_short


@dataclass(frozen=True, slots=True)
class FirmRow:
    record: ListedFirm
    """With ``firm`` loaded."""
    trades: tuple[str, ...]
    prices: int
    """Framework prices that hold now."""
    people: int
    """Who have access; 0: invited only."""
    open_orders: int


def found_firms(actor: Actor, text: str) -> QuerySet[ListedFirm]:
    """Firms in which every typed word occurs: name, place, supplier number, trade in German or English."""
    rows = listed_firms(actor)
    for word in text.split()[:8]:
        rows = rows.filter(Q(search__contains=fold(word)) | Q(search__contains=fold_short(word)))
    return rows


def with_name_order(rows: QuerySet[ListedFirm]) -> QuerySet[ListedFirm]:
    """``name_order``: capital and small letters alike."""
    return rows.alias(name_order=Lower("firm__name"))


def firm_rows(
    actor: Actor, listed: Sequence[ListedFirm], *, open_orders: Mapping[UUID, int], as_of: date, now: datetime
) -> list[FirmRow]:
    """Three queries."""
    ids = [one.firm_id for one in listed]
    trades: dict[UUID, list[str]] = {}
    for firm_id, trade in FirmTrade.objects.filter(firm_id__in=ids).order_by("trade").values_list("firm_id", "trade"):
        trades.setdefault(firm_id, []).append(trade)
    holding = holding_on(framework_prices(actor), as_of).filter(firm_id__in=ids)
    prices = dict(holding.order_by().values_list("firm_id").annotate(n=Count("pk")))
    live = Q(ended_at__isnull=True) | Q(ended_at__gt=now)
    people = dict(
        Membership.objects.filter(live, organisation_id__in=ids, role__in=FIRM_ROLES)
        .order_by()
        .values_list("organisation_id")
        .annotate(n=Count("person", distinct=True))
    )
    return [
        FirmRow(
            record=one,
            trades=tuple(trades.get(one.firm_id, ())),
            prices=prices.get(one.firm_id, 0),
            people=people.get(one.firm_id, 0),
            open_orders=open_orders.get(one.firm_id, 0),
        )
        for one in listed
    ]
