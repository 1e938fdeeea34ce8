"""The list of tickets: what it finds, how it is ordered, what each row shows. The number of queries does not depend on the rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, QuerySet, UUIDField, Value, When

from gewerk.files.queries import count_of_many
from gewerk.journal.actor import Actor
from gewerk.kit.kept import KeptCounts
from gewerk.kit.lookups import GivenMany
from gewerk.kit.prepared import Given, prepared
from gewerk.portfolio.queries.german_order import LeadingNumber, spelled_out
from gewerk.tickets.access import tickets
from gewerk.tickets.models import Ticket, Urgency
from gewerk.tickets.queries.search import found_by
from gewerk.tickets.queries.waiting import is_late
from gewerk.tickets.states import OPEN, State

STATE_ORDER = (
    State.NEW,
    State.REOPENED,
    State.IN_REVIEW,
    State.IN_PROGRESS,
    State.WAITING,
    State.RESOLVED,
    State.CLOSED,
    State.REJECTED,
)
"""As a clerk works through them."""


@dataclass(frozen=True, slots=True)
class TicketRow:
    record: Ticket
    """With property, unit and responsible loaded."""
    files: int
    followers: int
    """Tickets that it leads for."""
    late: bool
    """The time to react is over."""


def found_tickets(actor: Actor, text: str) -> QuerySet[Ticket]:
    """Tickets in which every typed word occurs: number, words, reporter, address, unit."""
    return tickets(actor).filter(found_by(text))


def with_state_rank(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """``state_rank``, for sorting."""
    return rows.alias(
        state_rank=Case(
            *(When(state=one.value, then=Value(rank)) for rank, one in enumerate(STATE_ORDER)),
            output_field=IntegerField(),
        ),
    )


def with_address_order(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    return rows.alias(
        street_order=spelled_out("property__street"),
        number_order=LeadingNumber("property__house_number"),
        city_order=spelled_out("property__city"),
    )


def overdue(rows: QuerySet[Ticket], *, now: datetime) -> QuerySet[Ticket]:
    """Nobody has taken them up although the time to react is over."""
    return rows.filter(react_by_at__lt=now, incident__isnull=True, state__in=OPEN)


_followers = prepared(
    lambda: (
        Ticket.objects.filter(
            organisation_id=Given("organisation", UUIDField()), incident__id__among=GivenMany("incidents", UUIDField())
        )
        .order_by()
        .values_list("incident_id")
        .annotate(n=Count("pk"))
    )
)


def ticket_rows(actor: Actor, listed: Sequence[Ticket], *, now: datetime, counts: bool) -> list[TicketRow]:
    """With ``counts`` two queries: files, and how many follow; without, both are 0."""
    ids = [one.pk for one in listed]
    files = count_of_many("ticket", ids) if counts else {}
    followers = dict(_followers(organisation=actor.organisation_id, incidents=ids)) if counts else {}
    return [TicketRow(one, files.get(one.pk, 0), followers.get(one.pk, 0), is_late(one, now=now)) for one in listed]


_counts = KeptCounts()


def open_counts(actor: Actor, *, responsible_id: UUID, now: datetime) -> Mapping[str, int]:
    """One query over what is open: how many follow no other (``open``), of them ``new``, ``late``, ``emergency`` and ``mine``.

    ``untouched``: all in the state new, followers of an incident included, as the list's filter has them. Of many thousand they
    may be some seconds old (``kit.kept``).
    """
    leading = Q(incident__isnull=True)

    # The state is counted, not the id: never empty either, and in the index that answers all of it.
    def count() -> Mapping[str, int]:
        found: dict[str, int] = (
            tickets(actor)
            .filter(state__in=OPEN)
            .order_by()
            .aggregate(
                open=Count("state", filter=leading),
                mine=Count("state", filter=leading & Q(responsible_id=responsible_id)),
                new=Count("state", filter=leading & Q(state__in=[State.NEW, State.REOPENED])),
                untouched=Count("state", filter=Q(state=State.NEW)),
                late=Count("state", filter=leading & Q(react_by_at__lt=now)),
                emergency=Count("state", filter=leading & Q(urgency=Urgency.EMERGENCY)),
            )
        )
        return found

    return _counts.get((actor.organisation_id, actor.client_number, responsible_id), count)
