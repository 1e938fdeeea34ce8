"""What each ERP's folder says of itself: what it yields, what it needs to be told, what is verified and what assumed.

Reads ``sources/*/manifest.toml`` and the folders that ``GEWERK_SOURCES`` names (separated as in ``PATH``); runs none of their code.
Knows nothing but the files, so that the settings can be checked and an activation page be built from it.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gewerk_connect.canonical.refusals import SettingsError

BUILT_IN = Path(__file__).parent / "sources"
ACCESS = ("folder", "file", "url", "database")
"""Ways to a source: a folder of files, one file, an interface over HTTP, a database."""
NETWORK = frozenset({"url", "database"})
INPUTS = ("folder", "file", "url", "text", "secret", "number", "yes_no", "list")
"""What a page asks for; ``list`` is several texts."""


@dataclass(slots=True, frozen=True)
class Field:
    """One entry of ``[source]`` as a person is asked for it.

    A ``credential`` may be written as the value, as ``<name>_env`` or as ``<name>_file``; a ``secret`` is never shown again.
    """

    name: str
    input: str
    """One of ``INPUTS``."""
    access: tuple[str, ...]
    """Where it is asked for, of ``ACCESS``."""
    required: bool
    secret: bool
    credential: bool
    advanced: bool
    """Has a good default and belongs below "more settings"."""
    default: str
    """What stands there when nothing is entered; "" for nothing."""
    example: str
    label_de: str
    label_en: str
    help_de: str
    help_en: str

    def label(self, language: str) -> str:
        return self.label_en if language == "en" else self.label_de

    def help(self, language: str) -> str:
        return self.help_en if language == "en" else self.help_de


@dataclass(slots=True, frozen=True)
class Verified:
    """A claim and the test that shows it (``file::test``)."""

    claim: str
    test: str


@dataclass(slots=True, frozen=True)
class Manifest:
    """What a source yields and needs, and what is known about it; texts are German where no language is named."""

    kind: str
    erp_name: str
    form: str
    yields: tuple[str, ...]
    needs: tuple[str, ...]
    access: tuple[str, ...]
    fields: tuple[Field, ...]
    """In the order in which they are asked for, the advanced ones last."""
    quality: tuple[Verified, ...]
    assumed: tuple[str, ...]
    absence_is_doubtful: bool
    """An object that the ERP no longer lists may only have been hidden from us: it is not archived for that alone."""
    folder: Path

    @property
    def verified(self) -> tuple[str, ...]:
        return tuple(check.claim for check in self.quality)

    def fields_for(self, access: str) -> tuple[Field, ...]:
        """The entries that this way to the source asks for."""
        return tuple(field for field in self.fields if access in field.access)


def kinds() -> dict[str, Manifest]:
    """Every source of this installation by its kind. Raises ``SettingsError`` for a manifest that cannot be used."""
    return _kinds(os.environ.get("GEWERK_SOURCES", ""))


def manifest(kind: str) -> Manifest:
    """Raises ``SettingsError`` for a kind that this installation lacks."""
    found = kinds().get(kind)
    if found is None:
        known = ", ".join(kinds())
        raise SettingsError(
            "kind_unknown",
            f"Die Quelle {kind!r} gibt es nicht. Möglich sind: {known}.",
            f"There is no source {kind!r}. Possible are: {known}.",
        )
    return found


@cache
def _kinds(further: str) -> dict[str, Manifest]:
    folders = [BUILT_IN, *(Path(folder) for folder in further.split(os.pathsep) if folder)]
    found: dict[str, Manifest] = {}
    for folder in folders:
        for file in sorted(folder.glob("*/manifest.toml")):
            one = load_manifest(file)
            if one.kind in found:
                raise _unusable(file, f"kind {one.kind} gibt es schon", f"kind {one.kind} exists already")
            found[one.kind] = one
    return found


def load_manifest(file: Path) -> Manifest:
    """Raises ``SettingsError`` that names the entry which cannot be used."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _unusable(file, f"kein lesbares TOML ({type(error).__name__})", "no readable TOML") from None
    try:
        quality = data["quality"]
        return Manifest(
            kind=data["kind"],
            erp_name=data["erp_name"],
            form=data["form"],
            yields=tuple(data["yields"]),
            needs=tuple(data["needs"]),
            access=_known(file, "access", data["access"], ACCESS),
            fields=_fields(file, data),
            quality=tuple(Verified(check["claim"], check["test"]) for check in quality["verified"]),
            assumed=tuple(quality["assumed"]),
            absence_is_doubtful=bool(data.get("absence_is_doubtful", False)),
            folder=file.parent,
        )
    except (KeyError, TypeError) as error:
        raise _unusable(file, f"der Eintrag {error} fehlt", f"the entry {error} is missing") from None


def _fields(file: Path, data: Mapping[str, Any]) -> tuple[Field, ...]:
    """The manifest's own fields, then those that every source of the same access has (``sources/fields.toml``)."""
    known, everywhere = _shared_fields()
    offered = tuple(data["access"])
    own = [_field(file, {**known.get(entry["name"], {}), **entry}, offered) for entry in data.get("fields", ())]
    named = {field.name for field in own}
    shared = [_field(file, entry, offered) for entry in everywhere if entry["name"] not in named]
    asked = [field for field in (*own, *shared) if field.access]
    return tuple(sorted(asked, key=lambda field: field.advanced))


def _field(file: Path, entry: Mapping[str, Any], offered: tuple[str, ...]) -> Field:
    label, explanation = entry["label"], entry["help"]
    access = _known(file, f"fields.{entry['name']}.access", entry.get("access", offered), ACCESS)
    (kind,) = _known(file, f"fields.{entry['name']}.input", [entry["input"]], INPUTS)
    return Field(
        name=entry["name"],
        input=kind,
        access=tuple(way for way in access if way in offered),
        required=bool(entry.get("required", False)),
        secret=kind == "secret",
        credential=bool(entry.get("credential", False)),
        advanced=bool(entry.get("advanced", False)),
        default=str(entry.get("default", "")),
        example=str(entry.get("example", "")),
        label_de=label["de"],
        label_en=label["en"],
        help_de=explanation["de"],
        help_en=explanation["en"],
    )


@cache
def _shared_fields() -> tuple[dict[str, Any], list[Any]]:
    """Fields by name, and those that every source of their access is asked for."""
    data = tomllib.loads((BUILT_IN / "fields.toml").read_text(encoding="utf-8"))["fields"]
    return {entry["name"]: entry for entry in data}, [entry for entry in data if entry.get("everywhere")]


def _known(file: Path, place: str, values: Any, allowed: tuple[str, ...]) -> tuple[str, ...]:
    if wrong := [value for value in values if value not in allowed]:
        names = ", ".join(allowed)
        raise _unusable(
            file, f"{place}: {wrong[0]!r} ist keins von {names}", f"{place}: {wrong[0]!r} is none of {names}"
        )
    return tuple(values)


def _unusable(file: Path, de: str, en: str) -> SettingsError:
    place = f"{file.parent.name}/{file.name}"
    return SettingsError("manifest_invalid", f"{place} ist nicht verwendbar: {de}.", f"{place} cannot be used: {en}.")
