"""``[http]`` and ``[resources]`` of a mapping file: how this ERP's interface is asked. Addresses, login, paging, places.

Every entry is explained in ``docs/how-to/quelle-rest-odata.md``; what cannot be used is named with its entry.
"""

import string
from collections.abc import Mapping as Entries
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gewerk_connect.sources.mapping_file import Mapping, unusable

AUTH: Final = {
    "none": (),
    "basic": ("user", "password"),
    "header": ("token",),
    "token": ("client_id", "client_secret"),
}
"""Ways to log in, and the entries of ``[source]`` that each needs; ``token`` asks for one first."""
PAGING: Final = ("none", "page", "offset", "cursor", "next_link")
_ODATA: Final[dict[str, Any]] = {
    "paging": "next_link",
    "records": "value",
    "total": "@odata.count",
    "next": "@odata.nextLink",
    "size_header": "Prefer: odata.maxpagesize={size}",
    "params": {"$count": "true"},
    "changed_param": "$filter",
    "changed_value": "{field} gt {moment}",
}
_KNOWN: Final = frozenset(
    {
        *("style", "auth", "auth_header", "auth_prefix", "token_url", "token_style", "token_body", "token_field"),
        *(
            "token_lifetime",
            "headers",
            "params",
            "path",
            "paging",
            "page_size",
            "first_page",
            "page_param",
            "size_param",
        ),
        *("size_header", "offset_param", "cursor_param", "next", "records", "total", "changed_param", "changed_value"),
    }
)
_KNOWN_OF_RESOURCE: Final = frozenset({"path", "per", "add", "params", "key", "changed", "persons", "single"})


@dataclass(slots=True, frozen=True)
class Login:
    auth: str
    header: str
    prefix: str
    token_url: str
    body_form: str
    """``form`` or ``json``: how the credentials stand in the request for a token."""
    token_body: dict[str, str]
    token_field: str
    token_lifetime: str


@dataclass(slots=True, frozen=True)
class Paging:
    style: str
    size: int
    first_page: int
    page_param: str
    size_param: str
    size_header: tuple[str, str] | None
    """Name and value of a header; ``{size}`` in the value."""
    offset_param: str
    cursor_param: str
    next: str


@dataclass(slots=True, frozen=True)
class Resource:
    """One list of the interface."""

    name: str
    path: str
    """Below the source's address; ``{column}`` is a column of the ``per`` list."""
    per: str | None
    """The list once per record of which this one is read."""
    add: dict[str, str]
    """Column here -> column of the ``per`` list that is put into every record."""
    params: dict[str, str]
    key: tuple[str, ...]
    """Columns that name a record; none: those of the canonical key, or the whole record."""
    changed: str | None
    """Column with the moment of a record's last change: what changed since can be asked for."""
    persons: tuple[str, ...]
    """Endings of the columns that stand once per person in one record (``name1``, ``name2``)."""
    single: str | None
    """Address of one record, by its columns: for asking whether it is gone."""


@dataclass(slots=True, frozen=True)
class HttpRules:
    login: Login
    paging: Paging
    headers: dict[str, str]
    params: dict[str, str]
    records: str
    """Where the list stands in an answer; "" the answer itself."""
    total: str
    """Where the number of all records stands, ``header:NAME`` for a header; "" nowhere."""
    changed_param: str
    changed_value: str
    resources: dict[str, Resource] = field(default_factory=dict)

    def in_order(self) -> list[Resource]:
        """A list comes after the one that it is read per record of."""
        ordered: list[Resource] = []
        for resource in self.resources.values():
            parent = self.resources[resource.per] if resource.per else None
            ordered += [one for one in (parent, resource) if one is not None and one not in ordered]
        return ordered

    def asked_of(self, parent: Resource) -> list[str]:
        """The columns of a list that the lists read per record of it need."""
        children = [resource for resource in self.resources.values() if resource.per == parent.name]
        return [name for child in children for name in (*_fields(child.path), *child.add.values())]


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def http_rules(mapping: Mapping) -> HttpRules:
    """Raises ``SourceError`` that names the entry which cannot be used."""
    file, told = mapping.file, mapping.http
    if not told:
        raise unusable(file, "[http] fehlt", "[http] is missing")
    _check_names(file, "[http]", told, _KNOWN)
    if told.get("style", "rest") not in ("rest", "odata"):
        raise unusable(file, "[http] style: rest oder odata", "[http] style: rest or odata")
    entries = {**(_ODATA if told.get("style") == "odata" else {}), **told}
    entries["params"] = (
        {**_ODATA["params"], **told.get("params", {})} if told.get("style") == "odata" else told.get("params", {})
    )
    default_path = _text(file, entries, "path", "{resource}")
    rules = HttpRules(
        login=_login(file, entries),
        paging=_paging(file, entries),
        headers=_texts(file, "[http] headers", entries.get("headers", {})),
        params=_texts(file, "[http] params", entries["params"]),
        records=_text(file, entries, "records", ""),
        total=_text(file, entries, "total", ""),
        changed_param=_text(file, entries, "changed_param", ""),
        changed_value=_text(file, entries, "changed_value", "{moment}"),
        resources={},
    )
    names = mapping.resource_names()
    parents = [entry["per"] for entry in mapping.resources.values() if isinstance(entry, dict) and "per" in entry]
    for name in dict.fromkeys([*names, *parents]):
        rules.resources[name] = _resource(file, name, mapping.resources.get(name, {}), default_path, rules)
    if unknown := [name for name in mapping.resources if name not in rules.resources]:
        raise unusable(
            file,
            f"[resources.{unknown[0]}] speist keine Tabelle (möglich: {', '.join(rules.resources)})",
            f"[resources.{unknown[0]}] feeds no table (possible: {', '.join(rules.resources)})",
        )
    for resource in rules.resources.values():
        if resource.per is not None and (resource.per == resource.name or rules.resources[resource.per].per):
            raise unusable(
                file,
                f"[resources.{resource.name}] per: nur eine Ebene",
                f"[resources.{resource.name}] per: one level only",
            )
    return rules


