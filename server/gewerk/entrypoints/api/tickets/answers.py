"""What the published schema says of answers about tickets, files and report links, and of the queries of their lists."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from gewerk.entrypoints.api.schemas import QueryText, Since
from gewerk.entrypoints.api.tickets.bodies import ReporterKind, Urgency, WaitingFor
from gewerk.tickets.models import Channel, Origin
from gewerk.tickets.states import State

Cursor = Annotated[str, StringConstraints(max_length=400)]
ETAG = {"responses": {200: {"headers": {"ETag": {"schema": {"type": "string"}}}}}}


class TicketQuery(Schema):
    """Which tickets, and how many of them at once."""

    state: State | None = None
    property_id: UUID | None = None
    number: QueryText | None = None
    external_id: QueryText | None = Field(None, description="The ERP's id; finds one ticket.")
    updated_since: Since | None = Field(None, description="Tickets changed at or after this time.")
    limit: int = Field(100, ge=1, le=500)
    cursor: Cursor | None = Field(None, description="next_cursor of the page before.")


class ReportLinkQuery(Schema):
    property_id: UUID | None = None
    limit: int = Field(100, ge=1, le=500)
    cursor: UUID | None = Field(None, description="next_cursor of the page before.")


class ContentQuery(Schema):
    variant: Literal["original", "large", "small"] = Field(
        "original", description="Of a photo: at most 1600 (large) or 320 pixels (small) on the longer side."
    )


class TicketAnswer(Schema):
    question: str
    answer: str


class TicketReporter(Schema):
    sub_property_id: UUID | None
    sub_property_external_id: str | None
    kind: ReporterKind
    name: str
    email: str
    phone: str
    language: str


class File(Schema):
    """A photo, video or document. Photos are JPEG, upright, without metadata."""

    id: UUID
    name: str
    kind: Literal["image", "video", "document"]
    media_type: str
    size: int = Field(description="Bytes.")
    width: int | None = Field(description="Pixels of a photo.")
    height: int | None


class TicketFile(File):
    purpose: Literal["report", "added"] | str = Field(description="Sent by the reporter, or added by the manager.")
    added_at: datetime


class Ticket(Schema):
    id: UUID
    number: str
    external_id: str | None
    external_number: str
    origin: Origin
    channel: Channel
    property_id: UUID
    property_external_id: str | None
    unit_id: UUID | None
    unit_external_id: str | None
    common_part: str | None
    place_note: str
    reporter: TicketReporter
    category: str
    answers: list[TicketAnswer]
    title: str
    text: str
    urgency: Urgency
    urgency_rule: str | None
    react_by_at: datetime | None
    access_notes: str
    vulnerable: bool
    vulnerable_note: str
    pets: str
    pair_visit: bool
    state: State
    state_at: datetime
    reason: str
    waiting_for: WaitingFor | None
    waiting_until_date: date | None
    responsible_id: UUID | None
    incident_id: UUID | None
    building_wide: bool
    files: list[TicketFile]
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None


class TicketPage(Schema):
    items: list[Ticket]
    next_cursor: str | None


class HistoryActor(Schema):
    kind: str
    id: UUID | None


class HistoryEntry(Schema):
    id: int
    at: datetime
    event: str
    from_state: State | None
    to_state: State | None
    reason: str
    internal: bool = Field(description="Never shown to the reporter.")
    actor: HistoryActor
    data: dict[str, Any]


class TicketHistory(Schema):
    items: list[HistoryEntry]


class Similar(Schema):
    """A ticket that may be the same matter (``duplicate``), or have the same cause (``incident``)."""

    ticket_id: UUID
    number: str
    kind: Literal["duplicate", "incident"]
    score: int = Field(description="0 to 100.")
    reasons: list[str]


class SimilarTickets(Schema):
    items: list[Similar]


class StatusLink(Schema):
    """The reporter's page; it opens without a password."""

    url: str


class BothLanguages(Schema):
    de: str
    en: str


class CategoryOption(Schema):
    key: str
    title: BothLanguages


class CategoryQuestion(Schema):
    key: str
    title: BothLanguages
    options: list[CategoryOption]


class Category(Schema):
    """A fault that may be reported; ``code`` is a ticket's ``category``."""

    code: str
    group: str
    group_title: BothLanguages
    title: BothLanguages
    questions: list[CategoryQuestion]


class Categories(Schema):
    items: list[Category]


class ReportLink(Schema):
    id: UUID
    property_id: UUID
    unit_id: UUID | None
    note: str
    url: str = Field(description="What the QR code says.")
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class ReportLinkPage(Schema):
    items: list[ReportLink]
    next_cursor: str | None
