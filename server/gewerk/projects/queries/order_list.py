"""The list of orders: what it finds, how it is ordered, what each row shows. The number of queries does not depend on the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, Value, When

from gewerk.journal.actor import Actor
from gewerk.portfolio.queries.german_order import LeadingNumber, spelled_out
from gewerk.projects.access import orders
from gewerk.projects.models import ApprovalState, Variation, VariationState, WorkOrder
from gewerk.projects.states import OPEN, WITH_CONTRACTOR, State
from gewerk.tickets.models import Urgency
from gewerk.tickets.queries.search import found_by

STATE_ORDER = (
    *(State.DONE, State.DRAFT, State.QUOTED, State.AWARDED, State.BOOKED, State.IN_PROGRESS, State.TENDERING),
    *(State.ACCEPTED, State.INVOICED, State.PAID, State.CANCELLED),
)
"""As a clerk works through them: what waits for the manager comes first."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    record: WorkOrder
    """With property, unit, firm, crew and responsible loaded."""
    waits_for_approval: bool
    asked_variations: int


@dataclass(frozen=True, slots=True)
class OrderTotals:
    """Of a whole list; minor units by currency."""

    orders: int
    committed: dict[str, int]
    invoiced: dict[str, int]


def found_orders(actor: Actor, text: str) -> QuerySet[WorkOrder]:
    """Orders in which every typed word occurs, in whatever form."""
    return orders(actor).filter(found_by(text))


def with_ranks(rows: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """``urgency_rank``, ``state_rank`` and ``committed`` (minor units), for sorting."""
    return rows.alias(
        urgency_rank=Case(
            *(When(urgency=one.value, then=Value(one.rank)) for one in Urgency), output_field=IntegerField()
        ),
        state_rank=Case(
            *(When(state=one.value, then=Value(rank)) for rank, one in enumerate(STATE_ORDER)),
            output_field=IntegerField(),
        ),
        committed=_committed(),
    )


def with_address_order(rows: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    return rows.alias(
        street_order=spelled_out("property__street"),
        number_order=LeadingNumber("property__house_number"),
        city_order=spelled_out("property__city"),
    )


def overdue(rows: QuerySet[WorkOrder], *, as_of: date) -> QuerySet[WorkOrder]:
    """Still to be done although the deadline has passed."""
    return rows.filter(due_date__lt=as_of, state__in=OPEN).exclude(state=State.DONE)


def order_rows(actor: Actor, listed: Sequence[WorkOrder]) -> list[OrderRow]:
    """Two queries: approvals and variations that wait."""
    ids = [one.pk for one in listed]
    waiting = set(orders(actor).filter(pk__in=ids, approvals__state=ApprovalState.ASKED).values_list("pk", flat=True))
    asked = dict(
        Variation.objects.filter(order_id__in=ids, state=VariationState.ASKED)
        .order_by()
        .values_list("order_id")
        .annotate(n=Count("pk"))
    )
    return [OrderRow(one, one.pk in waiting, asked.get(one.pk, 0)) for one in listed]


def order_totals(listed: QuerySet[WorkOrder]) -> OrderTotals:
    """Count and sums over the whole list, not only its page: one query."""
    rows = list(
        listed.order_by()
        .values("currency")
        .annotate(n=Count("pk", distinct=True), committed=Sum(_committed()), invoiced=Sum("invoiced_minor"))
    )
    return OrderTotals(
        orders=sum(row["n"] for row in rows),
        committed={row["currency"]: row["committed"] or 0 for row in rows},
        invoiced={row["currency"]: row["invoiced"] or 0 for row in rows},
    )


def open_counts(actor: Actor, *, as_of: date) -> dict[str, int]:
    """How many are open, to be awarded, to be accepted, overdue: one query."""
    late = Q(due_date__lt=as_of, state__in=OPEN) & ~Q(state=State.DONE)
    found: dict[str, int] = orders(actor).aggregate(
        open=Count("pk", filter=Q(state__in=OPEN)),
        draft=Count("pk", filter=Q(state=State.DRAFT)),
        done=Count("pk", filter=Q(state=State.DONE)),
        late=Count("pk", filter=late),
    )
    return found


def _committed() -> Case:
    return Case(
        When(state__in=WITH_CONTRACTOR, then=F("items_gross_minor") + F("variations_gross_minor")),
        default=Value(0),
    )
