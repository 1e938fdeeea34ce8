"""The gate: may this firm take this service on that day? Open only when every paper asked for is confirmed and holds then.

Above the pure rule (``answer``), which knows no database; below the questions that fetch what it needs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

import orjson
from django.db.models import CharField, TextField, UUIDField
from django.db.models.functions import Cast

from gewerk.catalogue.queries import catalogue_of, service
from gewerk.catalogue.shapes import CountryCatalogue, Requirement, Service
from gewerk.firms.models import Evidence, EvidenceState, FirmTrade, GateOverride
from gewerk.kit.lookups import GivenMany
from gewerk.kit.prepared import Given, prepared

TRADE = "trade"
"""Stands in ``MissingEvidence.kind`` where no paper is missing: the firm does none of the service's trades."""


class Why(StrEnum):
    """What stands in the way, from farthest to nearest; of several papers of a kind the nearest counts."""

    TRADE_NOT_DONE = "trade_not_done"
    NOT_SHOWN = "not_shown"
    REFUSED = "refused"
    WAITING = "waiting"
    OTHER_TRADE = "other_trade"
    SUM_TOO_LOW = "sum_too_low"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"


_ORDER = list(Why)


@dataclass(frozen=True, slots=True)
class Held:
    """A paper as the rule sees it."""

    kind: str
    state: str
    valid_from: date
    valid_until: date | None
    trades: frozenset[str] = frozenset()
    insured_minor: int | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class MissingEvidence:
    kind: str
    """A kind of evidence of the country's catalogue, or ``TRADE``."""
    why: Why
    minimum_minor: int | None = None
    """The least sum insured that is asked for."""
    expired_on: date | None = None
    """The last day on which it held."""


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """``open`` with nothing missing, or with what had expired and an override."""

    open: bool
    missing: tuple[MissingEvidence, ...] = ()
    override_id: UUID | None = None


def answer(
    *,
    requirements: Sequence[Requirement],
    service_trades: Collection[str],
    firm_trades: Collection[str],
    per_trade: Collection[str],
    currency: str,
    held: Sequence[Held],
    on: date,
) -> GateAnswer:
    """The rule. ``per_trade``: kinds of which a paper counts only for trades that it names and the firm does."""
    fitting = frozenset(service_trades) & frozenset(firm_trades)
    if not fitting:
        return GateAnswer(open=False, missing=(MissingEvidence(TRADE, Why.TRADE_NOT_DONE),))
    missing = []
    for need in requirements:
        papers = [one for one in held if one.kind == need.kind]
        hindrances = [
            _hindrance(one, need, fitting if need.kind in per_trade else None, currency, on) for one in papers
        ]
        if None in hindrances:
            continue
        found = max((one for one in hindrances if one is not None), key=_ORDER.index, default=Why.NOT_SHOWN)
        ends = [
            one.valid_until for one in papers if one.valid_until is not None and one.state == EvidenceState.CONFIRMED
        ]
        missing.append(
            MissingEvidence(need.kind, found, need.minimum_minor, max(ends) if found is Why.EXPIRED else None)
        )
    return GateAnswer(open=not missing, missing=tuple(missing))


def _hindrance(paper: Held, need: Requirement, fitting: frozenset[str] | None, currency: str, on: date) -> Why | None:
    if paper.state != EvidenceState.CONFIRMED:
        return Why.WAITING if paper.state == EvidenceState.SUBMITTED else Why.REFUSED
    if fitting is not None and not fitting & paper.trades:
        return Why.OTHER_TRADE
    if need.minimum_minor is not None and (
        paper.insured_minor is None or paper.currency != currency or paper.insured_minor < need.minimum_minor
    ):
        return Why.SUM_TOO_LOW
    if on < paper.valid_from:
        return Why.NOT_YET_VALID
    if paper.valid_until is not None and on > paper.valid_until:
        return Why.EXPIRED
    return None


def may_take(firm_id: UUID, service_code: str, country: str, on: date) -> GateAnswer:
    """By the evidence alone, for anybody. Raises ServiceNotFound, NoCatalogue."""
    return may_take_of_many([firm_id], service_code, country, on)[firm_id]


_trades = prepared(
    lambda: FirmTrade.objects.filter(firm__id__among=GivenMany("firms", UUIDField())).values_list("firm_id", "trade")
)
_papers = prepared(
    lambda: (
        Evidence.objects.filter(
            firm__id__among=GivenMany("firms", UUIDField()),
            country=Given("country", CharField()),
            kind__among=GivenMany("kinds", CharField()),
        )
        .annotate(named=Cast("trades", TextField()))
        .values_list("firm_id", "kind", "state", "valid_from", "valid_until", "named", "insured_minor", "currency")
    )
)


@lru_cache(maxsize=1_024)
def _named(trades: str) -> frozenset[str]:
    """Of a list as the database holds it: a thousand papers name some dozen lists."""
    return frozenset(orjson.loads(trades))


def may_take_of_many(firm_ids: Collection[UUID], service_code: str, country: str, on: date) -> dict[UUID, GateAnswer]:
    """As ``may_take``, for a list of firms: three queries, whatever their number."""
    wanted, catalogue = service(country, service_code), catalogue_of(country)
    trades: dict[UUID, set[str]] = {}
    for firm_id, trade in _trades(firms=firm_ids):
        trades.setdefault(firm_id, set()).add(trade)
    held = held_by(firm_ids, country, {need.kind for need in wanted.requirements})
    return {one: answered(wanted, catalogue, trades.get(one, ()), held.get(one, []), on) for one in firm_ids}


def held_by(firm_ids: Collection[UUID], country: str, kinds: Collection[str]) -> dict[UUID, list[Held]]:
    """What these firms have shown of these kinds; whoever has shown nothing is left out. One query."""
    held: dict[UUID, list[Held]] = {}
    for firm_id, kind, state, begin, end, named, *insured in _papers(firms=firm_ids, country=country, kinds=kinds):
        held.setdefault(firm_id, []).append(Held(kind, state, begin, end, _named(named), *insured))
    return held


def may_be_awarded(organisation_id: UUID, firm_id: UUID, service_code: str, country: str, on: date) -> GateAnswer:
    """As ``may_take``, and open where that manager's administrator has overridden exactly what has expired."""
    found = may_take(firm_id, service_code, country, on)
    if found.open or any(one.why is not Why.EXPIRED for one in found.missing):
        return found
    kinds = {one.kind for one in found.missing}
    overrides = GateOverride.objects.filter(
        organisation_id=organisation_id,
        firm_id=firm_id,
        country=country,
        service_code=service_code,
        valid_from__lte=on,
        valid_until__gte=on,
    )
    for override in overrides.order_by("-made_at"):
        if kinds <= set(override.kinds):
            return GateAnswer(open=True, missing=found.missing, override_id=override.pk)
    return found


def held_of(row: Evidence) -> Held:
    return Held(
        kind=row.kind,
        state=row.state,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        trades=frozenset(row.trades),
        insured_minor=row.insured_minor,
        currency=row.currency,
    )


def answered(
    wanted: Service, catalogue: CountryCatalogue, trades: Collection[str], held: Sequence[Held], on: date
) -> GateAnswer:
    """The rule for a service of a country's catalogue."""
    return answer(
        requirements=wanted.requirements,
        service_trades=wanted.trades,
        firm_trades=trades,
        per_trade=[code for code, kind in catalogue.evidence.items() if kind.per_trade],
        currency=catalogue.currency,
        held=held,
        on=on,
    )
