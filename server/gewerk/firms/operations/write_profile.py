"""What a firm tells of itself: contact, trades, area. By its owner and dispatchers, and first by whoever invites it."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from gewerk.firms.models import AreaKind, FirmProfile, FirmTrade
from gewerk.firms.operations.list_firm import Stale, refresh_search, trades_of
from gewerk.firms.trades import TRADES
from gewerk.identity.access import dispatches, require
from gewerk.identity.models import Organisation
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem, Refusal

_TEXTS = {"contact_name": 200, "emergency_phone": 40, "website": 200, "about": 4000}
_POSTCODE = re.compile(r"[0-9A-Z][0-9A-Z -]{0,9}")
FIELDS = (*_TEXTS, "languages", "area_kind", "area_postcodes", "area_radius_km")


class ProfileIsInvalid(Refusal):
    code = "profile_invalid"
    message = _("Please check your entries.")


def write_profile(
    *,
    actor: Actor,
    fields: Mapping[str, Any],
    trades: Sequence[str] | None = None,
    version: int | None = None,
    now: datetime,
) -> FirmProfile:
    """Change the acting person's own firm; ``trades`` None: they stay. Raises Stale, ProfileIsInvalid, FORBIDDEN."""
    require(dispatches(actor))
    firm = Organisation.objects.select_for_update().get(pk=actor.organisation_id)
    profile = FirmProfile.objects.filter(firm=firm).first() or FirmProfile(firm=firm, version=0, updated_at=now)
    if version is not None and version != profile.version:
        raise Stale
    _check(fields, trades)
    changed = [name for name in FIELDS if name in fields and getattr(profile, name) != fields[name]]
    for name in changed:
        setattr(profile, name, fields[name])
    new_trades = trades is not None and sorted(set(trades)) != trades_of(firm.pk)
    if not changed and not new_trades and profile.version:
        return profile
    if new_trades:
        assert trades is not None
        put_trades(firm, trades)
        changed.append("trades")
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
    _check({}, trades)
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
    """Rows that stay keep their ids: evidence will hang on them."""
    wanted = set(trades)
    FirmTrade.objects.filter(firm=firm).exclude(trade__in=wanted).delete()
    known = set(trades_of(firm.pk))
    FirmTrade.objects.bulk_create(FirmTrade(firm=firm, trade=code) for code in sorted(wanted - known))
    refresh_search(firm)


def _check(fields: Mapping[str, Any], trades: Sequence[str] | None) -> None:
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
    if problems:
        raise ProfileIsInvalid(problems=tuple(problems))
