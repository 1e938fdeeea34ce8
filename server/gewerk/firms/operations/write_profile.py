"""What a firm tells of itself: contact, trades, area. By its owner and dispatchers, and first by whoever invites it."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from gewerk.catalogue.queries import NoCatalogue, catalogue_of
from gewerk.firms.models import AreaKind, FirmProfile, FirmService, FirmTrade
from gewerk.firms.operations.list_firm import Stale, refresh_search, trades_of
from gewerk.firms.trades import TRADES
from gewerk.identity.access import dispatches, require
from gewerk.identity.models import Organisation
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.account_numbers import compact, iban_is_sound
from gewerk.kit.refusals import FieldProblem, Refusal

_TEXTS = {"contact_name": 200, "emergency_phone": 40, "website": 200, "about": 4000}
_POSTCODE = re.compile(r"[0-9A-Z][0-9A-Z -]{0,9}")
FIELDS = (*_TEXTS, "languages", "area_kind", "area_postcodes", "area_radius_km", "capacity", "iban")


class ProfileIsInvalid(Refusal):
    code = "profile_invalid"
    message = _("Please check your entries.")


def write_profile(
    *,
    actor: Actor,
    fields: Mapping[str, Any],
    trades: Sequence[str] | None = None,
    services: Sequence[str] | None = None,
    version: int | None = None,
    now: datetime,
) -> FirmProfile:
    """Change the acting person's own firm; ``trades`` or ``services`` None: they stay.

    ``services`` empty: every service of its trades. Raises Stale, ProfileIsInvalid, FORBIDDEN.
    """
    require(dispatches(actor))
    firm = Organisation.objects.select_for_update().get(pk=actor.organisation_id)
    profile = FirmProfile.objects.filter(firm=firm).first() or FirmProfile(firm=firm, version=0, updated_at=now)
    if version is not None and version != profile.version:
        raise Stale
    fields = {**fields, "iban": compact(fields["iban"] or "")} if "iban" in fields else fields
    _check(fields, trades, services, firm.country)
    changed = [name for name in FIELDS if name in fields and getattr(profile, name) != fields[name]]
    for name in changed:
        setattr(profile, name, fields[name])
    new_trades = trades is not None and sorted(set(trades)) != trades_of(firm.pk)
    new_services = services is not None and sorted(set(services)) != services_of(firm.pk)
    if not changed and not new_trades and not new_services and profile.version:
        return profile
    if new_trades:
        assert trades is not None
        put_trades(firm, trades)
        changed.append("trades")
    if new_services:
        assert services is not None
        _put_services(firm, services)
        changed.append("services")
    profile.version += 1
    profile.updated_at = now
    profile.save()
    record(
        actor=actor,
        event="firm.profile_changed",
        object_type="firm",
        object_id=firm.pk,
        now=now,
        data={"fields": changed},
    )
    return profile


def begin_profile(*, actor: Actor, firm: Organisation, trades: Sequence[str], now: datetime) -> FirmProfile:
    """What the inviting manager knows of a firm that is new here. The door or journey checked who invites. Raises ProfileIsInvalid."""
    _check({}, trades, None, firm.country)
    profile = FirmProfile.objects.create(firm=firm, updated_at=now)
    put_trades(firm, trades)
    record(
        actor=actor,
        event="firm.profile_changed",
        object_type="firm",
        object_id=firm.pk,
        now=now,
        data={"fields": ["trades"]},
    )
    return profile


def put_trades(firm: Organisation, trades: Sequence[str]) -> None:
    """Rows that stay keep their ids."""
    wanted = set(trades)
    FirmTrade.objects.filter(firm=firm).exclude(trade__in=wanted).delete()
    known = set(trades_of(firm.pk))
    FirmTrade.objects.bulk_create(FirmTrade(firm=firm, trade=code) for code in sorted(wanted - known))
    refresh_search(firm)


def services_of(firm_id: UUID) -> list[str]:
    """Codes of the services chosen; empty: all of the firm's trades."""
    return list(FirmService.objects.filter(firm_id=firm_id).order_by("code").values_list("code", flat=True))


def _put_services(firm: Organisation, services: Sequence[str]) -> None:
    wanted = set(services)
    FirmService.objects.filter(firm=firm).exclude(code__in=wanted).delete()
    known = set(services_of(firm.pk))
    FirmService.objects.bulk_create(FirmService(firm=firm, code=code) for code in sorted(wanted - known))


def _check(
    fields: Mapping[str, Any], trades: Sequence[str] | None, services: Sequence[str] | None, country: str
) -> None:
    problems: list[FieldProblem] = []

    def wrong(field: str, code: str, message: Any) -> None:
        problems.append(FieldProblem(f"/{field}", code, str(message)))

    for name, length in _TEXTS.items():
        if len(fields.get(name) or "") > length:
            wrong(name, "too_long", _("At most %(n)d characters.") % {"n": length})
    if fields.get("website"):
        try:
            URLValidator(schemes=["http", "https"])(fields["website"])
        except ValidationError:
            wrong("website", "wrong_format", _("This is no web address. It begins with https://"))
    if "area_kind" in fields and fields["area_kind"] not in AreaKind.values:
        wrong("area_kind", "not_allowed", _("Please choose one."))
    postcodes = fields.get("area_postcodes") or []
    if len(postcodes) > 1000 or any(not _POSTCODE.fullmatch(code) for code in postcodes):
        wrong(
            "area_postcodes", "wrong_format", _("Give postcodes or their beginnings, separated by commas: 44, 45127.")
        )
    if fields.get("area_kind") == AreaKind.POSTCODES and not postcodes:
        wrong("area_postcodes", "required", _("Give at least one postcode or its beginning."))
    radius = fields.get("area_radius_km")
    if (fields.get("area_kind") == AreaKind.RADIUS and radius is None) or (
        radius is not None and not 1 <= radius <= 500
    ):
        wrong("area_radius_km", "out_of_range", _("Give a radius between 1 and 500 km."))
    if any(not re.fullmatch(r"[a-z]{2}", code) for code in fields.get("languages") or []):
        wrong("languages", "not_allowed", _("Please choose one."))
    if trades is not None and any(code not in TRADES for code in trades):
        wrong("trades", "not_allowed", _("Please choose one."))
    capacity = fields.get("capacity")
    if capacity is not None and not 1 <= capacity <= 1000:
        wrong("capacity", "out_of_range", _("Give a number of orders between 1 and 1000."))
    if fields.get("iban") and not iban_is_sound(fields["iban"]):
        wrong("iban", "wrong_format", _("This is no IBAN. Please compare it with your bank statement."))
    if services and not _all_known(country, services):
        wrong("services", "not_allowed", _("Please choose one."))
    if problems:
        raise ProfileIsInvalid(problems=tuple(problems))


def _all_known(country: str, services: Sequence[str]) -> bool:
    try:
        return set(services) <= set(catalogue_of(country).services)
    except NoCatalogue:
        return False
