"""Firms for a job: who is found, in which order, and why each stands where it stands.

The order is the same for everybody and published: first who may take the job, then the manager's own list (preferred, admitted,
then the marketplace), then nearness by postcode, then room this week, then the quality for which it was rated in whole stars, then
who was asked least in 90 days, then a lot that is drawn anew for each request. Nothing in it depends on the name or the time of an
answer: nobody races. A firm that is limited (the 15 % rule) stands below those that are not, and the rule leaves it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import MD5, Cast, Coalesce, Concat, Floor, Left
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gewerk.catalogue.queries import service as service_of
from gewerk.catalogue.shapes import Service
from gewerk.firms.models import Standing
from gewerk.firms.queries.vetted import named_postcodes, offering, serving, vetted
from gewerk.identity.access import require, sees_orders
from gewerk.identity.models import Organisation, OrganisationKind
from gewerk.identity.queries.days import today_of
from gewerk.journal.actor import Actor
from gewerk.kit import lookups  # noqa: F401 - registers ``among``
from gewerk.marketplace.gate import BLOCKED, GateAnswer, gate_words, may_take_each
from gewerk.marketplace.models import Invitation, QuoteRequest, Rating
from gewerk.marketplace.operations.answer_limit import limited_firms
from gewerk.marketplace.postcodes import SAME, areas_of, region_of
from gewerk.marketplace.queries.scores import scores
from gewerk.marketplace.score import ASSUMED, COUNTED_FOR, Score
from gewerk.marketplace.states import SHOWN_TO_FIRMS
from gewerk.projects.models import WorkOrder

WEEK, QUARTER = timedelta(days=7), timedelta(days=90)
_MAY, _HINDERED, _BLOCKED = 0, 1, 2
_ASSUMED_STARS = 4


class Room(StrEnum):
    """By what the firm says it can take in a week, against the orders it was awarded in the last seven days."""

    FREE = "free"
    UNSAID = "unsaid"
    FULL = "full"


_ROOMS = tuple(Room)


class Whose(StrEnum):
    """Which firms are asked for, by the manager's own list."""

    ALL = "all"
    OWN = "own"
    PREFERRED = "preferred"
    MARKET = "market"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. Without a service only the own list is searched: vetted is somebody for a service."""

    manager: Organisation
    service: Service | None
    postcode: str
    """Where the work is; empty: not known."""
    seed: str
    """Of the lot: the request's id; for a search without request the day."""
    on: date
    now: datetime
    whose: Whose = Whose.ALL
    only_free: bool = False
    only_open: bool = False
    """Leave out those who may not take it."""
    nearness: int = 0
    """Least steps of the postcode that are shared: 0 to ``postcodes.SAME``."""
    region: str = ""
    """Only firms whose postcode begins like this."""


@dataclass(frozen=True, slots=True)
class Found:
    firm: Organisation
    standing: str
    """On the manager's own list; empty: a vetted firm of the marketplace."""
    blocked_reason: str
    near: int
    """Shared steps of the postcode, 0 to ``postcodes.SAME``."""
    near_label: str
    """The narrowest area that both share."""
    serves: bool
    """The firm says that it works there."""
    room: Room
    score: Score
    """As published; the order weighs whole stars of quality, so that one rating more or less does not decide."""
    limited: bool
    """It leaves too many requests unanswered."""
    asked_lately: int
    """How often it was invited in 90 days, by whomever."""
    gate: GateAnswer
    by_rule: bool
    """The rule may choose it: the gate is open by evidence, it works there, it is neither blocked nor limited."""


def wanted_for(request: QuoteRequest, *, now: datetime, service: str | None = None) -> Wanted:
    """What the request looks for; ``service`` in place of its own, while somebody still chooses. Raises ServiceNotFound."""
    code = request.service if service is None else service
    manager = request.organisation
    return Wanted(
        manager=manager,
        service=service_of(manager.country, code) if code else None,
        postcode=request.order.property.postcode,
        seed=str(request.pk),
        on=today_of(manager.pk, now=now),
        now=now,
    )


