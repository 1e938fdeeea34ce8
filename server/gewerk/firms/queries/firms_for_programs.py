"""Firms of the own list, framework prices and crews as the API shows them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import translation

from gewerk.firms.access import crews, framework_prices, listed_firm_for, listed_firms
from gewerk.firms.models import Crew, CrewMember, FirmProfile, FirmTrade, FrameworkPrice, ListedFirm
from gewerk.firms.trades import TRADES
from gewerk.journal.actor import Actor

Row = dict[str, Any]


def trade_rows() -> list[Row]:
    """All trades with their names in both languages."""
    names: dict[str, Row] = {code: {"code": code} for code in TRADES}
    for language in ("de", "en"):
        with translation.override(language):
            for code, name in TRADES.items():
                names[code][language] = str(name)
    return list(names.values())


def firm_rows(actor: Actor, *, standing: str | None, after: UUID | None, limit: int) -> tuple[list[Row], UUID | None]:
    """Firms of the own list by their listing, and where to go on: three queries."""
    rows = listed_firms(actor)
    if standing is not None:
        rows = rows.filter(standing=standing)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows.order_by("pk")[: limit + 1])
    shown = found[:limit]
    return _firm_rows(shown), shown[-1].pk if len(found) > limit else None


def firm_row(actor: Actor, firm_id: UUID) -> tuple[Row, int]:
    """The firm and the version of its listing (the ETag). Raises FirmNotFound."""
    listed = listed_firm_for(actor, firm_id)
    return _firm_rows([listed])[0], listed.version


def _firm_rows(listed: Sequence[ListedFirm]) -> list[Row]:
    ids = [one.firm_id for one in listed]
    trades: dict[UUID, list[str]] = {}
    for firm_id, trade in FirmTrade.objects.filter(firm_id__in=ids).order_by("trade").values_list("firm_id", "trade"):
        trades.setdefault(firm_id, []).append(trade)
    profiles = {profile.firm_id: profile for profile in FirmProfile.objects.filter(firm_id__in=ids)}
    return [_firm(one, trades.get(one.firm_id, []), profiles.get(one.firm_id)) for one in listed]


def _firm(one: ListedFirm, trades: list[str], profile: FirmProfile | None) -> Row:
    firm = one.firm
    return {
        "id": firm.pk,
        "name": firm.name,
        "street": firm.street or None,
        "postcode": firm.postcode or None,
        "city": firm.city or None,
        "country": firm.country,
        "email": firm.email or None,
        "phone": firm.phone or None,
        "vat_id": firm.vat_id or None,
        "contact_name": (profile.contact_name if profile else "") or None,
        "emergency_phone": (profile.emergency_phone if profile else "") or None,
        "trades": trades,
        "standing": one.standing,
        "blocked_reason": one.blocked_reason or None,
        "supplier_number": one.supplier_number or None,
        "note": one.note or None,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }


def price_rows(actor: Actor, *, firm_id: UUID | None, after: UUID | None, limit: int) -> tuple[list[Row], UUID | None]:
    rows = framework_prices(actor)
    if firm_id is not None:
        rows = rows.filter(firm_id=firm_id)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows.order_by("pk")[: limit + 1])
    shown = found[:limit]
    return [price_row(one) for one in shown], shown[-1].pk if len(found) > limit else None


def price_row(one: FrameworkPrice) -> Row:
    rate = format(Decimal(one.vat_basis_points).scaleb(-2), "f")
    return {
        "id": one.pk,
        "firm_id": one.firm_id,
        "code": one.code,
        "trade": one.trade or None,
        "text": one.text,
        "kind": one.kind,
        "unit": one.unit,
        "net_minor": one.net_minor,
        "currency": one.currency,
        "vat_rate": rate.rstrip("0").rstrip("."),
        "valid_from": one.valid_from,
        "valid_until": one.valid_until,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }


def crew_rows(actor: Actor) -> list[Row]:
    """All of them, archived ones too."""
    found = list(crews(actor).order_by("created_at", "id"))
    members: dict[UUID, list[UUID]] = {}
    for crew_id, person_id in CrewMember.objects.filter(crew__in=found).values_list("crew_id", "person_id"):
        members.setdefault(crew_id, []).append(person_id)
    return [crew_row(one, members.get(one.pk, [])) for one in found]


def crew_row(one: Crew, members: Sequence[UUID] | None = None) -> Row:
    if members is None:
        members = list(CrewMember.objects.filter(crew=one).values_list("person_id", flat=True))
    return {
        "id": one.pk,
        "kind": one.kind,
        "name": one.name,
        "phone": one.phone or None,
        "trades": one.trades,
        "member_ids": sorted(members, key=str),
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "archived_at": one.archived_at,
    }
