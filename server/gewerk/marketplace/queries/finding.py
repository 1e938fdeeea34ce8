"""Firms for a job: who is found, in which order, and why each stands where it stands.

The order is the same for everybody and published: first who may take the job, then the manager's own list (preferred, admitted,
then the marketplace), then nearness in bands of kilometres (where a position is missing, by shared areas of the postcode), then room
this week, then the quality for which it was rated in whole stars, then who was asked least in 90 days, then a lot that is drawn anew
for each request. Nothing in it depends on the name or the time of an answer: nobody races. A firm that is limited (the 15 % rule)
stands below those that are not, and the rule leaves it out.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import UUIDField

from gewerk.catalogue.queries import service as service_of
from gewerk.catalogue.shapes import Service
from gewerk.firms.models import Standing
from gewerk.identity.access import require, sees_orders
from gewerk.identity.models import Organisation
from gewerk.identity.queries.days import today_of
from gewerk.journal.actor import Actor
from gewerk.kit.lookups import GivenMany
from gewerk.kit.prepared import prepared
from gewerk.marketplace.gate import GateAnswer, may_take_each
from gewerk.marketplace.models import QuoteRequest
from gewerk.marketplace.nearness import nearness_to
from gewerk.marketplace.operations.answer_limit import limited_firms
from gewerk.marketplace.postcodes import areas_of, steps_to
from gewerk.marketplace.queries.facts import Facts
from gewerk.marketplace.queries.offers import LONGEST_SECONDS, Offer, Offers, listings_of, offers_for, offers_of
from gewerk.marketplace.queries.scores import scores
from gewerk.marketplace.queries.weighing import Candidate, Candidates, Room
from gewerk.marketplace.score import Score, score_of
from gewerk.marketplace.states import SHOWN_TO_FIRMS

_MAY, _HINDERED, _BLOCKED = 0, 1, 2
_IS_BLOCKED = Standing.BLOCKED.value


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
    """Least steps: 0 to ``postcodes.SAME`` (``nearness``)."""
    region: str = ""
    """Only firms whose postcode begins like this."""


@dataclass(frozen=True, slots=True)
class Found:
    firm: Organisation
    """With name, country, postcode and city."""
    standing: str
    """On the manager's own list; empty: a vetted firm of the marketplace."""
    blocked_reason: str
    near: int
    """Steps, 0 to ``postcodes.SAME`` (``nearness``)."""
    shared: int
    """Areas of the postcode that both share, 0 to ``postcodes.SAME``."""
    near_label: str
    """The narrowest of them."""
    km: float | None
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


def candidates(actor: Actor, wanted: Wanted, *, but_for: QuoteRequest | None = None, fresh: bool = False) -> Candidates:
    """In their order. ``but_for``: invitations of this request do not count as asked lately, or the order would depend on itself.
    ``fresh``: for somebody who decides by it; for whoever looks, what is weighed may be as old as the offers.

    Who offers it there is known or asked first, then who of them is vetted, then who is limited. The rest is weighed here, as far as
    it is read.
    """
    require(sees_orders(actor))
    listed = listings_of(wanted.manager.pk)
    offers = _offers(wanted, listed)
    invited = but_for is not None and but_for.state in SHOWN_TO_FIRMS
    facts = Facts(LONGEST_SECONDS) if fresh or invited else offers.facts
    there = offers.there(wanted.postcode)
    offered = _offered(wanted, offers, listed, there)
    holding = {one.pk for one, (standing, _reason) in offered if one.pk in there and standing != _IS_BLOCKED}
    if wanted.service is not None and holding:
        holding &= offers.vetted_there(wanted.service, wanted.on, wanted.postcode)
    limited = facts.of("limited", [one.pk for one, _listing in offered], _ask_limited, False)
    near = nearness_to(wanted.manager.country, wanted.postcode)
    found = Candidates(
        (
            Candidate(
                pk=one.pk,
                postcode=one.postcode,
                standing=standing,
                blocked_reason=blocked_reason,
                limited=limited[one.pk],
                capacity=one.capacity,
                serves=one.pk in there,
                stands=stands,
                near=nearness.steps,
                km=nearness.km,
            )
            for one, (standing, blocked_reason) in offered
            for stands in [
                _BLOCKED
                if standing == _IS_BLOCKED
                else _MAY
                if one.pk in holding and not limited[one.pk]
                else _HINDERED
            ]
            if stands == _MAY or (not wanted.only_open and (standing or one.pk in holding))
            for nearness in [near(one.postcode)]
        ),
        seed=wanted.seed,
        now=wanted.now,
        facts=facts,
        fresh=fresh,
        but_for=but_for,
    )
    if wanted.nearness:
        found = found.those(lambda one: one.near >= wanted.nearness)
    if wanted.only_free:
        rooms = found.room_of(list(found.unsorted()))
        found = found.those(lambda one: rooms[one.pk] == Room.FREE)
    return found