def candidates(actor: Actor, wanted: Wanted, *, but_for: QuoteRequest | None = None) -> QuerySet[Any]:
    """In their order. ``but_for``: invitations of this request do not count as asked lately, or the order would depend on itself.

    Three queries narrow it down first, each cheap by an index: who offers it there, who of them is vetted, who is limited. Asked in
    one query the database reads all papers of all firms, several times.
    """
    require(sees_orders(actor))
    manager = wanted.manager
    shown, may, serves = _narrowed_down(wanted)
    rows: QuerySet[Any] = _with_standing(manager).filter(pk__among=shown)
    rows = rows.annotate(
        own_reason=F("own__blocked_reason"),
        serves=_yes(Q(pk__among=serves)),
        stands=Case(
            When(standing=Standing.BLOCKED, then=Value(_BLOCKED)),
            When(pk__among=may, then=Value(_MAY)),
            default=Value(_HINDERED),
            output_field=IntegerField(),
        ),
        near=_nearness(manager.country, wanted.postcode),
        room=_room(wanted.now),
        stars=_stars(wanted.now),
        asked_lately=_asked_lately(wanted.now, but_for),
    ).alias(
        rank=Case(
            When(standing=Standing.PREFERRED, then=Value(0)),
            When(standing="", then=Value(2)),
            default=Value(1),
            output_field=IntegerField(),
        ),
        lot=MD5(Concat(Value(wanted.seed), Cast("id", CharField()), output_field=CharField())),
    )
    if wanted.only_free:
        rows = rows.filter(room=_ROOMS.index(Room.FREE))
    if wanted.nearness:
        rows = rows.filter(near__gte=wanted.nearness)
    return rows.order_by("stands", "rank", "-near", "room", "-stars", "asked_lately", "lot", "pk")


def _with_standing(manager: Organisation) -> QuerySet[Any]:
    """All firms with ``standing``: theirs on the manager's list, or empty."""
    own = FilteredRelation("listings", condition=Q(listings__organisation_id=manager.pk))
    firms: QuerySet[Any] = Organisation.objects.filter(kind=OrganisationKind.FIRM)
    listed: QuerySet[Any] = firms.annotate(own=own, standing=Coalesce(F("own__standing"), Value("")))
    return listed


def _narrowed_down(wanted: Wanted) -> tuple[list[UUID], list[UUID], list[UUID]]:
    """Who is found at all; of them those whom the rule may choose, and those who work there. Three queries."""
    manager, service = wanted.manager, wanted.service
    region = region_of(manager.country, wanted.postcode)
    works_there = serving(wanted.postcode, region.pattern) if region else None
    rows = _of_whom(_with_standing(manager).annotate(named_postcodes=named_postcodes()), wanted.whose)
    if service is None:
        rows = rows.exclude(standing="")
    else:
        rows = rows.filter(offering(service), country=service.country)
    if works_there is not None:
        rows = rows.filter(~Q(standing="") | works_there)
    if wanted.region:
        rows = rows.filter(postcode__startswith=wanted.region)
    rows = rows.annotate(serves=_yes(works_there) if works_there is not None else Value(1))
    standing: dict[UUID, str] = {}
    serves = []
    for firm_id, its_standing, works in rows.values_list("pk", "standing", "serves"):
        standing[firm_id] = its_standing
        if works:
            serves.append(firm_id)
    asked = [one for one in serves if standing[one] != Standing.BLOCKED]
    holding = asked
    if service is not None:
        firms = Organisation.objects.filter(pk__among=asked)
        holding = list(firms.filter(vetted(service, wanted.on)).values_list("pk", flat=True))
    limited = limited_firms(holding)
    may = [one for one in holding if one not in limited]
    if wanted.only_open:
        return may, may, serves
    return list({*holding, *(one for one, its in standing.items() if its)}), may, serves


def _of_whom(rows: QuerySet[Any], whose: Whose) -> QuerySet[Any]:
    if whose == Whose.OWN:
        return rows.exclude(standing__in=["", Standing.BLOCKED])
    if whose == Whose.MARKET:
        return rows.filter(standing="")
    return rows if whose == Whose.ALL else rows.filter(standing=whose.value)


def found_of(wanted: Wanted, rows: Sequence[Organisation]) -> list[Found]:
    """A page of ``candidates`` with gates and scores: ten queries, and one for each firm with an override."""
    ids = [row.pk for row in rows]
    rated, limited = scores(ids, now=wanted.now), limited_firms(ids)
    gates = may_take_each(
        organisation_id=wanted.manager.pk,
        firm_ids=ids,
        service=wanted.service.code if wanted.service else "",
        country=wanted.manager.country,
        on=wanted.on,
    )
    labels = ["", *(area.label for area in areas_of(wanted.manager.country, wanted.postcode))]
    shown = []
    for row in rows:
        found: Any = row
        shown.append(
            Found(
                firm=row,
                standing=found.standing,
                blocked_reason=found.own_reason or "",
                near=found.near,
                near_label=labels[found.near] if found.near < len(labels) else "",
                serves=bool(found.serves),
                room=_ROOMS[found.room],
                score=rated[row.pk],
                limited=row.pk in limited,
                asked_lately=found.asked_lately,
                gate=gates[row.pk],
                by_rule=found.stands == _MAY and gates[row.pk].open,
            )
        )
    return shown


def best(actor: Actor, wanted: Wanted, count: int, *, but_for: QuoteRequest | None = None) -> list[Found]:
    """The first ``count`` that the rule may choose: whose gate is open by evidence, who work there and are not blocked."""
    rows = candidates(actor, wanted, but_for=but_for).filter(stands=_MAY)
    return [one for one in found_of(wanted, list(rows[:count])) if one.by_rule]


