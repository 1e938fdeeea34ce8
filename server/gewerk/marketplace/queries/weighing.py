"""Candidates for a job in their order, and what it weighs of them: room this week, stars, and who was asked least."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import md5
from typing import Any, NamedTuple, overload
from uuid import UUID

from django.db.models import Count, DateTimeField, Q, Sum, UUIDField

from gewerk.firms.models import Standing
from gewerk.kit.lookups import GivenMany
from gewerk.kit.prepared import Given, prepared
from gewerk.kit.settled import settle
from gewerk.marketplace.models import Invitation, QuoteRequest, Rating
from gewerk.marketplace.queries.facts import Facts
from gewerk.marketplace.score import ASSUMED, COUNTED_FOR
from gewerk.marketplace.states import SHOWN_TO_FIRMS
from gewerk.projects.models import WorkOrder

WEEK, QUARTER = timedelta(days=7), timedelta(days=90)
_ASSUMED_STARS = 4
_RANKS = {Standing.PREFERRED.value: 0, "": 2}
"""Of the manager's own list; whoever else is on it comes between."""


class Room(StrEnum):
    """By what the firm says it can take in a week, against the orders it was awarded in the last seven days."""

    FREE = "free"
    UNSAID = "unsaid"
    FULL = "full"


_ROOMS = {room: place for place, room in enumerate(Room)}


class Candidate(NamedTuple):
    """A firm that was found, with what the order weighs of it first."""

    pk: UUID
    postcode: str
    standing: str
    """On the manager's own list; empty: not on it."""
    blocked_reason: str
    limited: bool
    """It leaves too many requests unanswered."""
    capacity: int | None
    """Orders in a week; None: not said."""
    serves: bool
    stands: int
    """0: the rule may choose it; then who is hindered, then who is blocked."""
    near: int
    """Steps, 0 to ``postcodes.SAME`` (``nearness``)."""
    km: float | None
    """As the crow flies; None where a position is missing."""


class Candidates(Sequence[Candidate]):
    """In their order, weighed to the end only as far as somebody reads: of thousands that are alike a page shows fifty."""

    def __init__(
        self,
        rows: Iterable[Candidate],
        *,
        seed: str,
        now: datetime,
        facts: Facts,
        fresh: bool,
        but_for: QuoteRequest | None,
    ) -> None:
        """``seed``: of the lot. ``but_for``: invitations of this request do not count as asked lately. ``fresh``: somebody decides by
        them."""
        self._rows = sorted(rows, key=_standing_and_place)
        self._seed, self._now, self._but_for = seed, now, but_for
        self.facts, self.fresh = facts, fresh

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Candidate: ...

    @overload
    def __getitem__(self, at: slice) -> list[Candidate]: ...

    def __getitem__(self, at: int | slice) -> Candidate | list[Candidate]:
        """Three queries at most, whatever is read."""
        if isinstance(at, int):
            start, stop = at, at + 1
        else:
            start, stop, _step = at.indices(len(self._rows))
        settle(
            self._rows, start, stop, _standing_and_place, (self._by_room, self._by_stars, self._by_asked, self._by_lot)
        )
        return self._rows[at]

    def unsorted(self) -> Iterable[Candidate]:
        """All, in whatever order; costs nothing."""
        return iter(self._rows)

    def those(self, wanted: Callable[[Candidate], bool]) -> "Candidates":
        """The same order of a part."""
        rows = (one for one in self._rows if wanted(one))
        return Candidates(
            rows, seed=self._seed, now=self._now, facts=self.facts, fresh=self.fresh, but_for=self._but_for
        )

    def room_of(self, rows: Collection[Candidate]) -> dict[UUID, Room]:
        """One query for those of whom it is not known yet."""
        said = [one.pk for one in rows if one.capacity is not None]
        taken = self.facts.of("taken", said, self._ask_taken, 0)
        return {one.pk: _room(one.capacity, taken.get(one.pk, 0)) for one in rows}

    def asked_lately(self, rows: Collection[Candidate]) -> dict[UUID, int]:
        """How often each was invited in 90 days, by whomever. One query, as ``room_of``."""
        return self.facts.of("asked", [one.pk for one in rows], self._ask_invited, 0)

    def _ask_taken(self, firm_ids: list[UUID]) -> dict[UUID, int]:
        return dict(_taken(firms=firm_ids, begin=self._now - WEEK, end=self._now))

    def _ask_invited(self, firm_ids: list[UUID]) -> dict[UUID, int]:
        leave_out = self._but_for.pk if self._but_for is not None else _NONE
        return dict(_invited(firms=firm_ids, begin=self._now - QUARTER, leave_out=leave_out))

    def _ask_stars(self, firm_ids: list[UUID]) -> dict[UUID, int]:
        return _stars(firm_ids, self._now)

    def _by_room(self, rows: Collection[Candidate]) -> Callable[[Candidate], Any]:
        rooms = self.room_of(rows)
        return lambda one: _ROOMS[rooms[one.pk]]

    def _by_stars(self, rows: Collection[Candidate]) -> Callable[[Candidate], Any]:
        stars = self.facts.of("stars", [one.pk for one in rows], self._ask_stars, _ASSUMED_STARS)
        return lambda one: -stars[one.pk]

    def _by_asked(self, rows: Collection[Candidate]) -> Callable[[Candidate], Any]:
        asked = self.asked_lately(rows)
        return lambda one: asked[one.pk]

    def _by_lot(self, _rows: Collection[Candidate]) -> Callable[[Candidate], Any]:
        return lambda one: md5(f"{self._seed}{one.pk}".encode(), usedforsecurity=False).digest()


def _standing_and_place(one: Candidate) -> tuple[int, int, int]:
    return one.stands, _RANKS.get(one.standing, 1), -one.near


def _room(capacity: int | None, taken: int) -> Room:
    if capacity is None:
        return Room.UNSAID
    return Room.FREE if capacity > taken else Room.FULL


_NONE = UUID(int=0)
"""The id of no request."""
_FIRMS = GivenMany("firms", UUIDField())
_BEGIN = Given("begin", DateTimeField())
_taken = prepared(
    lambda: (
        WorkOrder.objects.filter(
            firm__id__among=_FIRMS, awarded_at__gt=_BEGIN, awarded_at__lte=Given("end", DateTimeField())
        )
        .order_by()
        .values_list("firm_id")
        .annotate(n=Count("pk"))
    )
)
_invited = prepared(
    lambda: (
        Invitation.objects.filter(
            ~Q(request_id=Given("leave_out", UUIDField())),
            firm__id__among=_FIRMS,
            invited_at__gt=_BEGIN,
            request__state__in=sorted(SHOWN_TO_FIRMS),
        )
        .order_by()
        .values_list("firm_id")
        .annotate(n=Count("pk"))
    )
)
_rated = prepared(
    lambda: (
        Rating.objects.filter(firm__id__among=_FIRMS, rated_at__gt=_BEGIN)
        .order_by()
        .values_list("firm_id")
        .annotate(n=Count("pk"), stars=Sum("quality"))
    )
)


def _stars(firm_ids: Collection[UUID], now: datetime) -> dict[UUID, int]:
    """Whole stars of quality, beginning with ``ASSUMED`` ratings of four as the published score does. One query."""
    rated = _rated(firms=firm_ids, begin=now - COUNTED_FOR)
    return {
        firm_id: (2 * (stars + _ASSUMED_STARS * ASSUMED) + n + ASSUMED) // (2 * (n + ASSUMED))
        for firm_id, n, stars in rated
    }
