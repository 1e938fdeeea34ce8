"""``[source]`` of a configuration: which ERP, by which way, with which credentials (spec 01, "For scripts").

Owns what may be written there and says what is wrong with it, all at once. Which entries a kind needs is its manifest's word.
"""

import os
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.manifests import NETWORK, Manifest, kinds

CREDENTIALS = ("url", "user", "password", "token", "client_id", "client_secret")
"""May each be given as the value, as ``<name>_env`` or as ``<name>_file``."""
_EVERY_KIND = frozenset({"kind", "path", "mapping", "encoding"})


class Problem(NamedTuple):
    """An entry that is wrong: its name (``source.password``), and why in German and English."""

    place: str
    de: str
    en: str


class SourceSettings(BaseModel):
    """``[source]``: which ERP, and the way to it: an export on disk (``path``), or an interface or database (``url``).

    ``url``, ``user``, ``password``, ``token``, ``client_id`` and ``client_secret`` may each be given as the value, as
    ``_env`` (name of an environment variable) or as ``_file``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, hide_input_in_errors=True)

    kind: Annotated[str, Field(min_length=1)]
    path: Path | None = None
    """A folder, or one file where the source is one; relative to the configuration file."""
    mapping: Path | None = None
    """The customer's copy of the source's ``mapping.toml``; relative to the configuration file."""
    encoding: Literal["utf-8", "cp1252"] | None = None
    """Of the CSV files; default is what the source's mapping file says. A byte order mark always wins."""
    url: Annotated[str | None, Field(repr=False)] = None
    """Address of the ERP's interface (https), or of the database as SQLAlchemy writes it, without the password."""
    url_env: str | None = None
    url_file: Path | None = None
    user: str | None = None
    user_env: str | None = None
    user_file: Path | None = None
    password: SecretStr | None = None
    password_env: str | None = None
    password_file: Path | None = None
    token: SecretStr | None = None
    """A lasting key of the interface (API key, partner token)."""
    token_env: str | None = None
    token_file: Path | None = None
    client_id: str | None = None
    client_id_env: str | None = None
    client_id_file: Path | None = None
    client_secret: SecretStr | None = None
    client_secret_env: str | None = None
    client_secret_file: Path | None = None
    tenant: str | None = None
    """Directory (Microsoft Entra) in which ``client_id`` is known."""
    token_url: str | None = None
    """Where a token is asked for, when not where the source's mapping file says."""
    full_fetch_days: Annotated[int, Field(ge=0, le=366)] = 7
    """Where an interface can name what changed: days after which everything is read all the same; 0 always."""
    empty_allowed: tuple[str, ...] = ()
    """Tables of the ERP that may be empty although they were not before; otherwise the run stops."""
    requests_per_second: Annotated[float, Field(gt=0, le=1000)] = 10.0
    parallel_requests: Annotated[int, Field(ge=1, le=16)] = 2
    page_size: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Records per page; default is what the source's mapping file says."""
    timeout_seconds: Annotated[float, Field(gt=0, le=3600)] = 60.0
    """For each answer of the ERP."""
    patience_seconds: Annotated[float, Field(ge=0, le=86_400)] = 900.0
    """How long faults of the ERP (too many requests, unreachable, half an answer) are waited out before the run stops."""
    ca_file: Path | None = None
    """Certificate authorities (PEM) to trust besides the usual ones."""
    allow_http: bool = False
    """Allows an address without encryption that is not on this machine."""

    @model_validator(mode="after")
    def _one_way_each(self) -> Self:
        for name in CREDENTIALS:
            if len(self._ways(name)) > 1:
                raise ValueError(
                    f"nur eins von {name}, {name}_env, {name}_file angeben / give only one of {name}, {name}_env, {name}_file"
                )
        if (self.path is None) == (not self.has("url")):
            raise ValueError(
                "genau eins von path (Ordner oder Datei) und url (Schnittstelle oder Datenbank) angeben / "
                "give exactly one of path (folder or file) and url (interface or database)"
            )
        return self

    def _ways(self, name: str) -> list[str]:
        return [way for way in (name, f"{name}_env", f"{name}_file") if getattr(self, way) is not None]

    def has(self, name: str) -> bool:
        """Whether an entry is given, a credential in whichever way."""
        if name in CREDENTIALS:
            return bool(self._ways(name))
        return getattr(self, name) is not None

    def access(self, of: Manifest) -> str:
        """The way to the source, one of ``manifests.ACCESS``; "" where the kind does not have the one that is written."""
        ways = [way for way in of.access if (way in NETWORK) == self.has("url")]
        return ways[0] if ways else ""

    def problems(self) -> list[Problem]:
        """Everything that is wrong with these entries for this kind, and what it lacks."""
        known = kinds()
        found = known.get(self.kind)
        if found is None:
            names = ", ".join(known)
            return [
                Problem(
                    "source.kind",
                    f"{self.kind!r} gibt es nicht; möglich: {names}",
                    f"there is no {self.kind!r}; possible: {names}",
                )
            ]
        access = self.access(found)
        if not access:
            return [_no_such_way(found, "url" if self.has("url") else "path")]
        return [*self._lacking(found, access), *self._needless(found, access), *self._address_problems(access)]

    def _lacking(self, found: Manifest, access: str) -> Iterator[Problem]:
        for field in found.fields_for(access):
            if field.required and not self.has(field.name):
                ways = f"; auch {field.name}_env oder {field.name}_file" if field.credential else ""
                ways_en = f"; also {field.name}_env or {field.name}_file" if field.credential else ""
                yield Problem(
                    f"source.{field.name}",
                    f"fehlt für {found.erp_name} ({field.label_de}{ways})",
                    f"is missing for {found.erp_name} ({field.label_en}{ways_en})",
                )

    def _needless(self, found: Manifest, access: str) -> Iterator[Problem]:
        wanted = {field.name for field in found.fields_for(access)} | _EVERY_KIND
        for entry in sorted(self.model_fields_set):
            name = entry.removesuffix("_env").removesuffix("_file") if entry not in ("ca_file",) else entry
            if name not in wanted and getattr(self, entry) not in (None, ()):
                yield Problem(
                    f"source.{entry}",
                    f"wird für {found.erp_name} auf diesem Weg nicht gebraucht",
                    f"is not needed for {found.erp_name} by this way",
                )

    def _address_problems(self, access: str) -> Iterator[Problem]:
        if self.url is not None:
            yield from address_problems(self.url, access, allow_http=self.allow_http)
        if self.token_url is not None:
            yield from address_problems(self.token_url, "url", allow_http=self.allow_http, place="source.token_url")

    def address(self, access: str) -> str:
        """The address, from where the configuration says. Raises ``SettingsError``."""
        value = self.credential("url") or ""
        for problem in address_problems(value, access, allow_http=self.allow_http):
            raise SettingsError(
                "configuration_invalid", f"{problem.place}: {problem.de}.", f"{problem.place}: {problem.en}."
            )
        return value.rstrip("/")

    def credential(self, name: str) -> str | None:
        """A credential's value; None when none is given. Raises ``SettingsError`` where it should be and is not."""
        value: str | SecretStr | None = getattr(self, name)
        if value is not None:
            return value.get_secret_value() if isinstance(value, SecretStr) else value
        variable: str | None = getattr(self, f"{name}_env")
        file: Path | None = getattr(self, f"{name}_file")
        if variable is not None:
            found = os.environ.get(variable, "").strip()
            if not found:
                raise SettingsError(
                    "secret_missing",
                    f"Die Umgebungsvariable {variable} (source.{name}_env) ist leer. Setzen Sie sie und starten Sie neu.",
                    f"The environment variable {variable} (source.{name}_env) is empty. Set it and start again.",
                )
            return found
        return _read_secret(file, name) if file is not None else None


