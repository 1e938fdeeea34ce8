"""The page of one unit, tenant or owner."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.forms import PartyForm, UnitForm
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.occupant_words import number_of, unit_line
from gewerk.entrypoints.web.manager.record_words import Fact, facts, field_title, party_title, phone_words
from gewerk.entrypoints.web.manager.story import story
from gewerk.portfolio.access import NotFound, sub_properties
from gewerk.portfolio.leadership import led_by_erp
from gewerk.portfolio.models import Source, SubProperty, SubPropertyType, Tenure
from gewerk.portfolio.queries.property_page import outside_references, unit_rows

UNIT_FIELDS = (
    "name",
    "usage",
    "usage_raw",
    "floor",
    "floor_raw",
    "position",
    "living_area_m2",
    "usable_area_m2",
    "rooms",
    "occupancy",
    "client_number",
    "external_id",
)
PARTY_FIELDS = (
    "kind",
    "salutation",
    "title",
    "first_name",
    "last_name",
    "company_name",
    "language",
    "contract_number",
    "contract_start",
    "contract_end",
    "role",
    "share",
    "party_number",
    "client_number",
    "external_id",
)


def sub_property_of(reader: Reader, sub_property_id: UUID) -> SubProperty:
    """Raises NotFound for an unknown or a foreign id alike."""
    found = sub_properties(reader.actor).select_related("property").filter(pk=sub_property_id).first()
    if found is None:
        raise NotFound
    return found


@managing
def sub_property_page(request: HttpRequest, sub_property_id: UUID) -> HttpResponseBase:
    who = reader(request)
    one = sub_property_of(who, sub_property_id)
    context = _unit(who, one) if one.type == SubPropertyType.UNIT else _party(who, one)
    return render(
        request,
        "manager/sub_property.html",
        {
            "reader": who,
            "one": one,
            "kind_title": words.KINDS[one.type],
            "from_erp": one.source == Source.ERP,
            "archived_because": words.archived_because(one.archive_reason),
            "edit_url": reverse("edit_sub_property", args=[one.pk]) if who.edits and not one.archived_at else "",
            "story": story(request, who, [one.pk], own=one.pk, record=one),
            **context,
        },
    )


def _unit(reader: Reader, one: SubProperty) -> dict[str, Any]:
    row = unit_rows([one], as_of=reader.formats.today)[0]
    parent = one.property
    assert parent is not None
    place = words.position(one) or words.unit_title(one)
    return {
        "title": f"{words.street_line(parent)}, {place}",
        "sentence": ", ".join(p for p in (words.place_line(parent), words.usage(one)) if p),
        "trail": [
            {"label": _("Properties"), "url": reverse("properties")},
            {"label": words.street_line(parent), "url": reverse("property", args=[parent.pk])},
            {"label": number_of(one)},
        ],
        "line": unit_line(row, reader.formats),
        "owners": [{"name": o.name, "url": reverse("sub_property", args=[o.party_id])} for o in row.owners],
        "facts": facts(one, UNIT_FIELDS, reader.formats, editable=UnitForm.base_fields),
        "references": outside_references(reader.actor, "unit", one.pk),
        "reference_type": "unit",
    }


def _party(reader: Reader, one: SubProperty) -> dict[str, Any]:
    tenures = Tenure.objects.filter(organisation_id=reader.actor.organisation_id, party=one)
    held = [t.unit for t in tenures.select_related("unit__property").order_by("unit__external_id")]
    listing = f"{reverse('sub_properties')}?type={one.type}"
    return {
        "title": party_title(one),
        "sentence": _contract(reader, one),
        "trail": [{"label": words.KINDS_MANY[one.type], "url": listing}, {"label": party_title(one)}],
        "access_url": reverse("invite_tenant", args=[one.pk]) if _may_get_access(one, reader.formats.today) else "",
        "contact": _contact(one, reader.organisation.country),
        "held": [
            {
                "title": words.position(u) or words.unit_title(u),
                "url": reverse("sub_property", args=[u.pk]),
                "number": u.external_id or "",
                "property": words.address_line(u.property) if u.property else "",
                "property_url": reverse("property", args=[u.property_id]),
                "usage": words.usage(u),
            }
            for u in held
        ],
        "facts": facts(one, PARTY_FIELDS, reader.formats, editable=PartyForm.base_fields),
    }


def _may_get_access(one: SubProperty, today: date) -> bool:
    """A tenant whose lease has not ended; the page behind the button says what else is missing."""
    return one.type == SubPropertyType.TENANT and (one.contract_end is None or one.contract_end >= today)


def _contract(reader: Reader, one: SubProperty) -> str:
    day = reader.formats.day
    number = _("Contract %(number)s") % {"number": one.contract_number} if one.contract_number else _("Contract")
    if one.contract_start and one.contract_end:
        return _("%(contract)s from %(start)s to %(end)s.") % {
            "contract": number,
            "start": day(one.contract_start),
            "end": day(one.contract_end),
        }
    if one.contract_start:
        return _("%(contract)s since %(start)s, open-ended.") % {"contract": number, "start": day(one.contract_start)}
    if one.contract_end:
        return _("%(contract)s until %(end)s.") % {"contract": number, "end": day(one.contract_end)}
    return f"{number}." if one.contract_number else ""


def _contact(one: SubProperty, country: str) -> list[Fact]:
    led = led_by_erp(one)
    kinds = {"mobile": _("Mobile"), "work": _("Telephone at work"), "home": _("Telephone at home"), "fax": _("Fax")}
    found = []
    if one.email:
        found.append(
            Fact("email", field_title("email"), one.email, "email" in led, "email" not in led, f"mailto:{one.email}")
        )
    found += [
        Fact("further_emails", _("Further e-mail address"), e, "further_emails" in led, url=f"mailto:{e}")
        for e in one.further_emails
    ]
    for phone in one.phones:
        url = f"tel:{phone['e164']}" if phone.get("e164") else ""
        label = kinds.get(str(phone.get("kind") or ""), field_title("phones"))
        found.append(Fact("phone", label, phone_words(phone, country), "phones" in led, "phones" not in led, url))
    return found
