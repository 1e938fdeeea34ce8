"""Prices agreed with a firm. The law: of one firm and service code at most one price holds on any day."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gewerk.firms.access import FirmNotFound, framework_prices, listed_firm_to_edit
from gewerk.firms.models import CostKind, FrameworkPrice
from gewerk.firms.operations.list_firm import Stale
from gewerk.firms.search_text import folded
from gewerk.firms.trades import TRADES, trade_name
from gewerk.identity.access import edits_orders, require
from gewerk.identity.models import Organisation
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.locks import one_at_a_time
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind

LOCK = "framework_prices"
HIGHEST_MINOR = 10**10


class PriceIsInvalid(Refusal):
    code = "price_invalid"
    message = _("Please check the price.")


class PricesOverlap(Refusal):
    kind = RefusalKind.CONFLICT
    code = "prices_overlap"
    message = _(
        "Another price of this firm for the same service holds in this time. End it first, or choose other days."
    )


@dataclass(frozen=True, slots=True)
class Price:
    """A price as agreed. Net, in minor units of the manager's currency per ``unit``; the last day may be open."""

    code: str
    text: str
    unit: str
    net_minor: int
    vat_basis_points: int
    valid_from: date
    valid_until: date | None = None
    trade: str = ""
    kind: str = CostKind.LABOUR


def agree_price(*, actor: Actor, firm_id: UUID, price: Price, now: datetime) -> FrameworkPrice:
    """Raises FirmNotFound (not on the actor's list), PriceIsInvalid, PricesOverlap."""
    listed = listed_firm_to_edit(actor, firm_id)
    _check(price)
    one_at_a_time(LOCK, actor.organisation_id)
    _refuse_overlap(actor, firm_id, price)
    currency = Organisation.objects.get(pk=actor.organisation_id).currency
    made = FrameworkPrice.objects.create(
        organisation_id=actor.organisation_id,
        firm=listed.firm,
        currency=currency,
        search=_search(price),
        created_at=now,
        updated_at=now,
        **_columns(price),
    )
    record(
        actor=actor,
        event="framework_price.agreed",
        object_type="framework_price",
        object_id=made.pk,
        now=now,
        data={"firm_id": str(firm_id), "net_minor": price.net_minor, "currency": currency},
    )
    return made


def change_price(
    *, actor: Actor, price_id: UUID, price: Price, version: int | None = None, now: datetime
) -> FrameworkPrice:
    """Orders keep what they were awarded at. Raises FirmNotFound, Stale, PriceIsInvalid, PricesOverlap."""
    require(edits_orders(actor))
    one_at_a_time(LOCK, actor.organisation_id)
    found = framework_prices(actor).select_for_update(of=("self",)).filter(pk=price_id).first()
    if found is None:
        raise FirmNotFound
    if version is not None and version != found.version:
        raise Stale
    _check(price)
    _refuse_overlap(actor, found.firm_id, price, but=price_id)
    changed = [name for name, value in _columns(price).items() if getattr(found, name) != value]
    if not changed:
        return found
    before = found.net_minor
    for name, value in _columns(price).items():
        setattr(found, name, value)
    found.search = _search(price)
    found.version += 1
    found.updated_at = now
    found.save()
    record(
        actor=actor,
        event="framework_price.changed",
        object_type="framework_price",
        object_id=found.pk,
        now=now,
        data={"fields": changed, "from_minor": before, "to_minor": found.net_minor},
    )
    return found


def _columns(price: Price) -> Mapping[str, Any]:
    tidy = {field.name: getattr(price, field.name) for field in fields(price)}
    return {name: value.strip() if isinstance(value, str) else value for name, value in tidy.items()}


def _search(price: Price) -> str:
    return folded(price.code, price.text, trade_name(price.trade) if price.trade else "")


def _refuse_overlap(actor: Actor, firm_id: UUID, price: Price, *, but: UUID | None = None) -> None:
    rows = FrameworkPrice.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=price.valid_from),
        organisation_id=actor.organisation_id,
        firm_id=firm_id,
        code=price.code.strip(),
    )
    if price.valid_until is not None:
        rows = rows.filter(valid_from__lte=price.valid_until)
    if but is not None:
        rows = rows.exclude(pk=but)
    if rows.exists():
        problem = FieldProblem("/valid_from", "overlaps", str(PricesOverlap.message))
        raise PricesOverlap(problems=(problem,))


def _check(price: Price) -> None:
    problems: list[FieldProblem] = []

    def wrong(field: str, code: str, message: Any) -> None:
        problems.append(FieldProblem(f"/{field}", code, str(message)))

    for name, length in (("code", 40), ("text", 500), ("unit", 20)):
        value = str(getattr(price, name)).strip()
        if not value:
            wrong(name, "required", _("Please fill this in."))
        elif len(value) > length:
            wrong(name, "too_long", _("At most %(n)d characters.") % {"n": length})
    if not 0 <= price.net_minor <= HIGHEST_MINOR:
        wrong("net", "out_of_range", _("This amount is not possible."))
    if not 0 <= price.vat_basis_points <= 10_000:
        wrong("vat_rate", "out_of_range", _("The rate must be between 0 and 100 percent."))
    if price.valid_until is not None and price.valid_until < price.valid_from:
        wrong("valid_until", "before_start", _("The last day lies before the first."))
    if price.trade and price.trade not in TRADES:
        wrong("trade", "not_allowed", _("Please choose one."))
    if price.kind not in CostKind.values:
        wrong("kind", "not_allowed", _("Please choose one."))
    if problems:
        raise PriceIsInvalid(problems=tuple(problems))
