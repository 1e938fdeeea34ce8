"""Reads the target mapping: paths, paging and what each field is called over there. The customer may edit a copy."""

import hashlib
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.settings import problems_of

Name = Annotated[str, Field(min_length=1)]
EntityName = Literal["property", "unit", "landlord", "tenant", "group"]

_PERSON = (
    "unit_external_ids",
    "kind",
    "salutation",
    "title",
    "first_name",
    "last_name",
    "company_name",
    "email",
    "further_emails",
    "phones",
    "language",
    "contract_number",
    "contract_start",
    "contract_end",
    "role",
    "share",
    "party_number",
    "client_number",
)
FIELDS: dict[str, tuple[str, ...]] = {
    "property": (
        "name",
        *(
            f"address.{part}"
            for part in ("street", "house_number", "addition", "postcode", "city", "district", "country", "raw")
        ),
        "client_number",
        "construction_year",
        "storeys",
        "group_external_ids",
    ),
    "unit": (
        "property_external_id",
        "name",
        "usage",
        "usage_raw",
        "floor",
        "floor_raw",
        "position",
        "living_area_m2",
        "usable_area_m2",
        "rooms",
        "occupancy",
        "client_number",
    ),
    "landlord": _PERSON,
    "tenant": _PERSON,
    "group": ("name",),
}
"""What the connector has to give of each kind of record (spec 02, "Fields")."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class FieldRule(_Part):
    """How one field travels. ``to`` and ``held`` are dotted paths into the record over there."""

    to: Name
    held: Name | None = None
    """Where the answer shows it; the same place unless said otherwise."""
    values: dict[str, str | int | bool] | None = None
    refers_to: EntityName | None = None
    first: bool = False
    pick: Name | None = None
    number: bool = False

    @property
    def shown_at(self) -> str:
        return self.held or self.to


class Archived(_Part):
    """The state that takes a record out of use and keeps it."""

    field: Name
    value: str | int | bool
    active: str | int | bool
    reason: Name | None = None
    """Where the reason goes, if there is a place for it."""


class EntityMapping(_Part):
    path: Annotated[str, Field(pattern=r"^/\S+$")]
    id: Name
    external_id: Name
    change: Literal["PATCH", "PUT", "POST"] = "PATCH"
    query: dict[str, str] = {}
    constants: dict[str, str | int | bool] = {}
    archived: Archived | None = None
    """None: what is over there stays as it is; the run says so of every record that should be archived."""
    fields: dict[str, FieldRule]

    @field_validator("fields", mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        """``name = "title"`` is ``name = { to = "title" }``."""
        if isinstance(value, dict):
            return {name: {"to": rule} if isinstance(rule, str) else rule for name, rule in value.items()}
        return value


class Api(_Part):
    version: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    in_flight: Annotated[int, Field(ge=1, le=64)] = 4
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 60.0
    look_up_after_seconds: Annotated[float, Field(ge=0, le=600)] = 5.0
    renames: bool = False
    changed_since: Name | None = None
    envelope: Name | None = None


class Paging(_Part):
    style: Literal["offset", "page", "cursor", "next"]
    limit: Name | None = None
    size: Annotated[int, Field(ge=1, le=10_000)] = 100
    position: Name | None = None
    first_page: int = 1
    items: str = ""
    next: Name | None = None
    total: Name | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Paging":
        needed = {"offset": ("position",), "page": ("position",), "cursor": ("position", "next"), "next": ("next",)}
        missing = [name for name in needed[self.style] if getattr(self, name) is None]
        if missing:
            raise ValueError(f"style = {self.style!r} braucht / needs {', '.join(missing)}")
        return self


class Find(_Part):
    query: Name


class Entities(_Part):
    property: EntityMapping
    unit: EntityMapping
    landlord: EntityMapping
    tenant: EntityMapping
    group: EntityMapping | None = None

    @model_validator(mode="after")
    def _known_fields(self) -> "Entities":
        for entity, mapped in self:
            unknown = [name for name in (mapped.fields if mapped else ()) if name not in FIELDS[entity]]
            if unknown:
                fields = ", ".join(FIELDS[entity])
                raise ValueError(
                    f"[entities.{entity}.fields] {unknown[0]} gibt es nicht; es gibt {fields} / "
                    f"{unknown[0]} does not exist; there are {fields}"
                )
            places = sorted(rule.to for rule in mapped.fields.values()) if mapped else []
            inside = [a for a, b in pairwise(places) if f"{b}.".startswith(f"{a}.")]
            if inside:
                raise ValueError(
                    f"[entities.{entity}.fields] {inside[0]} ist das Ziel mehrerer Felder / "
                    f"{inside[0]} is where several fields go"
                )
        return self


class TargetMapping(_Part):
    api: Api
    paging: Paging
    find: Find
    entities: Entities
    fingerprint: str = ""

    def of(self, entity: str) -> EntityMapping | None:
        found: EntityMapping | None = getattr(self.entities, entity)
        return found


def load_mapping(path: Path) -> TargetMapping:
    """Raises ``SettingsError`` that names the entries which cannot be used."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            "mapping_unreadable",
            f"Die Zuordnung {path.name} ([target] mapping) ist nicht lesbar. Prüfen Sie Pfad und Rechte.",
            f"The mapping {path.name} ([target] mapping) cannot be read. Check its path and rights.",
        ) from error
    try:
        data = tomllib.loads(raw.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        place = f" ({error})" if isinstance(error, tomllib.TOMLDecodeError) else ""
        raise SettingsError(
            "mapping_invalid",
            f"Die Zuordnung {path.name} ist kein gültiges TOML in UTF-8{place}.",
            f"The mapping {path.name} is no valid TOML in UTF-8{place}.",
        ) from error
    data["fingerprint"] = hashlib.blake2b(raw, digest_size=16).hexdigest()
    try:
        return TargetMapping.model_validate(data)
    except ValidationError as error:
        problems = problems_of(error)
        raise SettingsError(
            "mapping_invalid",
            f"Die Zuordnung {path.name} ist nicht verwendbar: "
            + "; ".join(f"{problem.place}: {problem.de}" for problem in problems)
            + ".",
            f"The mapping {path.name} cannot be used: "
            + "; ".join(f"{problem.place}: {problem.en}" for problem in problems)
            + ".",
        ) from None
