"""GAP immotion over REST: no level of buildings, units numbered within the Objekt, two persons in one address record.

What an Objekt, a number of a unit and a record of two is made of stands in ``DIALECTS.md``.
"""

from collections.abc import Sequence
from operator import attrgetter, itemgetter
from typing import NamedTuple

from gewerk_connect.sim.dialects.dialect import Dialect, Reply, Resource, Route, page_size
from gewerk_connect.sim.dialects.gap_numbers import (
    Numbers,
    natural_persons,
    objekt_of,
    paired,
)
from gewerk_connect.sim.estate import PERSON, Building, Contract, Person, Unit
from gewerk_connect.sim.exports import Export
from gewerk_connect.sim.gates import Basic
from gewerk_connect.sim.listing import Shown, page_at
from gewerk_connect.sim.request import Request
from gewerk_connect.sim.view import View


class _Objekt(NamedTuple):
    client: str
    number: str
    name: str
    building: Building | None
    """Whose address it bears."""


class _Einheit(NamedTuple):
    client: str
    objekt: str
    number: str
    unit: Unit


class _Record(NamedTuple):
    number: str
    first: Person
    second: Person | None


_NOBODY = Person("", "", "", "", "", "", "", "", "", None)
_NAMES = ("mandanten", "objekte", "einheiten", "adressen", "vertraege")


class GapImmotion(Dialect):
    kind = "gap-immotion"
    resources = _NAMES

    def __init__(self) -> None:
        self.gate = Basic()
        self._numbers = Numbers()

    def prepare(self, export: Export) -> None:
        self._numbers.extend(export)

    def route(self, parts: Sequence[str]) -> Route | None:
        match parts:
            case ("gap", "rest", name) if name in _NAMES:
                return Route(name)
        return None

    def reply(self, view: View, route: Route, request: Request) -> Reply:
        self._numbers.extend(view.whole)
        name = route.resource
        listing = view.kept((self.kind, name), lambda: self._resource(name, view.export).listing(view.export))
        start = request.count("offset", 0, least=0)
        page = page_at(listing, start, page_size(request, "limit"))
        return Reply(listing, page, lambda shown: (shown.rows, {"X-Total-Count": str(shown.total)}))

    def _resource(self, name: str, export: Export) -> Resource:
        match name:
            case "mandanten":
                return Resource(
                    attrgetter("clients"), (0,), lambda c, _: {"mandant": c.number, "bezeichnung": c.name or None}
                )
            case "objekte":
                return Resource(_objekte, (0, 1), _show_objekt)
            case "einheiten":
                return Resource(self._einheiten, (0, 1, 2), _show_einheit)
            case "adressen":
                return Resource(self._records, (0,), _show_record)
        natural = natural_persons(export)
        return Resource(
            attrgetter("contracts"), (0, 1), lambda contract, of: self._show_contract(contract, of, natural)
        )

    def _einheiten(self, export: Export) -> list[_Einheit]:
        rows = [_Einheit(unit.client, objekt_of(unit), self._numbers.unit(unit), unit) for unit in export.units]
        return sorted(rows, key=itemgetter(0, 1, 2))

    def _records(self, export: Export) -> list[_Record]:
        """Records of two, and everybody who is alone on a contract or on none."""
        persons = {person.number: person for person in export.persons}
        natural = natural_persons(export)
        records: dict[str, _Record] = {}
        joined: set[str] = set()
        alone: set[str] = set()
        for parties in export.parties_by_contract.values():
            pair, others = paired(parties, natural)
            alone.update(party.person for party in others)
            if pair:
                first, second = (persons[party.person] for party in pair)
                joined |= {first.number, second.number}
                number = self._numbers.record(*pair)
                records[number] = _Record(number, first, second)
        for number, person in persons.items():
            if number in alone or number not in joined:
                records[number] = _Record(number, person, None)
        return [records[number] for number in sorted(records)]

    def _show_contract(self, contract: Contract, export: Export, natural: set[str]) -> Shown:
        key = contract.client, contract.number
        pair, others = paired(export.parties_by_contract.get(key, ()), natural)
        partners = [(party.person, party) for party in others]
        if pair:
            partners.insert(0, (self._numbers.record(*pair), pair[0]))
        return {
            "mandant": contract.client,
            "vertrag": contract.number,
            "art": contract.kind,
            "beginn": contract.start or None,
            "ende": contract.end or None,
            "einheiten": [
                {"objekt": objekt_of(unit), "einheit": self._numbers.unit(unit)}
                for unit in export.units_by_contract.get(key, ())
            ],
            "partner": [
                {"adresse": number, "rolle": party.role, "anteil": party.share or None} for number, party in partners
            ],
        }


def _objekte(export: Export) -> list[_Objekt]:
    """The Wirtschaftseinheiten; where the export has none, the buildings."""
    if not export.economic_units:
        return [_Objekt(b.client, b.number, "", b) for b in export.buildings]
    first: dict[tuple[str, str], Building] = {}
    for building in export.buildings:
        first.setdefault((building.client, building.economic_unit), building)
    return [_Objekt(e.client, e.number, e.name, first.get((e.client, e.number))) for e in export.economic_units]


def _show_objekt(objekt: _Objekt, _: Export) -> Shown:
    building = objekt.building
    return {
        "mandant": objekt.client,
        "objekt": objekt.number,
        "bezeichnung": objekt.name or None,
        "strasse": (building and building.street) or None,
        "plz": (building and building.postcode) or None,
        "ort": (building and building.city) or None,
        "baujahr": building and building.year,
    }


def _show_einheit(row: _Einheit, _: Export) -> Shown:
    unit = row.unit
    return {
        "mandant": row.client,
        "objekt": row.objekt,
        "einheit": row.number,
        "lage": unit.floor or None,
        "nutzung": unit.usage or None,
        "wohnflaeche": unit.living_area,
        "nutzflaeche": unit.usable_area,
        "zimmer": unit.rooms,
    }


def _show_record(record: _Record, _: Export) -> Shown:
    return {
        "adresse": record.number,
        "art": "P" if record.first.kind == PERSON else "F",
        **_show_person(record.first, "1"),
        **_show_person(record.second or _NOBODY, "2"),
    }


def _show_person(person: Person, place: str) -> Shown:
    return {
        f"name{place}": person.name or None,
        f"vorname{place}": person.first_name or None,
        f"anrede{place}": person.salutation or None,
        f"titel{place}": person.title or None,
        f"email{place}": person.email or None,
        f"telefon{place}": person.phone or None,
        f"mobil{place}": person.mobile or None,
    }
