"""RELion One: OData v4 of a Business Central app, a company per client, login as Entra does it (client credentials)."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any
from urllib.parse import parse_qs

from gewerk_connect.sim.dialects.dialect import TOKEN, Dialect, Field, Fields, Reply, Route
from gewerk_connect.sim.estate import KEY_LENGTH, LEASE, OWNERSHIP, PERSON, below
from gewerk_connect.sim.exports import Export
from gewerk_connect.sim.gates import SECRET, TOKEN_SECONDS, USER, Tokens
from gewerk_connect.sim.listing import Listing, Shown
from gewerk_connect.sim.odata.options import Options, options_of
from gewerk_connect.sim.odata.pages import envelope, narrowed, odata_problem, page_of
from gewerk_connect.sim.request import Answer, Refused, Request
from gewerk_connect.sim.view import View

_ROOT = ("relion", "v2.0", "sim", "production", "api", "relion", "immo", "v1.0")
_SCOPE = "https://api.businesscentral.dynamics.com/.default"
_KINDS = {LEASE: "Rental", OWNERSHIP: "Ownership"}
_COMPANY = re.compile(r"companies\((.+)\)")
_CHANGED = "systemModifiedAt"


def _number(name: str) -> Field:
    """Business Central has no empty number, it has 0."""
    value = attrgetter(name)
    return lambda row: 0 if value(row) is None else value(row)


def _date(name: str) -> Field:
    value = attrgetter(name)
    return lambda row: value(row) or "0001-01-01"


def _person(name: str) -> Field:
    value = attrgetter(name)
    return lambda row: value(row) if row.kind == PERSON else ""


_text = attrgetter
_SETS: dict[str, tuple[str, Fields]] = {
    "companies": ("clients", {"number": _text("number"), "name": _text("name")}),
    "economicUnits": ("economic_units", {"number": _text("number"), "description": _text("name")}),
    "buildings": (
        "buildings",
        {
            "economicUnitNumber": _text("economic_unit"),
            "number": _text("number"),
            "address": _text("street"),
            "postCode": _text("postcode"),
            "city": _text("city"),
            "district": _text("district"),
            "constructionYear": _number("year"),
            "numberOfFloors": _number("storeys"),
        },
    ),
    "units": (
        "units",
        {
            "economicUnitNumber": _text("economic_unit"),
            "objectNumber": _text("building"),
            "number": _text("number"),
            "location": _text("floor"),
            "usageType": _text("usage"),
            "livingArea": _number("living_area"),
            "usableArea": _number("usable_area"),
            "rooms": _number("rooms"),
        },
    ),
    "contacts": (
        "persons",
        {
            "number": _text("number"),
            "type": lambda person: "Person" if person.kind == PERSON else "Company",
            "salutation": _text("salutation"),
            "jobTitle": _text("title"),
            "firstName": _text("first_name"),
            "surname": _person("name"),
            "companyName": lambda person: "" if person.kind == PERSON else person.name,
            "eMail": _text("email"),
            "phoneNumber": _text("phone"),
            "mobilePhoneNumber": _text("mobile"),
        },
    ),
    "contracts": (
        "contracts",
        {
            "number": _text("number"),
            "type": lambda contract: _KINDS.get(contract.kind, contract.kind),
            "startingDate": _date("start"),
            "endingDate": _date("end"),
        },
    ),
    "contractUnits": (
        "contract_units",
        {
            "contractNumber": _text("contract"),
            "economicUnitNumber": _text("economic_unit"),
            "objectNumber": _text("building"),
            "unitNumber": _text("unit"),
        },
    ),
    "contractContacts": (
        "contract_parties",
        {
            "contractNumber": _text("contract"),
            "contactNumber": _text("person"),
            "role": _text("role"),
            "share": _text("share"),
        },
    ),
}


class RelionOne(Dialect):
    kind = "relion-one"
    resources = (TOKEN, *_SETS)

    def __init__(self, clock: Callable[[], datetime], started_at: datetime) -> None:
        self.gate: Tokens = Tokens(clock)
        self._started_at = started_at

    def route(self, parts: Sequence[str]) -> Route | None:
        match parts:
            case ("relion", "oauth2", _, "v2.0", "token"):
                return Route(TOKEN)
            case (*root, "companies") if tuple(root) == _ROOT:
                return Route("companies")
            case (*root, company, name) if tuple(root) == _ROOT and name in _SETS and name != "companies":
                found = _COMPANY.fullmatch(company)
                return Route(name, (found[1].lower(),)) if found else None
        return None

    def token(self, request: Request) -> Answer:
        sent = {name: values[-1] for name, values in parse_qs(request.body.decode("latin-1")).items()}
        if sent.get("grant_type") != "client_credentials":
            return _login_error(400, "unsupported_grant_type")
        if (sent.get("client_id"), sent.get("client_secret")) != (USER, SECRET):
            return _login_error(401, "invalid_client")
        if sent.get("scope") != _SCOPE:
            return _login_error(400, "invalid_scope")
        return Answer.json(200, {"token_type": "Bearer", "expires_in": TOKEN_SECONDS, "access_token": self.gate.make()})

    def reply(self, view: View, route: Route, request: Request) -> Reply:
        name = route.resource
        fields = (_own_id(name), *_SETS[name][1], _CHANGED)
        options = options_of(request, fields, (_CHANGED,))
        client = self._client(view, route.arguments[0]) if route.arguments else None
        asked = (self.kind, name, client, options.filter, options.order)
        listing = view.kept(asked, lambda: self._listing(view, name, client, options))
        entity = f"companies({route.arguments[0]})/{name}" if route.arguments else name
        context = f"{request.base}/{'/'.join(_ROOT)}/$metadata#{entity}"
        return Reply(listing, page_of(listing, options), lambda page: envelope(page, request, options, context))

    def problem(self, status: int, message: str) -> Any:
        return odata_problem(status, message)

    def _client(self, view: View, company: str) -> str:
        companies = view.kept(
            (self.kind, "companies by id"),
            lambda: {_id("companies", "", client[:1], 0): client.number for client in view.export.clients},
        )
        if company not in companies:
            raise Refused(404, "there is no such company")
        return companies[company]

    def _listing(self, view: View, name: str, client: str | None, options: Options) -> Listing:
        whole = view.kept((self.kind, name, client), lambda: self._whole(view.export, name, client))
        return narrowed(whole, options.filter, options.order)

    def _whole(self, export: Export, name: str, client: str | None) -> Listing:
        """A set as it is without ``$filter`` and ``$orderby``."""
        attribute, fields = _SETS[name]
        rows: Sequence[Any] = getattr(export, attribute)
        first, length = 0, KEY_LENGTH[attribute]
        if name == "contacts":
            named = {party.person for party in below(export.contract_parties, str(client))}
            rows = [person for person in rows if person.number in named]
        elif client is not None:
            rows, first = below(rows, client), 1
        own = _own_id(name)
        owner = "" if first == 0 else str(client)

        def show(row: Any, twin: int) -> Shown:
            changed_at = row.changed_at or self._started_at
            return {
                own: _id(name, owner, row[first:length], twin),
                **{field: value(row) for field, value in fields.items()},
                _CHANGED: _written(changed_at),
            }

        return Listing(rows, lambda row: tuple(row[first:length]), show)


def _own_id(name: str) -> str:
    return "id" if name == "companies" else "systemId"


def _id(name: str, client: str, key: tuple[str, ...], twin: int) -> str:
    """A GUID that is the same in every run: made of the row's key, and of its place among rows with the same key."""
    made = blake2b("\n".join((name, client, *key, str(twin))).encode(), digest_size=16).hexdigest()
    return f"{made[:8]}-{made[8:12]}-{made[12:16]}-{made[16:20]}-{made[20:]}"


@lru_cache(maxsize=1024)
def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _login_error(status: int, code: str) -> Answer:
    return Answer.json(status, {"error": code, "error_description": code})
