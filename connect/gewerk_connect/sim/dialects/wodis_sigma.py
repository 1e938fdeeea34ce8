"""Wodis Sigma over REST: the tables of the CSV export, text by text, page by page."""

from collections.abc import Sequence
from operator import attrgetter

from gewerk_connect.sim.dialects.dialect import Dialect, Reply, Resource, Route, page_size, unchanged
from gewerk_connect.sim.gates import KeyHeader
from gewerk_connect.sim.listing import page_at
from gewerk_connect.sim.request import Request
from gewerk_connect.sim.view import View
from gewerk_connect.sim.writing import german_date, german_number

_RESOURCES = {
    "mandanten": Resource(attrgetter("clients"), (0,), lambda c, _: {"Mandant": c.number, "Name": c.name}),
    "wirtschaftseinheiten": Resource(
        attrgetter("economic_units"),
        (0, 1),
        lambda e, _: {"Mandant": e.client, "WIE-Nr": e.number, "Bezeichnung": e.name},
    ),
    "objekte": Resource(
        attrgetter("buildings"),
        (0, 1, 2),
        lambda b, _: {
            "Mandant": b.client,
            "WIE-Nr": b.economic_unit,
            "Objekt-Nr": b.number,
            "Straße": b.street,
            "PLZ": b.postcode,
            "Ort": b.city,
            "Ortsteil": b.district,
            "Baujahr": german_number(b.year),
            "Geschosse": german_number(b.storeys),
        },
    ),
    "verwaltungseinheiten": Resource(
        attrgetter("units"),
        (0, 1, 2, 3),
        lambda u, _: {
            "Mandant": u.client,
            "WIE-Nr": u.economic_unit,
            "Objekt-Nr": u.building,
            "VE-Nr": u.number,
            "Etage/Lage": u.floor,
            "Nutzungsart": u.usage,
            "Wohnfläche": german_number(u.living_area),
            "Nutzfläche": german_number(u.usable_area),
            "Zimmer": german_number(u.rooms),
        },
    ),
    "geschaeftspartner": Resource(
        attrgetter("persons"),
        (0,),
        lambda p, _: {
            "GP-Nr": p.number,
            "Typ": p.kind,
            "Anrede": p.salutation,
            "Titel": p.title,
            "Vorname": p.first_name,
            "Name": p.name,
            "E-Mail": p.email,
            "Telefon": p.phone,
            "Handy": p.mobile,
        },
    ),
    "vertraege": Resource(
        attrgetter("contracts"),
        (0, 1),
        lambda c, _: {
            "Mandant": c.client,
            "Vertragsnummer": c.number,
            "Vertragsart": c.kind,
            "Beginn": german_date(c.start),
            "Ende": german_date(c.end),
            "Nutzungsart": c.usage,
        },
    ),
    "vertrag_einheiten": Resource(
        attrgetter("contract_units"),
        (0, 1, 2, 3, 4),
        lambda u, _: {
            "Mandant": u.client,
            "Vertragsnummer": u.contract,
            "WIE-Nr": u.economic_unit,
            "Objekt-Nr": u.building,
            "VE-Nr": u.unit,
        },
    ),
    "vertragspartner": Resource(
        attrgetter("contract_parties"),
        (0, 1, 2),
        lambda p, _: {
            "Mandant": p.client,
            "Vertragsnummer": p.contract,
            "GP-Nr": p.person,
            "Rolle": p.role,
            "Anteil": p.share,
        },
    ),
}


class WodisSigma(Dialect):
    kind = "wodis-sigma"
    resources = tuple(_RESOURCES)

    def __init__(self) -> None:
        self.gate = KeyHeader("X-API-Key", "sim-key")

    def route(self, parts: Sequence[str]) -> Route | None:
        match parts:
            case ("wodis-sigma", "v1", table) if table in _RESOURCES:
                return Route(table)
        return None

    def reply(self, view: View, route: Route, request: Request) -> Reply:
        name = route.resource
        if view.export.kind == self.kind:
            listing = unchanged(view.export.tables[name])
        else:
            listing = view.kept((self.kind, name), lambda: _RESOURCES[name].listing(view.export))
        number, size = request.count("page", 1, least=1), page_size(request, "pageSize")
        page = page_at(listing, (number - 1) * size, size)
        return Reply(
            listing,
            page,
            lambda shown: ({"items": shown.rows, "total": shown.total, "page": number, "pageSize": size}, {}),
        )
