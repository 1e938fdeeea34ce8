"""SAP Blue Eagle (RE-FX): OData v4, one entity set per sheet of the XLSX export, with its columns."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from gewerk_connect.sim.dialects.dialect import Dialect, Field, Fields, Reply, Route, unchanged
from gewerk_connect.sim.estate import FIRM, KEY_LENGTH
from gewerk_connect.sim.exports import Export
from gewerk_connect.sim.exports.sap import KINDS, PERSON_KINDS, ROLES
from gewerk_connect.sim.gates import Basic
from gewerk_connect.sim.listing import Listing
from gewerk_connect.sim.odata.options import Options, options_of
from gewerk_connect.sim.odata.pages import envelope, narrowed, odata_problem, page_of
from gewerk_connect.sim.request import Request
from gewerk_connect.sim.view import View

_ROOT = ("sap", "opu", "odata4", "sap", "refx", "0001")


def _text(name: str) -> Field:
    value = attrgetter(name)
    return lambda row: value(row) or None


def _code(name: str, codes: dict[str, str]) -> Field:
    value = attrgetter(name)
    return lambda row: codes.get(value(row), value(row)) or None


_CLIENT = {"BUKRS": _text("client")}
_BUILDING = {"SWENR": _text("economic_unit"), "SGENR": _text("building")}
_SETS: dict[str, tuple[str, Fields]] = {
    "Buchungskreise": ("clients", {"BUKRS": _text("number"), "BUTXT": _text("name")}),
    "Wirtschaftseinheiten": ("economic_units", {**_CLIENT, "SWENR": _text("number"), "XWETEXT": _text("name")}),
    "Gebaeude": (
        "buildings",
        {
            **_CLIENT,
            "SWENR": _text("economic_unit"),
            "SGENR": _text("number"),
            "STREET_HOUSE": _text("street"),
            "POST_CODE1": _text("postcode"),
            "CITY1": _text("city"),
            "BAUJAHR": attrgetter("year"),
        },
    ),
    "Mietobjekte": (
        "units",
        {
            **_CLIENT,
            **_BUILDING,
            "SMENR": _text("number"),
            "LOCFLOOR": _text("floor"),
            "USAGETYPE": _text("usage"),
            "WOHNFL": attrgetter("living_area"),
            "NUTZFL": attrgetter("usable_area"),
        },
    ),
    "Geschaeftspartner": (
        "persons",
        {
            "PARTNER": _text("number"),
            "TYPE": _code("kind", PERSON_KINDS),
            "TITLE": _text("salutation"),
            "NAME_FIRST": _text("first_name"),
            "NAME_LAST": lambda person: (person.kind != FIRM and person.name) or None,
            "NAME_ORG1": lambda person: (person.kind == FIRM and person.name) or None,
            "SMTP_ADDR": _text("email"),
            "TEL_NUMBER": _text("phone"),
            "MOB_NUMBER": _text("mobile"),
        },
    ),
    "Vertraege": (
        "contracts",
        {
            **_CLIENT,
            "RECNNR": _text("number"),
            "RECNTYPE": _code("kind", KINDS),
            "RECNBEG": _text("start"),
            "RECNENDABS": _text("end"),
        },
    ),
    "Vertragsobjekte": (
        "contract_units",
        {**_CLIENT, "RECNNR": _text("contract"), **_BUILDING, "SMENR": _text("unit")},
    ),
    "Vertragspartner": (
        "contract_parties",
        {
            **_CLIENT,
            "RECNNR": _text("contract"),
            "PARTNER": _text("person"),
            "ROLE": _code("role", ROLES),
            "SHARE": _text("share"),
        },
    ),
}


class SapBlueEagle(Dialect):
    kind = "sap-blue-eagle"
    resources = tuple(_SETS)

    def __init__(self) -> None:
        self.gate = Basic()

    def route(self, parts: Sequence[str]) -> Route | None:
        match parts:
            case (*root, name) if tuple(root) == _ROOT and name in _SETS:
                return Route(name)
        return None

    def reply(self, view: View, route: Route, request: Request) -> Reply:
        name = route.resource
        own = view.export.kind == self.kind
        fields = view.export.tables[name].fields if own else tuple(_SETS[name][1])
        options = options_of(request, fields, moments=())
        asked = (self.kind, name, options.filter, options.order)
        listing = view.kept(asked, lambda: self._listing(view.export, name, options))
        context = f"{request.base}/{'/'.join(_ROOT)}/$metadata#{name}"
        return Reply(listing, page_of(listing, options), lambda page: envelope(page, request, options, context))

    def problem(self, status: int, message: str) -> Any:
        return odata_problem(status, message)

    def _listing(self, export: Export, name: str, options: Options) -> Listing:
        attribute, fields = _SETS[name]
        if export.kind == self.kind:
            whole = unchanged(export.tables[name])
        else:
            length = KEY_LENGTH[attribute]
            whole = Listing(
                getattr(export, attribute),
                lambda row: tuple(row[:length]),
                lambda row, _: {field: value(row) for field, value in fields.items()},
            )
        return narrowed(whole, options.filter, options.order)
