"""What the operator of the service sets: a TOML file, each entry also as environment variable ``GEWERK_CONNECT_*``.

The defaults run it embedded on one machine. Many workers on many machines share ``state_url`` and ``key``.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.service.limits import Limits
from gewerk_connect.settings import RetentionSettings

PREFIX = "GEWERK_CONNECT_"
Origin = Annotated[str, Field(pattern=r"^https?://[^\s/;,'\"]+$")]
"""Scheme, host and port, without a path: ``https://erp.example``."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Issuer(_Table):
    """Somebody whose signed links open these pages: the platform, or an ERP that shows them in its own window."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    public_key: Annotated[str, Field(min_length=1)]
    """Ed25519: PEM, or the 32 bytes in base64."""
    realm: str | None = None
    """Whose organisation ids the links name; default the issuer's own. ``gewerk`` lets an ERP open what Gewerk opens."""

    home: Annotated[str, Field(pattern=r"^https?://[^\s\"'<>]+$")] | None = None
    """Address of the issuer's own page, for the way back."""

    @property
    def names_organisations_of(self) -> str:
        return self.realm or self.name


class Adopted(_Table):
    """``[[adopt]]``: a connection that was run from a file before; taken over once, with its ledger."""

    file: Path
    realm: str
    organisation: str


class Watching(_Table):
    """``[watch]``: what is written down and told about the service."""

    log: Literal["auto", "json", "console"] = "auto"
    """Form of the logs on stderr; auto: text on a terminal, else JSON lines."""
    metrics_token: SecretStr | None = None
    """Whoever sends it as ``Authorization: Bearer`` gets the metrics at ``/metrics``; without one nobody does."""
    secret_days: Annotated[int, Field(ge=0, le=3650)] = 180
    """Age in days from which a notice asks for the client secret to be rotated; 0: never."""


class Mail(_Table):
    """``[smtp]``: where messages about failed runs go out."""

    url: Annotated[str, Field(pattern=r"^smtp(s|\+plain)?://\S+$")]
    """``smtp://user:password@host:587`` (STARTTLS), ``smtps://host:465``, ``smtp+plain://host:25``."""
    sender: str = "Gewerk Connect <connect@localhost>"
    to: tuple[str, ...] = ()
    """The operator's addresses, for what concerns the whole service."""


class Configuration(_Table):
    """One installation of the service."""

    data: Path = Path(".connect")
    """Folder for the key, the customers' mapping files and, by default, the state."""
    state_url: str | None = None
    """``sqlite:///...`` or ``postgresql://...``; default is a SQLite file in ``data``."""
    base_url: Origin = "http://127.0.0.1:8001"
    """Address under which browsers reach the service; links must be issued for exactly it."""
    listen: Annotated[str, Field(pattern=r"^(\[[0-9a-fA-F:]+\]|[^\s:]+):\d{1,5}$")] = "127.0.0.1:8001"
    certificate: Path | None = None
    """PEM, where the service itself speaks TLS; without it a reverse proxy does, or nobody."""
    certificate_key: Path | None = None
    issuers: tuple[Issuer, ...] = ()
    frame_ancestors: tuple[Origin, ...] = ()
    """Origins of ERP windows that may show the pages in a frame; empty: none."""
    language: Literal["de", "en"] = "de"
    """Before a link has said which."""
    roots: tuple[Path, ...] = ()
    """Folders under which exports may lie; empty: no source may read files."""
    hosts: tuple[str, ...] = ()
    """Hosts (``erp.example``, ``*.example``) that sources and targets may name; empty: any."""
    key: SecretStr | None = None
    """Fernet keys separated by blanks, the first encrypts; default: made once in ``data``."""
    smtp: Mail | None = None
    watch: Watching = Watching()
    retention: RetentionSettings = RetentionSettings()
    """For how long the ledgers keep what is no longer in force: ``[retention]``."""
    adopt: tuple[Adopted, ...] = ()
    engine: Limits = Limits()
    """How much at once: ``[engine]``."""
    file: Path | None = None
    """The file as it was named, to name it in commands."""

    @field_validator("issuers")
    @classmethod
    def _one_key_each(cls, issuers: tuple[Issuer, ...]) -> tuple[Issuer, ...]:
        if len({issuer.name for issuer in issuers}) != len(issuers):
            raise ValueError("jeder Name nur einmal / each name only once")
        return issuers

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the state."""
        return self.state_url or f"sqlite:///{self.data.resolve() / 'service.sqlite3'}"

    @property
    def secure(self) -> bool:
        """Whether browsers reach the service by TLS: then cookies are for TLS only and live in foreign frames."""
        return urlsplit(self.base_url).scheme == "https"


def load_configuration(path: Path | None, environment: Mapping[str, str] = os.environ) -> Configuration:
    """The file's entries, the environment's above them. Raises ``SettingsError`` that names what is wrong."""
    data: dict[str, Any] = {}
    name = path.name if path else "GEWERK_CONNECT_*"
    if path is not None:
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            place = f" ({error})" if isinstance(error, tomllib.TOMLDecodeError) else ""
            raise SettingsError(
                "configuration_unreadable",
                f"Die Konfiguration {name} ist nicht lesbar oder kein gültiges TOML{place}.",
                f"The configuration {name} cannot be read or is no valid TOML{place}.",
            ) from error
    data |= _from_environment(environment, data)
    try:
        found = Configuration.model_validate(data)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors(include_url=False)
        )
        raise SettingsError(
            "configuration_invalid",
            f"Die Konfiguration {name} ist nicht verwendbar: {wrong}.",
            f"The configuration {name} cannot be used: {wrong}.",
        ) from None
    folder = path.resolve().parent if path else Path.cwd()
    adopted = tuple(one.model_copy(update={"file": folder / one.file}) for one in found.adopt)
    anchored = {
        name: folder / value
        for name in ("data", "certificate", "certificate_key")
        if (value := getattr(found, name)) is not None
    }
    roots = tuple((folder / root).resolve() for root in found.roots)
    return found.model_copy(update={**anchored, "roots": roots, "adopt": adopted, "file": path})


def _from_environment(environment: Mapping[str, str], data: Mapping[str, Any]) -> dict[str, Any]:
    """``ISSUERS`` is ``name=key`` separated by blanks; lists are separated by blanks, folders as in ``PATH``."""
    given = {
        name.removeprefix(PREFIX).lower(): value.strip()
        for name, value in environment.items()
        if name.startswith(PREFIX) and value.strip()
    }
    found: dict[str, Any] = {
        name: given[name] for name in ("data", "state_url", "base_url", "listen", "language", "key") if name in given
    }
    found |= {name: given[name].split() for name in ("frame_ancestors", "hosts") if name in given}
    if "roots" in given:
        found["roots"] = given["roots"].split(os.pathsep)
    if "issuers" in given:
        pairs = (entry.partition("=") for entry in given["issuers"].split())
        found["issuers"] = [{"name": name, "public_key": key} for name, _, key in pairs]
    watch = {name: given[name] for name in ("log", "metrics_token") if name in given}
    if watch:
        found["watch"] = {**data.get("watch", {}), **watch}
    if "smtp_url" in given:
        smtp = dict(data.get("smtp", {})) | {"url": given["smtp_url"]}
        found["smtp"] = smtp | ({"sender": given["mail_from"]} if "mail_from" in given else {})
    return found
