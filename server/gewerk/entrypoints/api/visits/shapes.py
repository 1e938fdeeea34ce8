"""What programs send about visits and completions, and what the published schema says of the answers."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Required
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, with_config
from typing_extensions import TypedDict

from gewerk.entrypoints.api.schemas import Since
from gewerk.portfolio.records import Text20, Text200, Text300
from gewerk.portfolio.run_reports import Moment
from gewerk.scheduling.notice import Purpose
from gewerk.scheduling.operations.capture import MOST_FILES, MOST_ITEMS, MOST_MINUTES, PURPOSES
from gewerk.scheduling.operations.moving import MOST_SLOTS, Span
from gewerk.scheduling.states import State

_STRICT = ConfigDict(extra="forbid", strict=True)
Text500 = Annotated[str, StringConstraints(max_length=500)]
Text10000 = Annotated[str, StringConstraints(max_length=10_000)]
Cursor = Annotated[str, StringConstraints(max_length=400)]
FilePurpose = Literal["before", "during", "after", "signature"]
assert set(PURPOSES) == {"before", "during", "after", "signature"}


@with_config(_STRICT)
class SlotIn(TypedDict):
    starts_at: Moment
    ends_at: Moment


Slots = Annotated[list[SlotIn], Field(min_length=1, max_length=MOST_SLOTS)]


@with_config(_STRICT)
class VisitCreate(TypedDict, total=False):
    """``announce``: one slot, which is then agreed; else the slots are proposed to the tenant."""

    slots: Required[Slots]
    announce: bool
    purpose: Literal["emergency", "repair", "maintenance", "modernisation"]


@with_config(_STRICT)
class VisitStep(TypedDict, total=False):
    """``slot_id`` with pick and accept_wish, ``slots`` with counter, propose_again and reschedule, ``reason`` where one is needed."""

    step: Required[
        Literal[
            "pick",
            "accept_wish",
            "counter",
            "propose_again",
            "reschedule",
            "arrive",
            "attend",
            "no_access",
            "not_attended",
            "cancel",
        ]
    ]
    slot_id: UUID
    slots: Slots
    reason: Text500


@with_config(_STRICT)
class CompletionFile(TypedDict):
    """A file that will follow: POST /files, then POST /completions/{completion_id}/files."""

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    purpose: FilePurpose
    name: Text200


@with_config(_STRICT)
class CompletionItem(TypedDict, total=False):
    text: Required[Annotated[str, StringConstraints(min_length=1, max_length=300)]]
    quantity: Required[Annotated[Decimal, Field(gt=0, le=1_000_000, decimal_places=3)]]
    unit: Required[Text20]
    kind: Literal["labour", "travel", "material", "other"]


@with_config(_STRICT)
class ChecklistLine(TypedDict):
    text: Text300
    done: bool


@with_config(_STRICT)
class CompletionCreate(TypedDict, total=False):
    """``id``: chosen by whoever captured it; sent again it is the same completion. Both moments by the same clock."""

    id: Required[UUID]
    captured_at: Required[Moment]
    sent_at: Required[Moment]
    finishes: bool
    text: Text10000
    minutes: Annotated[int, Field(ge=0, le=MOST_MINUTES)]
    checklist: Annotated[list[ChecklistLine], Field(max_length=100)]
    items: Annotated[list[CompletionItem], Field(max_length=MOST_ITEMS)]
    signed_by: Text200
    files: Annotated[list[CompletionFile], Field(max_length=MOST_FILES)]


@with_config(_STRICT)
class CompletionFileAdd(TypedDict):
    """A file of POST /files whose bytes have a hash that the completion announced."""

    file_id: UUID
    purpose: FilePurpose


VISIT_CREATE: TypeAdapter[VisitCreate] = TypeAdapter(VisitCreate)
VISIT_STEP: TypeAdapter[VisitStep] = TypeAdapter(VisitStep)
COMPLETION_CREATE: TypeAdapter[CompletionCreate] = TypeAdapter(CompletionCreate)
FILE_ADD: TypeAdapter[CompletionFileAdd] = TypeAdapter(CompletionFileAdd)


def spans_of(slots: list[SlotIn]) -> list[Span]:
    return [Span(slot["starts_at"], slot["ends_at"]) for slot in slots]


class VisitQuery(Schema):
    work_order_id: UUID | None = None
    state: State | None = None
    updated_since: Since | None = Field(None, description="Visits changed at or after this time.")
    limit: int = Field(100, ge=1, le=500)
    cursor: Cursor | None = Field(None, description="next_cursor of the page before.")


class Slot(Schema):
    id: UUID
    starts_at: datetime
    ends_at: datetime


class Visit(Schema):
    id: UUID
    work_order_id: UUID
    number: int
    purpose: Purpose
    state: State
    starts_at: datetime | None
    ends_at: datetime | None
    arrived_at: datetime | None
    ended_at: datetime | None
    slots: list[Slot]
    version: int
    created_at: datetime
    updated_at: datetime


class VisitPage(Schema):
    items: list[Visit]
    next_cursor: str | None


class VisitEntry(Schema):
    at: datetime
    party: Literal["staff", "contractor", "tenant", "system"]
    step: str
    from_state: State | None
    to_state: State
    starts_at: datetime | None
    reason: str | None


class VisitHistory(Schema):
    items: list[VisitEntry]


class ArrivedFile(Schema):
    id: UUID
    purpose: FilePurpose
    name: str


class MissingFile(Schema):
    sha256: str
    purpose: FilePurpose


class UsedItem(Schema):
    kind: Literal["labour", "travel", "material", "other"]
    text: str
    quantity: str
    unit: str


class Completion(Schema):
    id: UUID
    work_order_id: UUID
    visit_id: UUID | None
    state: Literal["receiving", "whole"]
    captured_at: datetime
    received_at: datetime
    finishes: bool
    text: str
    minutes: int
    checklist: list[dict[str, Any]]
    items: list[UsedItem]
    signed_by: str | None
    files: list[ArrivedFile]
    missing: list[MissingFile]


class Completions(Schema):
    items: list[Completion]
