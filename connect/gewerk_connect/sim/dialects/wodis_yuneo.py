"""Wodis Yuneo over REST: login with client id and secret, pages by cursor, contracts with units and parties inside."""

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter

import orjson

from gewerk_connect.sim.dialects.dialect import TOKEN, Dialect, Reply, Resource, Route, page_size
from gewerk_connect.sim.estate import Building, Contract
from gewerk_connect.sim.exports import Export
from gewerk_connect.sim.gates import SECRET, TOKEN_SECONDS, USER, Tokens
from gewerk_connect.sim.listing import Page, Shown, page_at, start_after
from gewerk_connect.sim.request import Answer, Request
from gewerk_connect.sim.view import View
from gewerk_connect.sim.writing import street_and_house_number


def _building(building: Building, _: Export) -> Shown:
    street, house_number = street_and_house_number(building.street)
    return {
        "mandantNr": building.client,
        "weNr": building.economic_unit or None,
        "gebaeudeNr": building.number,
        "strasse": street or None,
        "hausnummer": house_number,
        "plz": building.postcode or None,
        "ort": building.city or None,
        "ortsteil": building.district or None,
        "baujahr": building.year,
        "geschosse": building.storeys,
    }


def _contract(contract: Contract, export: Export) -> Shown:
    key = contract.client, contract.number
    return {
        "mandantNr": contract.client,
        "vertragNr": contract.number,
        "art": contract.kind,
        "beginn": contract.start or None,
        "ende": contract.end or None,
        "einheiten": [
            {"weNr": unit.economic_unit or None, "gebaeudeNr": unit.building, "veNr": unit.unit}
            for unit in export.units_by_contract.get(key, ())
        ],
        "vertragspartner": [
            {"personNr": party.person, "rolle": party.role, "anteil": party.share or None}
            for party in export.parties_by_contract.get(key, ())
        ],
    }


_RESOURCES = {
    "mandanten": Resource(attrgetter("clients"), (0,), lambda c, _: {"mandantNr": c.number, "name": c.name or None}),
    "wirtschaftseinheiten": Resource(
        attrgetter("economic_units"),
        (0, 1),
        lambda e, _: {"mandantNr": e.client, "weNr": e.number, "bezeichnung": e.name or None},
    ),
    "gebaeude": Resource(attrgetter("buildings"), (0, 1, 2), _building),
    "verwaltungseinheiten": Resource(
        attrgetter("units"),
        (0, 1, 2, 3),
        lambda u, _: {
            "mandantNr": u.client,
            "weNr": u.economic_unit or None,
            "gebaeudeNr": u.building,
            "veNr": u.number,
            "lage": u.floor or None,
            "nutzungsart": u.usage or None,
            "wohnflaeche": u.living_area,
            "nutzflaeche": u.usable_area,
            "zimmer": u.rooms,
        },
    ),
    "personen": Resource(
        attrgetter("persons"),
        (0,),
        lambda p, _: {
            "personNr": p.number,
            "typ": p.kind or None,
            "anrede": p.salutation or None,
            "titel": p.title or None,
            "vorname": p.first_name or None,
            "name": p.name or None,
            "email": p.email or None,
            "telefon": p.phone or None,
            "mobil": p.mobile or None,
        },
    ),
    "vertraege": Resource(attrgetter("contracts"), (0, 1), _contract),
}


class WodisYuneo(Dialect):
    kind = "wodis-yuneo"
    resources = (TOKEN, *_RESOURCES)

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.gate: Tokens = Tokens(clock)

    def route(self, parts: Sequence[str]) -> Route | None:
        match parts:
            case ("wodis-yuneo", "auth", "token"):
                return Route(TOKEN)
            case ("wodis-yuneo", "api", "v2", name) if name in _RESOURCES:
                return Route(name)
        return None

    def token(self, request: Request) -> Answer:
        try:
            sent = orjson.loads(request.body)
        except orjson.JSONDecodeError:
            sent = None
        if sent != {"clientId": USER, "clientSecret": SECRET}:
            return Answer.json(401, self.problem(401, "clientId or clientSecret is wrong"))
        return Answer.json(200, {"accessToken": self.gate.make(), "expiresIn": TOKEN_SECONDS})

    def reply(self, view: View, route: Route, request: Request) -> Reply:
        name = route.resource
        listing = view.kept((self.kind, name), lambda: _RESOURCES[name].listing(view.export))
        cursor = request.query.get("cursor")
        start = 0 if cursor is None else start_after(listing, cursor)
        return Reply(listing, page_at(listing, start, page_size(request, "limit")), _wrap)


def _wrap(page: Page) -> tuple[Shown, dict[str, str]]:
    return {"data": page.rows, "next": page.cursor, "total": page.total}, {}
