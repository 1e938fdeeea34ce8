"""Findings: what a run noticed, with the place in the source, and never with personal data."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Origin(NamedTuple):
    """A place in the source. ``row`` counts as the user's program shows it (the header of a CSV is row 1)."""

    file: str
    row: int | None = None


class FindingCode(StrEnum):
    TENANT_WITHOUT_EMAIL = "tenant_without_email"
    UNIT_WITHOUT_BUILDING = "unit_without_building"
    BROKEN_REFERENCE = "broken_reference"
    INVALID_DATE = "invalid_date"
    CONFLICTING_ROWS = "conflicting_rows"
    ID_COLLISION = "id_collision"
    PARENT_HELD = "parent_held"
    PARTIAL_CONTRACT = "partial_contract"
    """A contract with one good and one missing unit: sent with the good one."""
    UNMAPPED_USAGE = "unmapped_usage"
    HOUSE_NUMBER_MISSING = "house_number_missing"
    SEPARATOR_IN_KEY = "separator_in_key"
    UNKNOWN_CLIENT = "unknown_client"
    UNKNOWN_OBJECT = "unknown_object"
    UNMAPPED_VALUE = "unmapped_value"
    """A code (kind of contract, role, kind of party) that the mapping file does not know: held."""
    MISSING_KEY = "missing_key"
    """A row without a number of its own: it can be no record."""
    INVALID_NUMBER = "invalid_number"
    """An area, a count of rooms or a year that is no number: the field stays empty, the record is sent."""
    EMAIL_LOST = "email_lost"
    """A tenant already synced lost the e-mail address: kept and flagged (rule 6)."""
    OBJECT_HIDDEN = "object_hidden"
    """An object that the source no longer lists, perhaps only because rights were taken away: kept with all below it."""
    REFUSED = "refused"
    """The target refused the record; ``detail`` holds the API's own code."""


@dataclass(slots=True, frozen=True)
class Finding:
    code: FindingCode
    entity: str | None
    external_id: str | None
    origin: Origin | None
    column: str | None = None
    detail: str | None = None
    """A value that is no personal data: a key, a date, a usage text."""