def _login(file: Path, entries: Entries[str, Any]) -> Login:
    auth = entries.get("auth", "none")
    if auth not in AUTH:
        raise unusable(file, f"[http] auth: eins von {', '.join(AUTH)}", f"[http] auth: one of {', '.join(AUTH)}")
    style = entries.get("token_style", "form")
    if style not in ("form", "json"):
        raise unusable(file, "[http] token_style: form oder json", "[http] token_style: form or json")
    needed = {"header": ("auth_header",), "token": ("token_url", "token_body")}.get(auth, ())
    for name in needed:
        if not entries.get(name):
            raise unusable(file, f"[http] auth = {auth} braucht {name}", f"[http] auth = {auth} needs {name}")
    return Login(
        auth=auth,
        header=_text(file, entries, "auth_header", "Authorization"),
        prefix=_text(file, entries, "auth_prefix", "Bearer " if auth == "token" else ""),
        token_url=_text(file, entries, "token_url", ""),
        body_form=style,
        token_body=_texts(file, "[http] token_body", entries.get("token_body", {})),
        token_field=_text(file, entries, "token_field", "access_token"),
        token_lifetime=_text(file, entries, "token_lifetime", "expires_in"),
    )


def _paging(file: Path, entries: Entries[str, Any]) -> Paging:
    style = entries.get("paging", "none")
    if style not in PAGING:
        raise unusable(
            file, f"[http] paging: eins von {', '.join(PAGING)}", f"[http] paging: one of {', '.join(PAGING)}"
        )
    needed = {
        "page": ("page_param",),
        "offset": ("offset_param",),
        "cursor": ("cursor_param", "next"),
        "next_link": ("next",),
    }
    for name in needed.get(style, ()):
        if not entries.get(name):
            raise unusable(file, f"[http] paging = {style} braucht {name}", f"[http] paging = {style} needs {name}")
    header = _text(file, entries, "size_header", "")
    name, _, value = header.partition(":")
    return Paging(
        style=style,
        size=_whole(file, entries, "page_size", 200),
        first_page=_whole(file, entries, "first_page", 1),
        page_param=_text(file, entries, "page_param", ""),
        size_param=_text(file, entries, "size_param", ""),
        size_header=(name.strip(), value.strip()) if header else None,
        offset_param=_text(file, entries, "offset_param", ""),
        cursor_param=_text(file, entries, "cursor_param", ""),
        next=_text(file, entries, "next", ""),
    )


def _resource(file: Path, name: str, entry: Any, default_path: str, rules: HttpRules) -> Resource:
    place = f"[resources.{name}]"
    if not isinstance(entry, dict):
        raise unusable(file, f"{place} muss eine Tabelle sein", f"{place} must be a table")
    _check_names(file, place, entry, _KNOWN_OF_RESOURCE)
    path = _text(file, entry, "path", default_path.replace("{resource}", name), place)
    per, changed = entry.get("per"), entry.get("changed")
    if (fields := _fields(path)) and per is None:
        raise unusable(
            file, f"{place} path nennt {{{min(fields)}}} ohne per", f"{place} path names {{{min(fields)}}} without per"
        )
    if per is not None and not entry.get("add"):
        raise unusable(file, f"{place} per braucht add", f"{place} per needs add")
    if changed is not None and not (rules.changed_param and rules.total):
        raise unusable(
            file,
            f"{place} changed braucht changed_param und total in [http]",
            f"{place} changed needs changed_param and total in [http]",
        )
    if changed is not None and not entry.get("key"):
        raise unusable(file, f"{place} changed braucht key", f"{place} changed needs key")
    return Resource(
        name=name,
        path=path,
        per=per,
        add=_texts(file, f"{place} add", entry.get("add", {})),
        params=_texts(file, f"{place} params", entry.get("params", {})),
        key=_names(file, f"{place} key", entry.get("key", [])),
        changed=changed,
        persons=_names(file, f"{place} persons", entry.get("persons", [])),
        single=entry.get("single"),
    )


def _check_names(file: Path, place: str, entries: Entries[str, Any], known: frozenset[str]) -> None:
    if unknown := sorted(set(entries) - known):
        names = ", ".join(sorted(known))
        raise unusable(
            file,
            f"{place} {unknown[0]} gibt es nicht (möglich: {names})",
            f"{place} {unknown[0]} does not exist (possible: {names})",
        )


def _text(file: Path, entries: Entries[str, Any], name: str, otherwise: str, place: str = "[http]") -> str:
    value = entries.get(name, otherwise)
    if not isinstance(value, str):
        raise unusable(file, f"{place} {name} muss ein Text sein", f"{place} {name} must be a text")
    return value


def _whole(file: Path, entries: Entries[str, Any], name: str, otherwise: int) -> int:
    value = entries.get(name, otherwise)
    if type(value) is not int or value < 0:
        raise unusable(file, f"[http] {name} muss eine ganze Zahl sein", f"[http] {name} must be a whole number")
    return value


def _texts(file: Path, place: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise unusable(file, f"{place} muss Texte nennen", f"{place} must name texts")
    return dict(value)


def _names(file: Path, place: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise unusable(file, f"{place} muss eine Liste von Texten sein", f"{place} must be a list of texts")
    return tuple(value)
