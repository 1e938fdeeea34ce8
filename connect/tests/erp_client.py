"""Asks the simulated ERP over real HTTP as a program of each ERP's customers would, without anything of ``sources``."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Self

import httpx2
from gewerk_connect.sim import Export, SimulatedErp, open_export

EXPORTS = Path(__file__).parent / "exports"
RELION = "/relion/v2.0/sim/production/api/relion/immo/v1.0"
SAP = "/sap/opu/odata4/sap/refx/0001"
SCOPE = "https://api.businesscentral.dynamics.com/.default"
RESOURCES = {
    "wodis-sigma": (
        *("mandanten", "wirtschaftseinheiten", "objekte", "verwaltungseinheiten", "geschaeftspartner", "vertraege"),
        *("vertrag_einheiten", "vertragspartner"),
    ),
    "wodis-yuneo": ("mandanten", "wirtschaftseinheiten", "gebaeude", "verwaltungseinheiten", "personen", "vertraege"),
    "gap-immotion": ("mandanten", "objekte", "einheiten", "adressen", "vertraege"),
    "relion-one": (
        *("companies", "economicUnits", "buildings", "units", "contacts", "contracts", "contractUnits"),
        "contractContacts",
    ),
    "sap-blue-eagle": (
        *("Buchungskreise", "Wirtschaftseinheiten", "Gebaeude", "Mietobjekte", "Geschaeftspartner", "Vertraege"),
        *("Vertragsobjekte", "Vertragspartner"),
    ),
    "uts-karthago": ("firmen", "objekte", "einheiten", "adressen", "vertraege"),
}
TABLES = [(kind, resource) for kind, resources in RESOURCES.items() for resource in resources]
TOTALS = {"wodis-sigma": "total", "wodis-yuneo": "total", "uts-karthago": "anzahl"}

Row = dict[str, Any]


@cache
def loaded(name: str) -> Export:
    """An export is never changed in place, so one loading does for all tests."""
    return open_export(EXPORTS / name)


class ErpClient:
    """One customer's program: logs in on first use. ``page`` answers one page, ``rows`` all of them."""

    def __init__(self, erp: SimulatedErp) -> None:
        self.http = httpx2.Client(base_url=erp.url, timeout=20)
        self._tokens: dict[str, str] = {}
        self._company: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def headers(self, kind: str) -> dict[str, str]:
        match kind:
            case "wodis-sigma":
                return {"X-API-Key": "sim-key"}
            case "uts-karthago":
                return {"X-Partner-Token": "sim-token"}
            case "gap-immotion" | "sap-blue-eagle":
                return {"Authorization": "Basic c2ltOnNpbS1zZWNyZXQ="}
        if kind not in self._tokens:
            self._tokens[kind] = self.login(kind)
        return {"Authorization": f"Bearer {self._tokens[kind]}"}

    def forget(self) -> None:
        self._tokens.clear()

    def login(self, kind: str) -> str:
        if kind == "wodis-yuneo":
            answer = self.http.post("/wodis-yuneo/auth/token", json={"clientId": "sim", "clientSecret": "sim-secret"})
            return str(answer.raise_for_status().json()["accessToken"])
        form = {"grant_type": "client_credentials", "client_id": "sim", "client_secret": "sim-secret", "scope": SCOPE}
        answer = self.http.post("/relion/oauth2/some-tenant/v2.0/token", data=form)
        return str(answer.raise_for_status().json()["access_token"])

    def get(
        self, kind: str, address: str, *, headers: dict[str, str] | None = None, timeout: float = 20, **query: Any
    ) -> httpx2.Response:
        """An address that has its query already (a next link) is asked as it is."""
        sent = {**self.headers(kind), **(headers or {})}
        return self.http.get(address, headers=sent, timeout=timeout, **({"params": query} if query else {}))

    def address(self, kind: str, resource: str, company: str | None = None) -> str:
        match kind:
            case "wodis-sigma":
                return f"/wodis-sigma/v1/{resource}"
            case "wodis-yuneo":
                return f"/wodis-yuneo/api/v2/{resource}"
            case "gap-immotion":
                return f"/gap/rest/{resource}"
            case "uts-karthago":
                return f"/karthago/api/{resource}"
            case "sap-blue-eagle":
                return f"{SAP}/{resource}"
        if resource == "companies":
            return f"{RELION}/companies"
        if company is None:
            self._company = company = self._company or self.companies()[0]["id"]
        return f"{RELION}/companies({company})/{resource}"

    def page(self, kind: str, resource: str, **query: Any) -> httpx2.Response:
        """The first page, or what ``query`` asks for."""
        return self.get(kind, self.address(kind, resource), **query)

    def companies(self) -> list[Row]:
        return list(self.get("relion-one", f"{RELION}/companies").raise_for_status().json()["value"])

    def rows(self, kind: str, resource: str, size: int = 200) -> list[Row]:
        """Every row over all pages; RELion's of all companies, each with its company's number as ``company``."""
        if kind == "relion-one" and resource != "companies":
            return [
                {"company": company["number"], **row}
                for company in self.companies()
                for page in self._pages(kind, self.address(kind, resource, company["id"]), size)
                for row in page
            ]
        return [row for page in self._pages(kind, self.address(kind, resource), size) for row in page]

    def _pages(self, kind: str, address: str, size: int) -> Iterator[list[Row]]:
        match kind:
            case "wodis-sigma" | "uts-karthago":
                number, length, rows = ("page", "pageSize", "items")
                if kind == "uts-karthago":
                    number, length, rows = ("seite", "groesse", "daten")
                seen, at = 0, 1
                while True:
                    body = self.get(kind, address, **{number: at, length: size}).raise_for_status().json()
                    yield body[rows]
                    seen, at = seen + len(body[rows]), at + 1
                    if not body[rows] or seen >= body[TOTALS[kind]]:
                        assert seen == body[TOTALS[kind]]
                        return
            case "wodis-yuneo":
                cursor: dict[str, str] = {}
                seen = 0
                while True:
                    body = self.get(kind, address, limit=size, **cursor).raise_for_status().json()
                    yield body["data"]
                    seen += len(body["data"])
                    assert seen <= body["total"]
                    if body["next"] is None:
                        assert seen == body["total"]
                        return
                    cursor = {"cursor": body["next"]}
            case "gap-immotion":
                offset = 0
                while True:
                    answer = self.get(kind, address, offset=offset, limit=size).raise_for_status()
                    yield answer.json()
                    offset += len(answer.json())
                    if not answer.json() or offset >= int(answer.headers["X-Total-Count"]):
                        assert offset == int(answer.headers["X-Total-Count"])
                        return
            case _:
                link = f"{address}?$count=true"
                seen = 0
                while True:
                    prefer = {"Prefer": f"odata.maxpagesize={size}"}
                    body = self.get(kind, link, headers=prefer).raise_for_status().json()
                    yield body["value"]
                    seen += len(body["value"])
                    assert seen <= body["@odata.count"]
                    if "@odata.nextLink" not in body:
                        assert seen == body["@odata.count"]
                        return
                    link = body["@odata.nextLink"]

    def fault(self, fault: str, **more: Any) -> None:
        answer = self.http.post("/_sim/faults", json={"fault": fault, **more})
        assert answer.status_code == 201, answer.text
