"""How far a firm has come until it may be awarded something: the steps, and what each service's gate still asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import CharField, UUIDField

from gewerk.catalogue.queries import NoCatalogue, catalogue_of, services
from gewerk.catalogue.shapes import EvidenceKind, Service
from gewerk.firms.gates import GateAnswer, Held, Why, answered, held_by, held_of
from gewerk.firms.models import Evidence, EvidenceState, FirmProfile, FirmService, FirmTrade
from gewerk.identity.models import Organisation
from gewerk.kit.prepared import Given, prepared


@dataclass(frozen=True, slots=True)
class NeededEvidence:
    """A kind that some service of the firm asks for, and how it stands on the day."""

    kind: EvidenceKind
    minimum_minor: int | None
    """The greatest sum that any of its services asks for."""
    why: Why | None
    """What is missing; None: it holds for every service of the firm that asks for it."""
    papers: tuple[Evidence, ...]
    """Newest first."""
    needed_by: int
    """How many of the firm's services ask for it."""


@dataclass(frozen=True, slots=True)
class Onboarding:
    """``steps``: name -> done, in order; the last two are done with the first service that is whole.

    ``open_services`` of ``offered_services`` may be awarded on the day.
    """

    steps: dict[str, bool]
    needed: tuple[NeededEvidence, ...]
    offered_services: int
    open_services: int

    @property
    def done(self) -> int:
        return sum(self.steps.values())

    @property
    def next_step(self) -> str:
        """The first that is not done; empty when all are."""
        return next((name for name, done in self.steps.items() if not done), "")


def offered_by(firm: Organisation) -> list[Service]:
    """The services that the firm offers: those chosen, else all of its trades. Three queries; none without a catalogue."""
    return _offered(firm, _trades_of(firm))


_FIRM = Given("firm", UUIDField())
_trades = prepared(lambda: FirmTrade.objects.filter(firm_id=_FIRM).values_list("trade", flat=True))
_chosen = prepared(lambda: FirmService.objects.filter(firm_id=_FIRM).values_list("code", flat=True))
_papers = prepared(
    lambda: Evidence.objects.filter(firm_id=_FIRM, country=Given("country", CharField())).order_by(
        "-submitted_at", "-pk"
    )
)


def _trades_of(firm: Organisation) -> set[str]:
    return set(_trades(firm=firm.pk))


def _offered(firm: Organisation, trades: set[str]) -> list[Service]:
    chosen = set(_chosen(firm=firm.pk))
    try:
        known = services(firm.country)
    except NoCatalogue:
        return []
    return [one for one in known if trades & set(one.trades) and (not chosen or one.code in chosen)]


def offering(service: Service, firm_ids: Sequence[UUID] | None = None) -> set[UUID]:
    """Firms that say they offer the service, whether or not they may. Two queries."""
    rows = FirmTrade.objects.filter(trade__in=service.trades, firm__country=service.country)
    if firm_ids is not None:
        rows = rows.filter(firm_id__in=firm_ids)
    in_trade = set(rows.values_list("firm_id", flat=True))
    choosing = list(FirmService.objects.filter(firm_id__in=in_trade).values_list("firm_id", "code"))
    left_out = {firm_id for firm_id, _code in choosing} - {one for one, code in choosing if code == service.code}
    return in_trade - left_out


def onboarding(firm: Organisation, *, on: date) -> Onboarding:
    """Five queries."""
    trades = _trades_of(firm)
    offered = _offered(firm, trades)
    profile = FirmProfile.objects.filter(firm=firm).first()
    papers = _papers(firm=firm.pk, country=firm.country)
    held = [held_of(one) for one in papers]
    gates = _answered(firm, offered, trades, held, on) if offered else []
    open_services = sum(found.open for _service, found in gates)
    needed = _needed(firm, gates, papers)
    shown = {one.kind for one in papers if one.state != EvidenceState.REFUSED}
    steps = {
        "company": bool(firm.street and firm.postcode and firm.city and (firm.email or firm.phone)),
        "trades": bool(trades),
        "area": profile is not None and profile.version > 1 and bool(profile.languages),
        "bank": profile is not None and bool(profile.iban),
        "evidence": any(all(need.kind in shown for need in one.requirements) for one in offered),
        "confirmed": open_services > 0,
    }
    return Onboarding(steps, needed, len(offered), open_services)


def gates_of(firm: Organisation, *, on: date) -> list[tuple[Service, GateAnswer]]:
    """Each service that the firm offers, by code, with its gate on that day. Four queries."""
    trades = _trades_of(firm)
    offered = _offered(firm, trades)
    if not offered:
        return []
    kinds = {need.kind for one in offered for need in one.requirements}
    held = held_by([firm.pk], firm.country, kinds).get(firm.pk, [])
    return _answered(firm, offered, trades, held, on)


def _answered(
    firm: Organisation, offered: list[Service], trades: set[str], held: list[Held], on: date
) -> list[tuple[Service, GateAnswer]]:
    catalogue = catalogue_of(firm.country)
    return [(one, answered(one, catalogue, trades, held, on)) for one in offered]


def _needed(
    firm: Organisation, gates: list[tuple[Service, GateAnswer]], papers: list[Evidence]
) -> tuple[NeededEvidence, ...]:
    if not gates:
        return ()
    minimum: dict[str, int | None] = {}
    count: dict[str, int] = {}
    missing: dict[str, Why] = {}
    for one, found in gates:
        for need in one.requirements:
            count[need.kind] = count.get(need.kind, 0) + 1
            minimum[need.kind] = max(filter(None, (minimum.get(need.kind), need.minimum_minor)), default=None)
        for gap in found.missing:
            missing.setdefault(gap.kind, gap.why)
    return tuple(
        NeededEvidence(
            kind=kind,
            minimum_minor=minimum[code],
            why=missing.get(code),
            papers=tuple(one for one in papers if one.kind == code),
            needed_by=count[code],
        )
        for code, kind in catalogue_of(firm.country).evidence.items()
        if code in count
    )
