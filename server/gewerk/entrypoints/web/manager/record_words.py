"""Fields of a record as facts (label, value, lock) and as history (what changed from what to what)."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import phonenumbers
from babel import Locale
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.manager.formats import Formats
from gewerk.portfolio.leadership import led_by_erp
from gewerk.portfolio.models import Occupancy, PartyKind, PartyRole, Property, SubProperty
from gewerk.portfolio.models.record import Record

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise as _StrPromise

LOCKED = gettext_lazy("The ERP leads this field. Change it there; the next run brings it here.")

FIELDS: "dict[str, _StrPromise]" = {
    "external_id": gettext_lazy("Number"),
    "client_number": gettext_lazy("Client"),
    "name": gettext_lazy("Name"),
    "street": gettext_lazy("Street"),
    "house_number": gettext_lazy("House number"),
    "addition": gettext_lazy("Address addition"),
    "postcode": gettext_lazy("Postcode"),
    "city": gettext_lazy("Place"),
    "district": gettext_lazy("District"),
    "country": gettext_lazy("Country"),
    "address_raw": gettext_lazy("Street line in the ERP"),
    "property_type": gettext_lazy("Type"),
    "construction_year": gettext_lazy("Year of construction"),
    "storeys": gettext_lazy("Storeys"),
    "groups": gettext_lazy("Groups"),
    "responsible": gettext_lazy("Responsible"),
    "deputy": gettext_lazy("Deputy"),
    "archived_at": gettext_lazy("Archived"),
    "archive_reason": gettext_lazy("Reason for archiving"),
    "property": gettext_lazy("Property"),
    "usage": gettext_lazy("Usage"),
    "usage_raw": gettext_lazy("Usage in the ERP"),
    "floor": gettext_lazy("Floor"),
    "floor_raw": gettext_lazy("Floor in the ERP"),
    "position": gettext_lazy("Position"),
    "living_area_m2": gettext_lazy("Living area"),
    "usable_area_m2": gettext_lazy("Usable area"),
    "rooms": gettext_lazy("Rooms"),
    "occupancy": gettext_lazy("Occupancy"),
    "units": gettext_lazy("Units"),
    "kind": gettext_lazy("Kind of person"),
    "salutation": gettext_lazy("Form of address"),
    "title": gettext_lazy("Title"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "company_name": gettext_lazy("Company name"),
    "email": gettext_lazy("E-mail"),
    "further_emails": gettext_lazy("Further e-mail addresses"),
    "phones": gettext_lazy("Telephone"),
    "language": gettext_lazy("Language"),
    "contract_number": gettext_lazy("Contract number"),
    "contract_start": gettext_lazy("Start of contract"),
    "contract_end": gettext_lazy("End of contract"),
    "role": gettext_lazy("Role"),
    "share": gettext_lazy("Share"),
    "party_number": gettext_lazy("Partner number"),
    "custom": gettext_lazy("Further details"),
}

_CHOICES: dict[str, Mapping[str, Any]] = {
    "usage": words.USAGES,
    "occupancy": dict(Occupancy.choices),
    "kind": dict(PartyKind.choices),
    "role": dict(PartyRole.choices),
}


def field_title(field: str) -> str:
    return str(FIELDS.get(field, field))


def country_name(code: str) -> str:
    territories = Locale.parse(get_language() or "en", sep="-").territories
    return str(territories.get(code, code))


def language_name(code: str) -> str:
    languages = Locale.parse(get_language() or "en", sep="-").languages
    return str(languages.get(code[:2], code))


def phone_words(phone: Mapping[str, Any], country: str) -> str:
    """As it is dialled from that country; where no number could be read, the ERP's own text."""
    if not phone.get("e164"):
        return str(phone.get("raw") or "")
    try:
        parsed = phonenumbers.parse(str(phone["e164"]), None)
    except phonenumbers.NumberParseException:
        return str(phone["e164"])
    at_home = phonenumbers.region_code_for_number(parsed) == country
    form = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(parsed, form))


def value_words(field: str, value: Any, formats: Formats) -> str:
    """A field's value for reading; the empty text for nothing."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if field in _CHOICES:
        return str(_CHOICES[field].get(str(value), value))
    if field in {"contract_start", "contract_end"}:
        return formats.day(value if isinstance(value, date) else date.fromisoformat(str(value)[:10]))
    if field in {"living_area_m2", "usable_area_m2"}:
        return formats.area(Decimal(str(value)))
    if field == "rooms":
        return formats.number(Decimal(str(value)).normalize())
    if field == "country":
        return country_name(str(value))
    if field == "language":
        return language_name(str(value))
    if field == "phones":
        return ", ".join(phone_words(p, formats.locale.territory or "") for p in value)
    if field == "archive_reason":
        return words.archived_because(str(value))
    if field == "archived_at":
        return _("yes")
    if isinstance(value, list):
        return ", ".join(str(v) for v in value)
    if isinstance(value, dict):
        return ", ".join(f"{k}: {v}" for k, v in value.items())
    return str(value)


@dataclass(frozen=True, slots=True)
class Fact:
    field: str
    label: str
    value: str
    locked: bool
    editable: bool = False
    """The form of the record has this field."""
    url: str = ""
    """Where the value leads (a property, a mail)."""


def facts(record: Record, fields: Sequence[str], formats: Formats, *, editable: Container[str] = ()) -> list[Fact]:
    """Fields that hold something, and empty ones that the form can fill; with a lock where the ERP leads."""
    led = led_by_erp(record)
    found = []
    for field in fields:
        value = value_words(field, getattr(record, field), formats)
        free = field in editable and field not in led
        if value or free:
            found.append(Fact(field, field_title(field), value or "–", field in led, free))
    return found


def address_facts(one: Property) -> list[Fact]:
    """Street and place as two lines instead of six fields."""
    led = led_by_erp(one)
    street = bool(led & {"street", "house_number"})
    city = bool(led & {"postcode", "city"})
    lines = [
        Fact("street", field_title("street"), words.street_line(one), street, not street),
        Fact("city", field_title("city"), words.place_line(one), city, not city),
    ]
    return [line for line in lines if line.value]


def party_title(one: SubProperty) -> str:
    return one.name or one.external_id or _("Without name")
