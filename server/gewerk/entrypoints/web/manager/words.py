"""The words of the stock as the pages say them: kinds, fields, reasons."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gewerk.portfolio.models import ArchiveReason, Property, SubProperty, SubPropertyType, Usage

KINDS: dict[str, Promise] = {
    "property": gettext_lazy("Property"),
    "unit": gettext_lazy("Unit"),
    "tenant": gettext_lazy("Tenant"),
    "landlord": gettext_lazy("Owner"),
    "property_group": gettext_lazy("Property group"),
}
KINDS_MANY: dict[str, Promise] = {
    "property": gettext_lazy("Properties"),
    "unit": gettext_lazy("Units"),
    "tenant": gettext_lazy("Tenants"),
    "landlord": gettext_lazy("Owners"),
    "property_group": gettext_lazy("Property groups"),
}
KIND_ICONS = {
    "property": "building-2",
    "unit": "house",
    "tenant": "user-round",
    "landlord": "key-round",
    "property_group": "layers",
}
USAGES: dict[str, Promise] = {
    Usage.LIVING: gettext_lazy("Living"),
    Usage.COMMERCIAL: gettext_lazy("Commercial"),
    Usage.PARKING: gettext_lazy("Parking"),
    Usage.STORAGE: gettext_lazy("Storage"),
    Usage.OTHER: gettext_lazy("Other"),
}


def properties(n: int) -> str:
    return ngettext("%(n)d property", "%(n)d properties", n) % {"n": n}


def units(n: int) -> str:
    return ngettext("%(n)d unit", "%(n)d units", n) % {"n": n}


def of_kind(kind: str, n: int) -> str:
    """``19 units``, ``1 tenant``."""
    if kind == SubPropertyType.UNIT:
        return units(n)
    if kind == SubPropertyType.TENANT:
        return ngettext("%(n)d tenant", "%(n)d tenants", n) % {"n": n}
    return ngettext("%(n)d owner", "%(n)d owners", n) % {"n": n}


def part_of(kind: str, found: str, n: int) -> str:
    """``19 of 40 properties``: how much of the whole a filtered list shows."""
    if kind == "property":
        text = ngettext("%(found)s of %(n)d property", "%(found)s of %(n)d properties", n)
    elif kind == SubPropertyType.UNIT:
        text = ngettext("%(found)s of %(n)d unit", "%(found)s of %(n)d units", n)
    elif kind == SubPropertyType.TENANT:
        text = ngettext("%(found)s of %(n)d tenant", "%(found)s of %(n)d tenants", n)
    else:
        text = ngettext("%(found)s of %(n)d owner", "%(found)s of %(n)d owners", n)
    return text % {"found": found, "n": n}


ADDRESS_FIELDS = ("street", "house_number", "postcode", "city", "country", "address_raw", "name", "external_id")
"""Of a property, what ``address_line`` reads."""
POSITION_FIELDS = ("floor", "floor_raw", "position", "name", "external_id")
"""Of a unit, what ``position`` and ``unit_title`` read."""


def street_line(one: Property) -> str:
    """Street and number, in the country's order; else the line as the ERP holds it, else the name."""
    parts = (one.house_number, one.street) if one.country == "GB" else (one.street, one.house_number)
    return " ".join(p for p in parts if p) or one.address_raw or one.name or one.external_id or _("Without address")


def place_line(one: Property) -> str:
    parts = (one.city, one.postcode) if one.country == "GB" else (one.postcode, one.city)
    return " ".join(p for p in parts if p)


def address_line(one: Property) -> str:
    """``Lindemannstraße 12 a, 44137 Dortmund``."""
    return ", ".join(p for p in (street_line(one), place_line(one)) if p)


def usage(one: SubProperty) -> str:
    """The ERP's own word (Praxis, Garage), else the usage."""
    return one.usage_raw or str(USAGES.get(one.usage, ""))


def floor(one: SubProperty) -> str:
    """``2nd floor``, ``ground floor``, ``basement``; where no number is known, the ERP's text."""
    if one.floor is None:
        return one.floor_raw
    if one.floor == 0:
        return _("ground floor")
    if one.floor < 0:
        return _("basement") if one.floor == -1 else _("basement level %(n)d") % {"n": -one.floor}
    return _("floor %(n)d") % {"n": one.floor}


def position(one: SubProperty) -> str:
    """Floor and position: ``2nd floor left``."""
    words = floor(one)
    if one.position and one.position.casefold() not in words.casefold():
        words = f"{words} {one.position}".strip()
    return words


def unit_title(one: SubProperty) -> str:
    return one.name or (one.external_id or "")


def archived_because(reason: str) -> str:
    return str(dict(ArchiveReason.choices).get(reason, reason))
