"""What a connector may report of itself and its runs (spec 02, integration runs). Never personal data. The door checks with these types."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal, Required

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from gewerk.portfolio.records import ExternalId, Text20, Text40, Text60, Text100, Text200, Text300

_STRICT = ConfigDict(extra="forbid", strict=True)


def _in_utc(value: datetime) -> datetime:
    """As it is stored; the first and last day of the calendar have no UTC in every zone."""
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("datetime_out_of_range", "out of range") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
_Count = Annotated[int, Field(ge=0, le=2_000_000_000)]
_Counts = Annotated[dict[Text60, _Count], Field(max_length=200)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Url = Annotated[str, StringConstraints(max_length=200, pattern=r"^https?://[^\s]+$")]
Message = Annotated[str, StringConstraints(max_length=500)]


@with_config(_STRICT)
class IntegrationReport(TypedDict, total=False):
    """One connection of an ERP. ``external_id`` is the connector's id of it."""

    external_id: Required[ExternalId]
    kind: Required[Text40]
    name: Required[Name]
    erp_name: Text100 | None
    connector_url: Url | None


@with_config(_STRICT)
class FindingReport(TypedDict, total=False):
    """One finding: where in the source, about which record."""

    code: Required[Text60]
    entity: Text20 | None
    external_id: Text200 | None
    file: Text300 | None
    row: _Count | None
    column: Text200 | None
    detail: Message | None


@with_config(_STRICT)
class FindingsReport(TypedDict, total=False):
    total: Required[_Count]
    by_code: _Counts
    items: Annotated[list[FindingReport], Field(max_length=2000)]


@with_config(_STRICT)
class RunReport(TypedDict, total=False):
    """One run. ``external_id`` is the connector's id of it; sent again it replaces what was reported before."""

    external_id: Required[ExternalId]
    status: Required[Literal["succeeded", "failed", "stopped_by_fuse", "interrupted"]]
    as_of: Required[date]
    started_at: Required[Moment]
    finished_at: Moment | None
    let_units: _Count | None
    vacant_units: _Count | None
    counts: Annotated[dict[Text20, _Counts], Field(max_length=20)]
    skipped: _Counts
    findings: FindingsReport
    message: Message | None
