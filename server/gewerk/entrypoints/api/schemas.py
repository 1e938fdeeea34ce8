"""What the published schema says of queries and answers. Bodies are checked with ``portfolio.records`` and ``portfolio.run_reports``."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Required
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field, PlainValidator, StringConstraints
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from gewerk.portfolio.records import Address, Phone

QueryText = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]


def _utc(value: str) -> datetime:
    """A time of a query, in UTC. A ``+`` that was not escaped arrives as a blank; without a zone it is UTC."""
    text = value.strip()
    # Two colons: a blank before the zone, no blank between date and time.
    if text.count(":") > 1 and "T" in text:
        text = text.replace(" ", "+")
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise PydanticCustomError("datetime_parsing", "no time") from None


Since = Annotated[AwareDatetime, PlainValidator(_utc, json_schema_input_type=AwareDatetime)]


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(value: str) -> date:
    """A day of a query as it is written: a bare number is none, though pydantic would count seconds from 1970."""
    try:
        return date.fromisoformat(value if _DAY.fullmatch(value) else "")
    except ValueError:
        raise PydanticCustomError("date_parsing", "no day") from None


Day = Annotated[date, PlainValidator(_day, json_schema_input_type=date)]


class ListQuery(Schema):
    """Which records, and how many of them at once."""

    external_id: QueryText | None = Field(None, description="The ERP's id; finds one record (per type).")
    updated_since: Since | None = Field(
        None,
        description="Records changed at or after this time. Take some minutes of overlap: a call in progress counts by its beginning.",
    )
    client_number: QueryText | None = Field(None, description="Only this client (Mandant) of the ERP.")
    archived: Literal["all", "true", "false"] = Field("all", description="Archived records only, none, or both.")
    fields: Annotated[str, StringConstraints(max_length=1000)] | None = Field(
        None, description="Names of fields, separated by commas; id always comes along."
    )
    limit: int = Field(100, ge=1, le=500)
    cursor: Annotated[str, StringConstraints(max_length=400)] | None = Field(
        None, description="next_cursor of the page before."
    )


class SubPropertyListQuery(ListQuery):
    type: Literal["unit", "tenant", "landlord"] | None = None


class ExportQuery(Schema):
    client_number: QueryText | None = Field(None, description="Only this client (Mandant) of the ERP.")
    archived: Literal["all", "true", "false"] = "all"


class SubPropertyExportQuery(ExportQuery):
    type: Literal["unit", "tenant", "landlord"] | None = None


class RunQuery(Schema):
    limit: int = Field(50, ge=1, le=200)
    cursor: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}$")] | None = Field(
        None, description="next_cursor of the page before."
    )


class FieldError(Schema):
    """One field that is wrong. ``pointer`` is a JSON pointer into the body; /query/... names a query parameter."""

    pointer: str
    code: str
    message: str


class Problem(Schema):
    """An error (RFC 9457). ``type`` ends with a stable code, the texts follow Accept-Language (de, en)."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError]
    request_id: str


class Token(Schema):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int = Field(description="Seconds.")


class RecordProblem(Schema):
    code: str
    detail: str
    errors: list[FieldError]


class BatchResult(Schema):
    external_id: str | None
    type: str | None
    status: Literal["created", "updated", "unchanged", "archived", "rejected"]
    id: UUID | None
    problem: RecordProblem | None


class BatchResults(Schema):
    """One result per record, in the order sent."""

    results: list[BatchResult]


class RenameResult(Schema):
    external_id: str | None = Field(description="The id before.")
    type: str | None
    status: Literal["renamed", "unchanged", "rejected"]
    id: UUID | None
    problem: RecordProblem | None


class RenameResults(Schema):
    """One result per record, in the order sent."""

    results: list[RenameResult]


class _Record(TypedDict, total=False):
    id: Required[UUID]
    external_id: str | None
    client_number: str | None
    source: Literal["erp", "manual"]
    custom: dict[str, str]
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    archive_reason: Literal["vanished", "lease_ended", "filtered", "manual"] | None
    name: str | None


class PropertyGroup(_Record, total=False):
    type: Literal["property_group"]


class Property(_Record, total=False):
    type: Literal["property"]
    address: Address
    property_type: str | None
    group_external_ids: list[str]
    construction_year: int | None
    storeys: int | None


class Unit(_Record, total=False):
    type: Literal["unit"]
    property_id: UUID
    property_external_id: str | None
    usage: Literal["living", "commercial", "parking", "storage", "other"] | None
    usage_raw: str | None
    floor: int | None
    floor_raw: str | None
    position: str | None
    living_area_m2: str | None
    usable_area_m2: str | None
    rooms: str | None
    occupancy: Literal["let", "vacant", "unknown"] | None


class Party(_Record, total=False):
    """A tenant or a landlord."""

    type: Literal["tenant", "landlord"]
    unit_ids: list[UUID]
    unit_external_ids: list[str]
    kind: Literal["natural", "legal", "association"] | None
    salutation: str | None
    title: str | None
    first_name: str | None
    last_name: str | None
    company_name: str | None
    email: str | None
    further_emails: list[str]
    phones: list[Phone]
    language: str | None
    contract_number: str | None
    contract_start: date | None
    contract_end: date | None
    role: Literal["main_tenant", "co_tenant", "owner", "co_owner"] | None
    share: str | None
    party_number: str | None


SubProperty = Unit | Party


class PropertyGroupPage(Schema):
    items: list[PropertyGroup]
    next_cursor: str | None


class PropertyPage(Schema):
    items: list[Property]
    next_cursor: str | None


class SubPropertyPage(Schema):
    items: list[Unit | Party]
    next_cursor: str | None


class Integration(Schema):
    id: UUID
    external_id: str
    kind: str
    name: str
    erp_name: str | None
    connector_url: str | None
    created_at: datetime
    updated_at: datetime


class IntegrationPage(Schema):
    items: list[Integration]
    next_cursor: str | None


class Finding(TypedDict, total=False):
    code: Required[str]
    entity: str | None
    external_id: str | None
    file: str | None
    row: int | None
    column: str | None
    detail: str | None


class Findings(TypedDict, total=False):
    total: Required[int]
    by_code: Required[dict[str, int]]
    items: list[Finding]


class Run(Schema):
    id: UUID
    integration_id: UUID
    external_id: str
    number: int
    status: Literal["succeeded", "failed", "stopped_by_fuse", "interrupted"]
    as_of: date
    started_at: datetime
    finished_at: datetime | None
    let_units: int | None
    vacant_units: int | None
    counts: dict[str, dict[str, int]]
    skipped: dict[str, int]
    findings: Findings
    message: str | None
    created_at: datetime


class RunPage(Schema):
    items: list[Run]
    next_cursor: str | None


def names_of(*shapes: Any) -> frozenset[str]:
    """The fields of answer types, for ``?fields=``."""
    return frozenset(name for shape in shapes for name in shape.__annotations__) | frozenset(_Record.__annotations__)