def _read_secret(file: Path, name: str) -> str:
    try:
        found = file.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError):
        found = ""
    if not found:
        raise SettingsError(
            "secret_missing",
            f"Die Datei {file.name} (source.{name}_file) fehlt, ist leer oder nicht lesbar.",
            f"The file {file.name} (source.{name}_file) is missing, empty or unreadable.",
        )
    return found


def _no_such_way(found: Manifest, given: str) -> Problem:
    other = "path" if given == "url" else "url"
    return Problem(
        f"source.{given}",
        f"{found.erp_name} wird über {other} gelesen ({found.form})",
        f"{found.erp_name} is read by {other} ({found.form})",
    )


def address_problems(url: str, access: str, *, allow_http: bool, place: str = "source.url") -> Iterator[Problem]:
    """What is wrong with an address. Its text is never part of a problem: it may hold a password."""
    try:
        parts = urlsplit(url)
        host, inside = parts.hostname, parts.password is not None
    except ValueError:
        yield Problem(place, "ist keine gültige Adresse", "is no valid address")
        return
    if inside:
        yield Problem(
            place,
            "enthält ein Kennwort; geben Sie es unter password, password_env oder password_file an",
            "holds a password; give it as password, password_env or password_file",
        )
    if access == "database":
        if "://" not in url:
            yield Problem(
                place,
                "ist keine Datenbank-Adresse (etwa postgresql+psycopg://rechner/datenbank)",
                "is no database address (e.g. postgresql+psycopg://host/database)",
            )
        return
    if parts.scheme not in ("http", "https") or not host:
        yield Problem(
            place, "muss mit https:// beginnen und einen Rechner nennen", "must begin with https:// and name a host"
        )
    elif parts.scheme == "http" and not allow_http and not _on_this_machine(host):
        yield Problem(
            place,
            "ist unverschlüsselt (http); nehmen Sie https oder erlauben Sie es mit allow_http = true",
            "is not encrypted (http); take https, or allow it with allow_http = true",
        )
    if parts.query or parts.fragment:
        yield Problem(place, "darf kein ? und kein # enthalten", "must hold neither ? nor #")


def _on_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
