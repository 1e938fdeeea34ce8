"""The page of one property: its units and people, its master data, its history."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.forms import PropertyForm
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.occupant_words import unit_line
from gewerk.entrypoints.web.manager.record_words import address_facts, facts
from gewerk.entrypoints.web.manager.story import story
from gewerk.portfolio.access import NotFound, properties
from gewerk.portfolio.leadership import led_by_erp
from gewerk.portfolio.models import Property, Source
from gewerk.portfolio.queries.property_page import PropertyUnits, UnitRow, outside_references, property_units

FIELDS = ("district", "country", "construction_year", "storeys", "property_type", "client_number", "external_id")
UNITS_SHOWN = 300
"""More units than any real building has stand in the list of units, one click away."""


def property_of(reader: Reader, property_id: UUID) -> Property:
    """Raises NotFound for an unknown or a foreign id alike."""
    found = (
        properties(reader.actor)
        .select_related("responsible", "deputy")
        .prefetch_related("groups")
        .filter(pk=property_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


@managing
def property_page(request: HttpRequest, property_id: UUID) -> HttpResponseBase:
    who = reader(request)
    one = property_of(who, property_id)
    units = property_units(one, as_of=who.formats.today)
    usage = request.GET.get("usage", "")
    occupancy = request.GET.get("occupancy", "")
    shown = [r for r in units.rows if (not usage or r.unit.usage == usage) and _fits(r, occupancy)]
    ids = [one.pk, *(r.unit.pk for r in units.rows)]
    ids += [stay.party_id for r in units.rows for stay in (*r.tenants.now, *r.tenants.next, *r.owners)]
    return render(
        request,
        "manager/property.html",
        {
            "reader": who,
            "one": one,
            "title": words.street_line(one),
            "edit_url": reverse("edit_property", args=[one.pk]) if who.edits and not one.archived_at else "",
            "trail": _trail(one),
            "sentence": _sentence(one, units),
            "units": units,
            "unit_lines": [unit_line(row, who.formats) for row in shown[:UNITS_SHOWN]],
            "units_note": _units_note(who, units),
            "more_units": len(shown) - UNITS_SHOWN if len(shown) > UNITS_SHOWN else 0,
            "usage_choices": _usage_choices(units, usage, occupancy),
            "occupancy_choices": _occupancy_choices(usage, occupancy),
            "filtered": bool(usage or occupancy),
            "owners": [{"name": o.name, "url": reverse("sub_property", args=[o.party_id])} for o in units.owners],
            "groups": [g for g in one.groups.all() if g.archived_at is None],
            "facts": [*address_facts(one), *facts(one, FIELDS, who.formats, editable=PropertyForm.base_fields)],
            "groups_locked": "groups" in led_by_erp(one),
            "from_erp": one.source == Source.ERP,
            "references": outside_references(who.actor, "property", one.pk),
            "reference_type": "property",
            "story": story(request, who, ids, own=one.pk, record=one),
        },
    )


def _fits(row: UnitRow, occupancy: str) -> bool:
    fits: dict[str, bool] = {
        "let": row.is_let,
        "vacant": row.is_vacant,
        "without_tenant": row.is_let_without_tenant,
    }
    return fits.get(occupancy, True)


def _trail(one: Property) -> list[dict[str, Any]]:
    trail: list[dict[str, Any]] = [{"label": _("Properties"), "url": reverse("properties")}]
    if one.city:
        trail.append({"label": one.city, "url": f"{reverse('properties')}?{urlencode({'city': one.city})}"})
    trail.append({"label": one.external_id or words.street_line(one)})
    return trail


def _sentence(one: Property, units: PropertyUnits) -> str:
    where = ", ".join(p for p in (words.place_line(one), one.district) if p)
    counts = _("%(units)s: %(let)d let, %(vacant)d vacant.") % {
        "units": words.units(len(units.rows)),
        "let": units.let,
        "vacant": units.vacant,
    }
    return f"{where}. {counts}" if where else counts


def _units_note(reader: Reader, units: PropertyUnits) -> str:
    if not units.rows:
        return ""
    return _("%(n)d, together %(area)s") % {"n": len(units.rows), "area": reader.formats.area(units.area_m2)}


def _usage_choices(units: PropertyUnits, usage: str, occupancy: str) -> list[dict[str, Any]]:
    present = [value for value in words.USAGES if any(r.unit.usage == value for r in units.rows)]
    return [_choice(_("All"), "", occupancy, current=not usage)] + [
        _choice(str(words.USAGES[value]), value, occupancy, current=usage == value) for value in present
    ]


def _occupancy_choices(usage: str, occupancy: str) -> list[dict[str, Any]]:
    titles = {"": _("All"), "let": _("let"), "vacant": _("vacant"), "without_tenant": _("let, tenant not sent")}
    return [_choice(title, usage, value, current=occupancy == value) for value, title in titles.items()]


def _choice(label: str, usage: str, occupancy: str, *, current: bool) -> dict[str, Any]:
    query = urlencode({k: v for k, v in (("usage", usage), ("occupancy", occupancy)) if v})
    return {"label": label, "url": f"?{query}#units", "current": current}