def regions(rows: QuerySet[Any], country: str) -> dict[str, int]:
    """Of ``candidates``: region of the postcode -> how many are found there; one query. Two digits, or the letters of a British one."""
    counts: dict[str, int] = {}
    firms = Organisation.objects.filter(pk__in=rows.order_by().values("pk"))
    starts = firms.order_by().annotate(start=Left("postcode", 2)).values_list("start").annotate(n=Count("pk"))
    for start, n in starts:
        label = start.rstrip("0123456789") if country == "GB" else start
        counts[label] = counts.get(label, 0) + n
    return counts


def reasons(one: Found) -> list[str]:
    """Why the firm stands where it stands, in the order in which it was weighed."""
    said = {
        Standing.PREFERRED.value: _("preferred on your list"),
        Standing.APPROVED.value: _("on your list"),
        Standing.BLOCKED.value: _("blocked on your list"),
    }
    words = [said.get(one.standing, _("vetted firm of the marketplace"))]
    if not one.serves:
        words.append(_("does not name this place as its area"))
    if one.near >= SAME:
        words.append(_("same postcode"))
    elif one.near:
        words.append(_("same postcode area %(area)s") % {"area": one.near_label})
    else:
        words.append(_("another postcode area"))
    rooms = {
        Room.FREE: _("free this week"),
        Room.UNSAID: _("says nothing of its capacity"),
        Room.FULL: _("full this week"),
    }
    words.append(rooms[one.room])
    if one.score.points is None:
        words.append(_("not rated yet"))
    else:
        rated = ngettext(
            "score %(points)d of 100 (%(n)d rating)", "score %(points)d of 100 (%(n)d ratings)", one.score.ratings
        )
        words.append(rated % {"points": one.score.points, "n": one.score.ratings})
    asked = ngettext("asked %(n)d time in 90 days", "asked %(n)d times in 90 days", one.asked_lately)
    return [*words, asked % {"n": one.asked_lately}]


def hindrances(one: Found, country: str) -> list[str]:
    """Why nothing can be awarded to it, or the rule leaves it out; empty when nothing stands in the way."""
    words = gate_words(one.gate, country)
    if one.gate.missing == (BLOCKED,) and one.blocked_reason:
        words = [f"{words[0]}: {one.blocked_reason}"]
    return [*words, _("Limited: it leaves too many requests unanswered")] if one.limited else words


def _yes(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _nearness(country: str, postcode: str) -> Case | Value:
    areas = areas_of(country, postcode)
    if not areas:
        return Value(0)
    steps = [When(postcode__regex=area.pattern, then=Value(n)) for n, area in reversed([*enumerate(areas, start=1)])]
    return Case(*steps, default=Value(0), output_field=IntegerField())


def _room(now: datetime) -> Case:
    """The number of ``Room`` in its order."""
    lately = WorkOrder.objects.filter(firm=OuterRef("pk"), awarded_at__gt=now - WEEK, awarded_at__lte=now)
    taken = Coalesce(Subquery(_counted(lately), output_field=IntegerField()), Value(0))
    return Case(
        When(firm_profile__capacity__isnull=True, then=Value(_ROOMS.index(Room.UNSAID))),
        When(firm_profile__capacity__gt=taken, then=Value(_ROOMS.index(Room.FREE))),
        default=Value(_ROOMS.index(Room.FULL)),
        output_field=IntegerField(),
    )


def _stars(now: datetime) -> Coalesce:
    """Whole stars of quality, beginning with ``ASSUMED`` ratings of four as the published score does."""
    rated = Rating.objects.filter(firm=OuterRef("pk"), rated_at__gt=now - COUNTED_FOR).order_by().values("firm")
    mean = (Sum("quality") + Value(float(_ASSUMED_STARS * ASSUMED))) / (Count("pk") + Value(float(ASSUMED)))
    return Coalesce(
        Subquery(
            rated.annotate(n=Floor(mean + Value(0.5), output_field=IntegerField())).values("n"),
            output_field=IntegerField(),
        ),
        Value(_ASSUMED_STARS),
    )


def _asked_lately(now: datetime, but_for: QuoteRequest | None) -> Coalesce:
    asked = Invitation.objects.filter(
        firm=OuterRef("pk"), invited_at__gt=now - QUARTER, request__state__in=sorted(SHOWN_TO_FIRMS)
    )
    if but_for is not None:
        asked = asked.exclude(request=but_for)
    return Coalesce(Subquery(_counted(asked), output_field=IntegerField()), Value(0))


def _counted(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    counted: QuerySet[Any, Any] = rows.order_by().values("firm").annotate(n=Count("pk")).values("n")
    return counted
