"""What an operator may set, by environment variable ``GEWERK_*`` (``DATABASE_URL`` also without prefix)."""

import base64
import fcntl
import json
import os
import re
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import AliasChoices, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_HOST = re.compile(r"[A-Za-z0-9.\-]+(:[0-9]{1,5})?")


class Installation(BaseSettings):
    """One installation of Gewerk. The defaults run it embedded: SQLite, local files, one process tree."""

    model_config = SettingsConfigDict(env_prefix="GEWERK_", extra="ignore")

    data: Path = Field(default=Path(".data"), description="Folder for database, files and secrets.")
    database_url: str = Field(
        default="",
        validation_alias=AliasChoices("GEWERK_DATABASE_URL", "DATABASE_URL"),
        description="postgresql://user:password@host/name; empty means SQLite in the data folder.",
    )
    database_owner_url: str = Field(
        default="",
        description="postgresql://... of the role that owns the tables and runs the migrations; the role of the database URL then"
        " reads and writes, and cannot change an award record. Empty: one role does both.",
    )
    base_url: str = Field(
        default="http://127.0.0.1:8000",
        description="Address under which users reach Gewerk; links in mails begin with it.",
    )
    allowed_hosts: str = Field(default="", description="Further host names, separated by commas.")
    language: Literal["de", "en"] = Field(default="de", description="Language of pages before somebody has logged in.")
    demo: bool = Field(
        default=False, description="Demo installation: logins on the start page, mails go to an outbox page."
    )
    debug: bool = Field(default=False, description="Django's debug pages; never on a reachable machine.")
    secret_key: str = Field(
        default="", description="Signs sessions and links; generated into the data folder when empty."
    )
    encryption_key: str = Field(
        default="", description="Fernet key for client secrets; generated into the data folder when empty."
    )
    connector_url: str = Field(
        default="",
        description="Address of the connector's pages (gewerk-connect serve); set by up, empty: without pages.",
    )
    connector_key: str = Field(
        default="",
        description="Ed25519 private key (32 bytes, base64) that signs links to the connector's pages; generated into the"
        " data folder when empty.",
    )
    setup_code: str = Field(
        default="",
        description="Code that the first-operator page asks for; derived from the secret key when empty, printed by up.",
    )
    smtp_url: str = Field(
        default="",
        description="smtp://user:password@host:587 (STARTTLS), smtps://host:465, smtp+plain://host:25; empty: mails wait.",
    )
    mail_from: str = Field(default="Gewerk <gewerk@localhost>", description="Sender of mails.")
    token_hours: int = Field(default=24, ge=1, le=168, description="Life of an API access token in hours.")
    web_processes: int = Field(
        default=0,
        ge=0,
        le=64,
        description="Processes that answer pages and API with PostgreSQL; 0: one per processor. With SQLite it is always one.",
    )
    api_rate_per_minute: int = Field(
        default=1200, ge=1, description="API calls per key and minute; each process counts for itself."
    )
    upload_limit_mb: int = Field(default=8, ge=1, description="Largest request body in MB.")
    storage_limit_gb: int = Field(
        default=100,
        ge=0,
        description="Photos, videos and documents that one organisation may keep, in GB; 0: no limit.",
    )
    virus_check: str = Field(
        default="",
        description="Command that checks an uploaded file, its path is added: exit code 0 clean, 1 infected, else not checked"
        " (the upload is refused); for example clamdscan --fdpass --no-summary. Empty: no check.",
    )
    tile_url: str = Field(
        default="",
        description="Server of map tiles that lie under the points of maps: https://tiles.example.de/{z}/{x}/{y}.png. Browsers ask it, so"
        " it learns which stretch somebody looks at. Empty: maps without tiles, and nobody is asked.",
    )
    tile_attribution: str = Field(
        default="", description="Whose tiles they are, as their licence wants it said; stands under each map."
    )
    trust_proxy: bool = Field(
        default=False, description="Behind a reverse proxy that sets X-Forwarded-Proto and X-Forwarded-For."
    )

    @field_validator("tile_url")
    @classmethod
    def _tile_url(cls, given: str) -> str:
        """Its host goes into the policy that the pages send: nothing may stand there but a host."""
        if not given:
            return given
        example = "for example https://tiles.example.de/{z}/{x}/{y}.png"
        address = urlsplit(given)
        if address.scheme not in {"http", "https"} or not _HOST.fullmatch(address.netloc):
            raise ValueError(f"must begin with https:// and a host, {example}")
        if address.scheme == "http" and address.hostname not in {"localhost", "127.0.0.1"}:
            raise ValueError(f"must be https:// unless the tiles come from this machine, {example}")
        if sorted(re.findall(r"{[^}]*}", given)) != ["{x}", "{y}", "{z}"] or re.search(r"[\s\"'<>]", given):
            raise ValueError(f"must name {{z}}, {{x}} and {{y}} once each and nothing else in braces, {example}")
        return given

    @model_validator(mode="after")
    def _tiles_say_whose_they_are(self) -> "Installation":
        if self.tile_url and not self.tile_attribution.strip():
            raise ValueError(
                "GEWERK_TILE_URL needs GEWERK_TILE_ATTRIBUTION: say whose tiles they are, for example © OpenStreetMap contributors"
            )
        return self

    @property
    def tile_origin(self) -> str:
        """Scheme and host of the tiles, as a policy names them; empty without tiles."""
        address = urlsplit(self.tile_url)
        return f"{address.scheme}://{address.netloc}" if self.tile_url else ""

    def secret(self, name: Literal["secret_key", "encryption_key", "connector_key"]) -> str:
        """The named secret: from the environment, else from ``secrets.json`` in the data folder (generated once, mode 0600)."""
        given: str = getattr(self, name)
        return given or _generated_secrets(self.data)[name]


def _fresh_secrets() -> dict[str, str]:
    return {
        "secret_key": secrets.token_urlsafe(48),
        "encryption_key": Fernet.generate_key().decode(),
        "connector_key": base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode(),
    }


@lru_cache
def _generated_secrets(data: Path) -> dict[str, str]:
    path = data / "secrets.json"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = _draft(data, _fresh_secrets())
    try:
        # A hard link fails if the file exists: of two processes starting at once exactly one wins.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    kept: dict[str, str] = json.loads(path.read_text())
    return kept if kept.keys() >= _fresh_secrets().keys() else _completed(path)


def _completed(path: Path) -> dict[str, str]:
    """Adds the secrets that an installation made before they existed; of two processes at once one adds them."""
    with path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        kept: dict[str, str] = {**_fresh_secrets(), **json.loads(path.read_text())}
        _draft(path.parent, kept).replace(path)
    return kept


def _draft(data: Path, values: dict[str, str]) -> Path:
    draft = data / f".secrets-{os.getpid()}-{secrets.token_hex(4)}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(values, file)
    return draft


def wrong_settings(error: ValidationError) -> list[str]:
    """One line per setting: the variable, and what it must be. Without the value, which may be a secret."""
    lines = []
    for fault in error.errors(include_url=False, include_input=False):
        name = str(fault["loc"][0]) if fault["loc"] else ""
        variable = name.upper() if name.isupper() else f"{Installation.model_config.get('env_prefix')}{name.upper()}"
        said = fault["msg"].removeprefix("Value error, ")
        lines.append(f"{variable}: {said}" if name else said)
    return lines


@lru_cache
def installation() -> Installation:
    """The settings of this process, read once."""
    return Installation()
