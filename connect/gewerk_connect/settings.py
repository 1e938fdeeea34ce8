"""One connection's configuration file (TOML), read once and typed (spec 01, "Settings" and "For scripts").

Owns names, defaults and what is allowed. Never reads the source, talks to the target or writes a secret anywhere.
Read first: ``Settings``; its fields are the table of the spec, in that order.
"""

import hashlib
import json
import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.source_settings import Problem, SourceSettings

SEPARATORS = ("-", "_", ".", "/", "|")
USAGES = ("living", "commercial", "parking", "storage", "other")
Usage = Literal["living", "commercial", "parking", "storage", "other"]
Number = Annotated[str, Field(min_length=1, max_length=64)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Settings(_Table):
    """``[settings]``: how records are chosen, named and judged. Only ``separator`` has no default."""

    separator: Literal["-", "_", ".", "/", "|"]
    """Joins the ERP's numbers into Gewerk's ids; fixed after the first productive run (rule 7)."""
    clients: tuple[Number, ...] = ()
    """Mandanten Nummern: only these are synced; empty means all (rule 2)."""
    objects: tuple[Number, ...] = ()
    """Object (building) numbers: only these are synced; empty means all."""
    exact_numbers: bool = False
    """Take ``clients`` and ``objects`` letter by letter, for a source that holds both ``1`` and ``0001``."""
    objects_gone: tuple[str, ...] = ()
    """Ids of objects that the ERP no longer lists and that are indeed gone: archived. Needed only where an ERP that takes
    away rights stops listing an object (UTS KARTHAGO); there it is kept otherwise."""
    main_tenants_only: bool = False
    vacant_units: bool = True
    """False: a vacant unit is left out unless a lease inside the time window names it."""
    usages: tuple[Usage, ...] = ()
    """Only units of these usages; empty means all."""
    lead_days: Annotated[int, Field(ge=0, le=3660)] = 60
    """Days before its start from which a lease or ownership is sent (rule 3)."""
    grace_days: Annotated[int, Field(ge=0, le=3660)] = 0
    """Days after its end until which a lease or ownership is still sent (rule 3)."""
    tenants_without_email: Literal["skip", "send_without"] = "skip"
    economic_entities_as_groups: bool = False
    economic_entity_as_property: bool = False
    """The economic entity becomes the property of units that have no building level."""
    usage_table: dict[str, Usage] = {}
    """The customer's additions to the source's usage table: ``{"Atelier" = "commercial"}``."""
    floor_table: dict[str, int] = {}
    """The customer's own floors: ``{"DG" = 4}``; asked before the floor rule."""
    floor_rule: Literal["gewerk", "wodis-sigma"] = "gewerk"
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "DE"
    """The organisation's country: default for phone numbers and for addresses without one (ISO 3166-1)."""
    fuse_percent: Annotated[float, Field(ge=0, le=100)] = 5.0
    """Deactivation fuse: stop before archiving more than this share of a type's active records ... (rule 5)."""
    fuse_minimum: Annotated[int, Field(ge=0)] = 10
    """... and more than this many of them."""

    @field_validator("clients", "objects", mode="before")
    @classmethod
    def _numbers_are_text(cls, value: Any) -> Any:
        """A number without quotes is taken as it stands: TOML allows it no leading zeros, so none is lost."""
        if isinstance(value, list):
            return [str(number) if type(number) is int else number for number in value]
        return value

    def fingerprint(self) -> str:
        """Stable hash of everything that decides what is sent and how; the fuse does not."""
        chosen = self.model_dump(mode="json", exclude={"fuse_percent", "fuse_minimum"})
        for name in ("clients", "objects", "usages", "objects_gone"):
            chosen[name] = sorted(set(chosen[name]))
        text = json.dumps(chosen, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


TARGETS = Path(__file__).parent / "targets"
"""Every folder here with a manifest is a kind of target; ``targets.catalogue`` reads what it says."""


class TargetSettings(_Table):
    """``[target]``: where to, and the key. Each secret is given as the value, as ``_env`` or as ``_file``."""

    kind: str = "gewerk"
    """``gewerk``, or another target of this installation (``gewerk-connect targets``)."""
    mapping: Path | None = None
    """The customer's copy of the target's ``mapping.toml``, where it has one; relative to the configuration file."""
    base_url: Annotated[str, Field(pattern=r"^https?://[^\s/]+.*$")]
    client_id: str | None = None
    client_id_env: str | None = None
    client_id_file: Path | None = None
    client_secret: SecretStr | None = None
    client_secret_env: str | None = None
    client_secret_file: Path | None = None

    @field_validator("kind")
    @classmethod
    def _kind_is_known(cls, kind: str) -> str:
        kinds = sorted(file.parent.name for file in TARGETS.glob("*/manifest.toml"))
        if kind not in kinds:
            expected = " / ".join(repr(known) for known in kinds)
            raise PydanticCustomError("literal_error", "Input should be {expected}", {"expected": expected})
        return kind

    @model_validator(mode="after")
    def _one_way_each(self) -> Self:
        for name in ("client_id", "client_secret"):
            ways = [way for way in (name, f"{name}_env", f"{name}_file") if getattr(self, way) is not None]
            if len(ways) != 1:
                raise ValueError(
                    f"genau eins von {name}, {name}_env, {name}_file angeben / "
                    f"give exactly one of {name}, {name}_env, {name}_file"
                )
        return self

    def credentials(self) -> tuple[str, str]:
        """Client id and client secret, from where the configuration says. Raises ``SettingsError``."""
        return self._resolve("client_id"), self._resolve("client_secret")

    def _resolve(self, name: str) -> str:
        value: str | SecretStr | None = getattr(self, name)
        if value is not None:
            return value.get_secret_value() if isinstance(value, SecretStr) else value
        variable: str | None = getattr(self, f"{name}_env")
        if variable is not None:
            found = os.environ.get(variable, "").strip()
            if not found:
                raise SettingsError(
                    "secret_missing",
                    f"Die Umgebungsvariable {variable} ({name}_env) ist leer. Setzen Sie sie und starten Sie neu.",
                    f"The environment variable {variable} ({name}_env) is empty. Set it and start again.",
                )
            return found
        file: Path = getattr(self, f"{name}_file")
        try:
            found = file.read_text(encoding="utf-8-sig").strip()
        except (OSError, UnicodeDecodeError):
            found = ""
        if not found:
            raise SettingsError(
                "secret_missing",
                f"Die Datei {file.name} ({name}_file) fehlt, ist leer oder nicht lesbar.",
                f"The file {file.name} ({name}_file) is missing, empty or unreadable.",
            )
        return found


class StateSettings(_Table):
    """``[state]``: where the ledger lives; without it a SQLite file beside the configuration."""

    url: str | None = None


class RetentionSettings(_Table):
    """``[retention]``: for how many days the ledger keeps what is no longer in force. 0: only what is needed."""

    runs: Annotated[int, Field(ge=0, le=36_500)] = 730
    """Runs with their counts and messages; the last five always stay."""
    findings: Annotated[int, Field(ge=0, le=36_500)] = 180
    """Findings record by record; those of the last run always stay, and only those of the last five runs are kept at all."""
    archived: Annotated[int, Field(ge=0, le=36_500)] = 90
    """What was last sent of a record that has been archived since: names, addresses, e-mails."""


class Connection(_Table):
    """The whole file. ``id`` and ``name`` default to the file's name; ``check-source`` needs no ``target``."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    name: str
    source: SourceSettings
    target: TargetSettings | None = None
    settings: Settings
    state: StateSettings = StateSettings()
    retention: RetentionSettings = RetentionSettings()
    page_url: str | None = None
    """Where the service shows this connection; None for one that is run from a file."""
    file: Path | None = None
    """The configuration as it was named, to name it in commands."""
    folder: Path
    """Where the configuration lies; relative paths start here."""

    def state_url(self) -> str:
        """SQLAlchemy URL of the state."""
        return self.state.url or f"sqlite:///{self.folder / (self.id + '.state.sqlite3')}"

    def snapshot_folder(self) -> Path:
        """Where a source that is fetched over a network leaves what it read: beside the state, private."""
        return self.folder / f"{self.id}.snapshot"


def load(path: Path) -> Connection:
    """Reads a configuration file. Raises ``SettingsError`` that names every wrong entry at once."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(
            "configuration_unreadable",
            f"Die Konfiguration {path.name} ist nicht lesbar. Prüfen Sie Pfad und Rechte.",
            f"The configuration {path.name} cannot be read. Check its path and rights.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        place = f" ({error})" if isinstance(error, tomllib.TOMLDecodeError) else ""
        raise SettingsError(
            "configuration_invalid",
            f"Die Konfiguration {path.name} ist kein gültiges TOML in UTF-8{place}.",
            f"The configuration {path.name} is no valid TOML in UTF-8{place}.",
        ) from error
    folder = path.resolve().parent
    data.setdefault("id", path.stem)
    data.setdefault("name", data["id"])
    data["folder"] = folder
    data["file"] = path
    try:
        connection = Connection.model_validate(data)
    except ValidationError as error:
        raise _readable(path, error, data.get("source")) from None
    if problems := connection.source.problems():
        raise _unusable(path, problems)
    return connection.model_copy(
        update={
            "source": connection.source.model_copy(update=_anchored(connection.source, folder)),
            "target": connection.target and connection.target.model_copy(update=_anchored(connection.target, folder)),
        }
    )


def _anchored(part: BaseModel, folder: Path) -> dict[str, Path]:
    return {name: folder / value for name, value in part if isinstance(value, Path)}


_GERMAN = {
    "missing": "fehlt",
    "extra_forbidden": "gibt es nicht (Schreibweise prüfen)",
    "literal_error": "ist keiner der erlaubten Werte",
    "bool_parsing": "muss true oder false sein",
    "int_parsing": "muss eine ganze Zahl sein",
    "int_type": "muss eine ganze Zahl sein",
    "string_type": "muss ein Text in Anführungszeichen sein",
    "greater_than_equal": "ist zu klein",
    "less_than_equal": "ist zu groß",
    "string_pattern_mismatch": "hat nicht die richtige Form",
}


def _readable(path: Path, error: ValidationError, source: Any) -> SettingsError:
    """Every wrong entry; those of ``[source]`` that only its kind's manifest can tell as well."""
    problems = problems_of(error)
    if not any(problem.place.startswith("source") for problem in problems):
        problems += SourceSettings.model_validate(source).problems()
    return _unusable(path, problems)


def problems_of(error: ValidationError) -> list[Problem]:
    """Each wrong entry with its place, in both languages."""
    problems = []
    for item in error.errors(include_url=False, include_input=False, include_context=True):
        place = ".".join(str(part) for part in item["loc"]) or "[target]"
        expected = item.get("ctx", {}).get("expected")
        allowed = f" ({expected})" if expected else ""
        message = item["msg"].removeprefix("Value error, ")
        problems.append(Problem(place, f"{_GERMAN.get(item['type'], message)}{allowed}", message))
    return problems


def _unusable(path: Path, problems: Sequence[Problem]) -> SettingsError:
    return SettingsError(
        "configuration_invalid",
        f"Die Konfiguration {path.name} ist nicht verwendbar: "
        + "; ".join(f"{problem.place}: {problem.de}" for problem in problems)
        + ".",
        f"The configuration {path.name} cannot be used: "
        + "; ".join(f"{problem.place}: {problem.en}" for problem in problems)
        + ".",
    )