def _ask_limited(firm_ids: list[UUID]) -> dict[UUID, bool]:
    return dict.fromkeys(limited_firms(firm_ids), True)


Listed = Mapping[UUID, tuple[str, str]]
"""Firm -> its standing on the manager's own list, and why it is blocked."""
_UNLISTED = "", ""


def _offers(wanted: Wanted, listed: Listed) -> Offers:
    if wanted.service is None:
        return offers_of(wanted.manager.country, list(listed))
    return offers_for(wanted.service)


def _offered(
    wanted: Wanted, offers: Offers, listed: Listed, there: frozenset[UUID]
) -> list[tuple[Offer, tuple[str, str]]]:
    """Of the manager's list who offers it, and of the marketplace who offers it there; each with its place on that list."""
    service, region = wanted.service, wanted.region
    asked = there | (offers.by_firm.keys() & listed.keys())
    offered = ((offers.by_firm[firm_id], listed.get(firm_id, _UNLISTED)) for firm_id in asked)
    return [
        (offer, listing)
        for offer, listing in offered
        if _is_of(wanted.whose, listing[0])
        and (service is None or offer.does(service))
        and offer.postcode.startswith(region)
    ]


def _is_of(whose: Whose, standing: str) -> bool:
    if whose == Whose.OWN:
        return standing not in {"", Standing.BLOCKED}
    if whose == Whose.MARKET:
        return not standing
    return whose == Whose.ALL or standing == whose.value


def found_of(wanted: Wanted, among: Candidates, rows: Sequence[Candidate]) -> list[Found]:
    """A page of ``among`` with gates and scores: nine queries at most, and one for each firm with an override.

    Whose papers the search found whole is not asked for them again, but where somebody decides by it (``among.fresh``).
    """
    ids = [row.pk for row in rows]
    firms = {firm.pk: firm for firm in _named(firms=ids)}
    rooms, asked = among.room_of(rows), among.asked_lately(rows)
    rated = among.facts.of("score", ids, lambda unknown: scores(unknown, now=wanted.now), _UNRATED)
    known = {row.pk for row in rows if row.stands == _MAY and wanted.service is not None and not among.fresh}
    gates = dict.fromkeys(known, _OPEN) | may_take_each(
        organisation_id=wanted.manager.pk,
        firm_ids=[row.pk for row in rows if row.pk not in known],
        standings={row.pk: row.standing for row in rows if row.standing},
        service=wanted.service.code if wanted.service else "",
        country=wanted.manager.country,
        on=wanted.on,
    )
    shared = steps_to(wanted.manager.country, wanted.postcode)
    labels = ["", *(area.label for area in areas_of(wanted.manager.country, wanted.postcode))]
    return [
        Found(
            firm=firms[row.pk],
            standing=row.standing,
            blocked_reason=row.blocked_reason,
            near=row.near,
            shared=shared(row.postcode),
            near_label=labels[shared(row.postcode)],
            km=row.km,
            serves=row.serves,
            room=rooms[row.pk],
            score=rated[row.pk],
            limited=row.limited,
            asked_lately=asked[row.pk],
            gate=gates[row.pk],
            by_rule=row.stands == _MAY and gates[row.pk].open,
        )
        for row in rows
    ]


def best(actor: Actor, wanted: Wanted, count: int, *, but_for: QuoteRequest | None = None) -> list[Found]:
    """The first ``count`` that the rule may choose: whose gate is open by evidence, who work there and are not blocked."""
    may = candidates(actor, wanted, but_for=but_for, fresh=True).those(lambda one: one.stands == _MAY)
    return [one for one in found_of(wanted, may, may[:count]) if one.by_rule]


_OPEN = GateAnswer(open=True)
_UNRATED = score_of({}, ratings=0)
_named = prepared(
    lambda: Organisation.objects.filter(id__among=GivenMany("firms", UUIDField())).only(
        "name", "country", "postcode", "city"
    )
)


def regions(rows: Candidates, country: str) -> dict[str, int]:
    """Region of the postcode -> how many are found there. Two digits, or the letters of a British one."""
    starts = Counter(one.postcode[:2] for one in rows.unsorted())
    if country != "GB":
        return dict(starts)
    counts: Counter[str] = Counter()
    for start, n in starts.items():
        counts[start.rstrip("0123456789")] += n
    return dict(counts)
