"""The catalogue of targets, out of their manifests. A new target is a new folder, nothing else."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.settings import TARGETS


@dataclass(slots=True, frozen=True)
class Said:
    """A text in both languages."""

    de: str
    en: str

    def __call__(self, language: str) -> str:
        return self.en if language == "en" else self.de


@dataclass(slots=True, frozen=True)
class InputField:
    """What the login step asks for. ``name`` is that of ``[target]``."""

    name: str
    label: Said
    help: Said
    secret: bool
    required: bool


@dataclass(slots=True, frozen=True)
class Country:
    """Where the target is reached for an organisation of this country (ISO 3166-1)."""

    code: str
    base_url: str
    sandbox_login_url: str | None
    """Where people log in to try things out; None where there is no such place."""


@dataclass(slots=True, frozen=True)
class Manifest:
    """What a target is and what is known about it."""

    kind: str
    name: str
    summary: Said
    categories: tuple[Said, ...]
    use_cases: tuple[str, ...]
    """``master-data``, ``tickets``: those that the connector serves for this target."""
    fields: tuple[InputField, ...]
    countries: tuple[Country, ...]
    """Empty: every installation has an address of its own."""
    mapping: Path | None
    """The target mapping of which the customer may edit a copy; None where there is nothing to map."""
    verified: tuple[str, ...]
    assumed: tuple[str, ...]
    untried: tuple[str, ...]
    """What nobody has tried against the real one."""
    cannot: tuple[str, ...]
    read: tuple[str, ...]
    """Public pages that it was made from."""
    folder: Path

    def as_json(self) -> dict[str, Any]:
        """For scripts: what there is, and plainly what is only assumed."""
        return {
            "kind": self.kind,
            "name": self.name,
            "use_cases": list(self.use_cases),
            "needs": [field.name for field in self.fields if field.required],
            "countries": [{"code": country.code, "base_url": country.base_url} for country in self.countries],
            "verified": list(self.verified),
            "assumed": list(self.assumed),
            "untried": list(self.untried),
            "cannot": list(self.cannot),
        }


@cache
def kinds() -> dict[str, Manifest]:
    """Every target of this installation by its kind."""
    found = (_manifest(file) for file in sorted(TARGETS.glob("*/manifest.toml")))
    return {manifest.kind: manifest for manifest in found}


def manifest(kind: str) -> Manifest:
    """Raises ``SettingsError`` for a kind that this installation lacks."""
    found = kinds().get(kind)
    if found is None:
        known = ", ".join(kinds())
        raise SettingsError(
            "kind_unknown",
            f"Das Ziel {kind!r} gibt es nicht. Möglich sind: {known}.",
            f"There is no target {kind!r}. Possible are: {known}.",
        )
    return found


def _manifest(file: Path) -> Manifest:
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    mapping = file.parent / "mapping.toml"
    return Manifest(
        kind=file.parent.name,
        name=data["name"],
        summary=_said(data["summary"]),
        categories=tuple(_said(one) for one in data["categories"]),
        use_cases=tuple(data["use_cases"]),
        fields=tuple(
            InputField(
                one["name"],
                _said(one["label"]),
                _said(one["help"]),
                one.get("secret", False),
                one.get("required", True),
            )
            for one in data["fields"]
        ),
        countries=tuple(
            Country(one["code"], one["base_url"], one.get("sandbox_login_url")) for one in data.get("countries", ())
        ),
        mapping=mapping if mapping.exists() else None,
        verified=tuple(data["verified"]),
        assumed=tuple(data["assumed"]),
        untried=tuple(data["untried"]),
        cannot=tuple(data["cannot"]),
        read=tuple(data["read"]),
        folder=file.parent,
    )


def _said(data: dict[str, Any]) -> Said:
    return Said(data["de"], data["en"])
