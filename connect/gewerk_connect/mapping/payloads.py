"""Records: the target's fields from canonical values. A field the source has no column for is left out, not emptied.

Keys stand in alphabetical order and an empty text is None, so that ``orjson.dumps`` gives the canonical bytes at once:
sorting two and a half million records took a second and a half.
"""

from collections.abc import Callable, Sequence
from typing import Any

from gewerk_connect.rules.addresses import house_number
from gewerk_connect.rules.contacts import phone
from gewerk_connect.rules.floor import floor, position
from gewerk_connect.settings import Settings

OCCUPANCY = ("vacant", "unknown", "let")
"""By the number that ``stock.judge`` gives: the larger wins."""
_NO_ADDRESS: list[str] = []

_PROPERTY_COLUMNS = {"construction_year": "construction_year", "storeys": "storeys"}
_UNIT_COLUMNS = {
    "usage": "usage",
    "usage_raw": "usage",
    "floor": "floor",
    "floor_raw": "floor",
    "living_area_m2": "living_area_m2",
    "usable_area_m2": "usable_area_m2",
    "rooms": "rooms",
}
_PERSON_COLUMNS = {
    "salutation": "salutation",
    "title": "title",
    "first_name": "first_name",
    "company_name": "company_name",
    "language": "language",
    "email": "email",
    "further_emails": "email",
}


class _Cached(dict[str, Any]):
    """Text -> what a rule makes of it, worked out once."""

    def __init__(self, rule: Callable[[str], Any]) -> None:
        super().__init__()
        self._rule = rule

    def __missing__(self, text: str) -> Any:
        value = self._rule(text)
        if len(self) < 50_000:
            self[text] = value
        return value


class Payloads:
    """``columns`` says per table which fields the source has."""

    def __init__(self, settings: Settings, columns: dict[str, dict[str, str]], floor_table: dict[str, int]) -> None:
        self._country = settings.country
        self._unit_word = "Unit" if settings.country in ("GB", "IE") else "Einheit"
        own_floors = {**floor_table, **settings.floor_table}
        self._floor = _Cached(lambda text: floor(text, settings.floor_rule, own_floors))
        self._position = _Cached(position)
        self._absent_property = _absent(_PROPERTY_COLUMNS, columns.get("buildings", {}))
        if not settings.economic_entities_as_groups:
            self._absent_property += ("group_external_ids",)
        self._absent_unit = _absent(_UNIT_COLUMNS, columns["units"])
        parties = columns.get("parties", {})
        self._absent_person = _absent(_PERSON_COLUMNS, parties)
        if "phone" not in parties and "mobile" not in parties:
            self._absent_person += ("phones",)
        contract_columns = {"contract_start": "start", "contract_end": "end"}
        self._absent_person += _absent(contract_columns, columns.get("contracts", {}))
        self._absent_person += _absent({"share": "share"}, columns.get("contract_parties", {}))

    def property_(
        self, external_id: str, client: str, number: str, fields: Sequence[str], group: str | None
    ) -> dict[str, Any]:
        """``fields`` are those of ``canonical.Building`` from ``name`` on, numbers normalised."""
        name, street, number_apart, addition, postcode, city, district, country, year, storeys = fields
        country = country.strip() or self._country
        raw = f"{street} {number_apart}".strip()
        street, found_number = (street.strip(), number_apart.strip()) if number_apart else house_number(street, country)
        record: dict[str, Any] = {
            "address": {
                "addition": addition.strip() or None,
                "city": city.strip() or None,
                "country": country,
                "district": district.strip() or None,
                "house_number": found_number or None,
                "postcode": postcode.strip() or None,
                "raw": raw or None,
                "street": street or None,
            },
            "client_number": client,
            "construction_year": int(year) if year else None,
            "external_id": external_id,
            "group_external_ids": [group] if group else [],
            "name": name.strip() or raw or number,
            "storeys": int(storeys) if storeys else None,
        }
        for field in self._absent_property:
            del record[field]
        return record

    def unit(
        self,
        external_id: str,
        client: str,
        number: str,
        property_id: str,
        usage: str,
        fields: Sequence[str],
        occupancy: int,
    ) -> dict[str, Any]:
        """``fields`` are those of ``canonical.Unit`` from ``name`` on, numbers normalised; ``usage`` is the rule's."""
        name, usage_raw, floor_raw, place, living, usable, rooms = fields
        record: dict[str, Any] = {
            "client_number": client,
            "external_id": external_id,
            "floor": self._floor[floor_raw],
            "floor_raw": floor_raw or None,
            "living_area_m2": living or None,
            "name": name.strip() or f"{usage_raw.strip() or self._unit_word} {number.lstrip('0') or number}",
            "occupancy": OCCUPANCY[occupancy],
            "position": self._position[place or floor_raw],
            "property_external_id": property_id,
            "rooms": rooms or None,
            "type": "unit",
            "usable_area_m2": usable or None,
            "usage": usage,
            "usage_raw": usage_raw or None,
        }
        for field in self._absent_unit:
            del record[field]
        return record

    def person(
        self,
        external_id: str,
        type_: str,
        client: str,
        contract: str,
        start: str | None,
        end: str | None,
        role: str,
        share: str,
        party: str,
        units: list[str],
        fields: Sequence[str],
    ) -> dict[str, Any]:
        """A tenant or landlord. ``fields`` are those of ``canonical.Party`` from ``kind`` on; e-mails are the rule's.

        ``share`` has no blanks around it, ``start`` and ``end`` are days in ISO form, ``units`` are sorted.
        """
        kind, salutation, title, first_name, last_name, company, mails, phone_raw, mobile_raw, language = fields
        natural = kind == "natural"
        addresses = mails.split() if mails else _NO_ADDRESS
        phones = []
        if phone_raw:
            phones.append({"e164": phone(phone_raw, self._country), "kind": "phone", "raw": phone_raw})
        if mobile_raw:
            phones.append({"e164": phone(mobile_raw, self._country), "kind": "mobile", "raw": mobile_raw})
        record: dict[str, Any] = {
            "client_number": client,
            "company_name": None if natural else (company.strip() or last_name.strip() or None),
            "contract_end": end,
            "contract_number": contract,
            "contract_start": start,
            "email": addresses[0] if addresses else None,
            "external_id": external_id,
            "first_name": (first_name.strip() or None) if natural else None,
            "further_emails": addresses[1:],
            "kind": kind or None,
            "language": language.strip() or None,
            "last_name": (last_name.strip() or None) if natural else None,
            "party_number": party,
            "phones": phones,
            "role": role,
            "salutation": salutation.strip() or None,
            "share": share or None,
            "title": title.strip() or None,
            "type": type_,
            "unit_external_ids": units,
        }
        for field in self._absent_person:
            del record[field]
        return record


def _absent(fields: dict[str, str], columns: dict[str, str]) -> tuple[str, ...]:
    return tuple(field for field, column in fields.items() if column not in columns)
