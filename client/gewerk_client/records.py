"""Shapes that travel over the API, named as spec 02 names them. Plain dicts at run time: a batch has 500 of them."""

from typing import Any, Literal, TypedDict

Resource = Literal["properties", "sub-properties", "property-groups"]
SubPropertyType = Literal["unit", "tenant", "landlord"]

EXPORT_TYPES: dict[str, tuple[Resource, SubPropertyType | None]] = {
    "property": ("properties", None),
    "unit": ("sub-properties", "unit"),
    "landlord": ("sub-properties", "landlord"),
    "tenant": ("sub-properties", "tenant"),
}
"""Which resource (and which type of it) holds which kind of record."""


class BatchProblem(TypedDict):
    """Why one record of a batch was rejected."""

    code: str
    detail: str | None
    errors: list[dict[str, Any]]


class Result(TypedDict):
    """The answer for one record of a batch, at the place where the record stood."""

    external_id: str
    type: str | None
    status: Literal["created", "updated", "unchanged", "archived", "renamed", "rejected"]
    id: str | None
    problem: BatchProblem | None


class IntegrationInput(TypedDict):
    """A connection as the platform lists it; upserted by ``external_id``."""

    external_id: str
    kind: str
    name: str
    erp_name: str
    connector_url: str | None


class RunInput(TypedDict):
    """What a run did; upserted by ``external_id``. Never holds personal data. Times are ISO 8601 with zone."""

    external_id: str
    status: Literal["succeeded", "failed", "stopped_by_fuse", "interrupted"]
    as_of: str
    started_at: str
    finished_at: str
    let_units: int | None
    vacant_units: int | None
    counts: dict[str, dict[str, int]]
    skipped: dict[str, int]
    findings: dict[str, Any]
    message: str | None
