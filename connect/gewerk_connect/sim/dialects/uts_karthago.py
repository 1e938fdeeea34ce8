"""UTS KARTHAGO over REST: the objects of the JSON files, page by page, and one Objekt by its number."""

from collections.abc import Collection, Sequence
from operator import attrgetter

from gewerk_connect.sim.dialects.dialect import Dialect, Reply, Resource, Route, page_size, unchanged
from gewerk_connect.sim.estate import PERSON, Contract
from gewerk_connect.sim.exports import Export
from gewerk_connect.sim.exports.export import Place
from gewerk_connect.sim.exports.karthago import KINDS
from gewerk_connect.sim.gates import KeyHeader
from gewerk_connect.sim.listing import Listing, Shown, page_at
from gewerk_connect.sim.request import Answer, Request
from gewerk_connect.sim.view import View


def _contract(contract: Contract, export: Export) -> Shown:
    key = contract.client, contract.number
    return {
        "firmaNr": contract.client,
        "vertragNr": contract.number,
        "art": KINDS.get(contract.kind, contract.kind),
        "beginn": contract.start or None,
        "ende": contract.end or None,
        "einheiten": [
            {"objektNr": unit.building, "einheitNr": unit.unit} for unit in export.units_by_contract.get(key, ())
        ],
        "personen": [
            {"adressNr": party.person, "rolle": party.role, "anteil": party.share or None}
            for party in export.parties_by_contract.get(key, ())
        ],
    }


_RESOURCES = {
    "firmen": Resource(attrgetter("clients"), (0,), lambda c, _: {"firmaNr": c.number, "bezeichnung": c.name}),
    "objekte": Resource(
        attrgetter("buildings"),
        (0, 2),
        lambda b, _: {
            "firmaNr": b.client,
            "objektNr": b.number,
            "strasse": b.street or None,
            "plz": b.postcode or None,
            "ort": b.city or None,
            "baujahr": b.year,
        },
    ),
    "einheiten": Resource(
        attrgetter("units"),
        (0, 2, 3),
        lambda u, _: {
            "firmaNr": u.client,
            "objektNr": u.building,
            "einheitNr": u.number,
            "lage": u.floor or None,
            "nutzung": u.usage or None,
            "wohnflaeche": u.living_area,
            "nutzflaeche": u.usable_area,
        },
    ),
    "adressen": Resource(
        attrgetter("persons"),
        (0,),
        lambda p, _: {
            "adressNr": p.number,
            "natuerlichePerson": p.kind == PERSON,
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


class UtsKarthago(Dialect):
    kind = "uts-karthago"
    resources = tuple(_RESOURCES)

    def __init__(self) -> None:
        self.gate = KeyHeader("X-Partner-Token", "sim-token")

    def route(self, parts: Sequence[str]) -> Route | None:
        match parts:
            case ("karthago", "api", name) if name in _RESOURCES:
                return Route(name)
            case ("karthago", "api", "objekte", client, number):
                return Route("objekte", (client, number), single=True)
        return None

    def reply(self, view: View, route: Route, request: Request) -> Reply:
        listing = self._listing(view, route.resource)
        number, size = request.count("seite", 1, least=1), page_size(request, "groesse")
        page = page_at(listing, (number - 1) * size, size)
        return Reply(listing, page, lambda shown: ({"anzahl": shown.total, "daten": shown.rows}, {}))

    def single(self, view: View, route: Route, barred: Collection[Place]) -> Answer:
        client, number = route.arguments
        if (client, number) in barred:
            return Answer.json(403, self.problem(403, "Keine Berechtigung für dieses Objekt."))
        listing = self._listing(view, "objekte")
        found = (listing.show(row, 0) for row in listing.rows)
        for shown in found:
            if (shown["firmaNr"], shown["objektNr"]) == (client, number):
                return Answer.json(200, shown)
        return Answer.json(404, self.problem(404, "Dieses Objekt gibt es nicht."))

    def _listing(self, view: View, name: str) -> Listing:
        if view.export.kind == self.kind:
            return unchanged(view.export.tables[name])
        return view.kept((self.kind, name), lambda: _RESOURCES[name].listing(view.export))
