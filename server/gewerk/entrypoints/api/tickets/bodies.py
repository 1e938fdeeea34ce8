"""What programs send about tickets, files and report links."""

from datetime import date
from typing import Annotated, Any, Literal, Required
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, with_config
from typing_extensions import TypedDict

from gewerk.portfolio.records import Text40, Text60, Text100, Text200

_STRICT = ConfigDict(extra="forbid", strict=True)

Text254 = Annotated[str, StringConstraints(max_length=254)]
Text300 = Annotated[str, StringConstraints(max_length=300)]
Text500 = Annotated[str, StringConstraints(max_length=500)]
Text1000 = Annotated[str, StringConstraints(max_length=1_000)]
Text4000 = Annotated[str, StringConstraints(max_length=4_000)]
Text10000 = Annotated[str, StringConstraints(max_length=10_000)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Urgency = Literal["emergency", "urgent", "normal", "low"]
ReporterKind = Literal["tenant", "owner", "neighbour", "caretaker", "staff", "other"]
WaitingFor = Literal["reporter", "firm", "parts", "owner", "insurer", "weather", "other"]
FileIds = Annotated[list[UUID], Field(min_length=1, max_length=30)]


@with_config(_STRICT)
class Answer(TypedDict):
    """One answer to a question of the category, both as codes of ``/ticket-categories``."""

    question: Text40
    answer: Text40


@with_config(_STRICT)
class Reporter(TypedDict, total=False):
    """Who reported it; a tenant's or owner's record by either id."""

    sub_property_id: UUID | None
    sub_property_external_id: Text200 | None
    kind: ReporterKind
    name: Text200
    email: Text254
    phone: Text60
    language: Language


@with_config(_STRICT)
class TicketCreate(TypedDict, total=False):
    """The place by property or unit, by either id; a unit brings its property. Without ``urgency`` the rules decide."""

    category: Required[Text60]
    property_id: UUID | None
    property_external_id: Text200 | None
    unit_id: UUID | None
    unit_external_id: Text200 | None
    common_part: Text40 | None
    place_note: Text200
    answers: Annotated[list[Answer], Field(max_length=20)]
    title: Text200
    text: Text10000
    urgency: Urgency | None
    reporter: Reporter
    access_notes: Text1000
    vulnerable: bool
    vulnerable_note: Text300
    pets: Text200
    pair_visit: bool
    building_wide: bool
    origin: Literal["gewerk", "erp"]
    external_id: Text200 | None
    external_number: Text60
    file_ids: FileIds


@with_config(_STRICT)
class TicketChange(TypedDict, total=False):
    """Only what is sent changes. Another urgency needs ``reason``."""

    category: Text60
    unit_id: UUID | None
    common_part: Text40 | None
    place_note: Text200
    title: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    text: Text10000
    urgency: Urgency
    reason: Text500
    reporter_name: Text200
    reporter_email: Text254
    reporter_phone: Text60
    access_notes: Text1000
    vulnerable: bool
    vulnerable_note: Text300
    pets: Text200
    pair_visit: bool
    building_wide: bool
    external_number: Text60
    responsible_id: UUID | None


@with_config(_STRICT)
class TicketStep(TypedDict, total=False):
    """One step of the table of states. ``wait``, ``reject`` and ``reopen`` need a reason: the reporter reads it."""

    step: Required[Literal["review", "start", "wait", "resolve", "reject", "close", "reopen"]]
    reason: Text4000
    waiting_for: WaitingFor
    waiting_until_date: date | None


@with_config(_STRICT)
class TicketNote(TypedDict):
    text: Annotated[str, StringConstraints(min_length=1, max_length=4_000)]


@with_config(_STRICT)
class TicketFiles(TypedDict):
    """Files uploaded before by ``POST /files``."""

    file_ids: FileIds


@with_config(_STRICT)
class PutUnder(TypedDict, total=False):
    """The ticket that leads from now on; ``building_wide`` tells it to whoever reports the same in the building."""

    lead_id: Required[UUID]
    building_wide: bool


@with_config(_STRICT)
class Nothing(TypedDict):
    """No fields."""


@with_config(_STRICT)
class ReportLinkCreate(TypedDict, total=False):
    """For a whole building, or with ``unit_id`` for one flat; ``note``: where the sheet hangs."""

    property_id: Required[UUID]
    unit_id: UUID | None
    note: Text100


TICKET_CREATE: TypeAdapter[Any] = TypeAdapter(TicketCreate)
TICKET_CHANGE: TypeAdapter[Any] = TypeAdapter(TicketChange)
TICKET_STEP: TypeAdapter[Any] = TypeAdapter(TicketStep)
TICKET_NOTE: TypeAdapter[Any] = TypeAdapter(TicketNote)
TICKET_FILES: TypeAdapter[Any] = TypeAdapter(TicketFiles)
PUT_UNDER: TypeAdapter[Any] = TypeAdapter(PutUnder)
NOTHING: TypeAdapter[Any] = TypeAdapter(Nothing)
REPORT_LINK_CREATE: TypeAdapter[Any] = TypeAdapter(ReportLinkCreate)
