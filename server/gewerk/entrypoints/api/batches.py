"""Up to 500 records in one body: checked at once when all are right, one by one when some are not."""

from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from gewerk.entrypoints.api.problems import NUL, InvalidInput, Unreadable, field_problems, nul_problems
from gewerk.portfolio.operations.outcome import Outcome, Problem, Rejected, Sent
from gewerk.portfolio.records import (
    BATCH,
    GroupArchive,
    GroupRename,
    GroupUpsert,
    LandlordUpsert,
    PropertyArchive,
    PropertyRename,
    PropertyUpsert,
    SubPropertyArchive,
    SubPropertyRename,
    TenantUpsert,
    UnitUpsert,
)

_STRICT = ConfigDict(extra="forbid", strict=True)
SubPropertyUpsert = Annotated[UnitUpsert | TenantUpsert | LandlordUpsert, Field(discriminator="type")]


@with_config(_STRICT)
class GroupUpserts(TypedDict):
    records: Annotated[list[GroupUpsert], Field(min_length=1, max_length=BATCH)]


@with_config(_STRICT)
class PropertyUpserts(TypedDict):
    records: Annotated[list[PropertyUpsert], Field(min_length=1, max_length=BATCH)]


@with_config(_STRICT)
class SubPropertyUpserts(TypedDict):
    records: Annotated[list[SubPropertyUpsert], Field(min_length=1, max_length=BATCH)]


@with_config(_STRICT)
class GroupArchives(TypedDict):
    records: Annotated[list[GroupArchive], Field(min_length=1, max_length=BATCH)]


@with_config(_STRICT)
class PropertyArchives(TypedDict):
    records: Annotated[list[PropertyArchive], Field(min_length=1, max_length=BATCH)]


@with_config(_STRICT)
class SubPropertyArchives(TypedDict):
    records: Annotated[list[SubPropertyArchive], Field(min_length=1, max_length=BATCH)]


@with_config(_STRICT)
class GroupRenames(TypedDict):
    records: Annotated[list[GroupRename], Field(min_length=1, max_length=BATCH)]


@with_config(_STRICT)
class PropertyRenames(TypedDict):
    records: Annotated[list[PropertyRename], Field(min_length=1, max_length=BATCH)]


@with_config(_STRICT)
class SubPropertyRenames(TypedDict):
    records: Annotated[list[SubPropertyRename], Field(min_length=1, max_length=BATCH)]


@with_config(_STRICT)
class _Envelope(TypedDict):
    records: Annotated[list[Any], Field(min_length=1, max_length=BATCH)]


@dataclass(frozen=True)
class Batch:
    """One kind of batch: the whole body, one record, and the type of a record that does not name one."""

    whole: TypeAdapter[Any]
    single: TypeAdapter[Any]
    type: str | None


UPSERTS = {
    "property-groups": Batch(TypeAdapter(GroupUpserts), TypeAdapter(GroupUpsert), "property_group"),
    "properties": Batch(TypeAdapter(PropertyUpserts), TypeAdapter(PropertyUpsert), "property"),
    "sub-properties": Batch(TypeAdapter(SubPropertyUpserts), TypeAdapter(SubPropertyUpsert), None),
}
ARCHIVES = {
    "property-groups": Batch(TypeAdapter(GroupArchives), TypeAdapter(GroupArchive), "property_group"),
    "properties": Batch(TypeAdapter(PropertyArchives), TypeAdapter(PropertyArchive), "property"),
    "sub-properties": Batch(TypeAdapter(SubPropertyArchives), TypeAdapter(SubPropertyArchive), None),
}
RENAMES = {
    "property-groups": Batch(TypeAdapter(GroupRenames), TypeAdapter(GroupRename), "property_group"),
    "properties": Batch(TypeAdapter(PropertyRenames), TypeAdapter(PropertyRename), "property"),
    "sub-properties": Batch(TypeAdapter(SubPropertyRenames), TypeAdapter(SubPropertyRename), None),
}
_ENVELOPE = TypeAdapter(_Envelope)


def records_of(raw: bytes, batch: Batch) -> list[Sent]:
    """The records as sent, each checked or ``Rejected``. Raises ``Unreadable`` or ``InvalidInput`` for the batch as a whole."""
    try:
        checked: list[Sent] = batch.whole.validate_json(raw)["records"]
    except ValidationError:
        return _one_by_one(raw, batch)
    return _one_by_one(raw, batch) if NUL in raw else checked


def _one_by_one(raw: bytes, batch: Batch) -> list[Sent]:
    try:
        sent = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Unreadable from None
    try:
        envelope = _ENVELOPE.validate_python(sent)
    except ValidationError as error:
        raise InvalidInput(problems=field_problems(error)) from None
    return [_single(record, index, batch) for index, record in enumerate(envelope["records"])]


def _single(record: Any, index: int, batch: Batch) -> Sent:
    at = f"/records/{index}"
    try:
        checked: dict[str, Any] = batch.single.validate_json(orjson.dumps(record))
        problems = nul_problems(checked, at=at)
        if not problems:
            return checked
    except ValidationError as error:
        problems = field_problems(error, tagged=batch.type is None, at=at)
    named = record if isinstance(record, dict) else {}
    external_id, type_ = named.get("external_id"), named.get("type", batch.type)
    return Rejected(
        external_id if isinstance(external_id, str) else None,
        type_ if isinstance(type_, str) else batch.type,
        Problem("invalid_record", problems),
    )


def result_of(outcome: Outcome) -> dict[str, Any]:
    problem = outcome.problem
    return {
        "external_id": outcome.external_id,
        "type": outcome.type,
        "status": outcome.status,
        "id": outcome.id,
        "problem": None
        if problem is None
        else {
            "code": problem.code,
            "detail": problem.detail,
            "errors": [{"pointer": p.pointer, "code": p.code, "message": p.message} for p in problem.errors],
        },
    }
