"""What the published schema says of answers about orders and firms, and of the queries of their lists."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from gewerk.entrypoints.api.schemas import QueryText, Since
from gewerk.projects.states import State

Cursor = Annotated[str, StringConstraints(max_length=400)]


class OrderQuery(Schema):
    """Which orders, and how many of them at once."""

    state: State | None = None
    property_id: UUID | None = None
    firm_id: UUID | None = None
    crew_id: UUID | None = None
    ticket_id: UUID | None = None
    number: QueryText | None = None
    updated_since: Since | None = Field(None, description="Orders changed at or after this time.")
    limit: int = Field(100, ge=1, le=500)
    cursor: Cursor | None = Field(None, description="next_cursor of the page before.")


class ApprovalQuery(Schema):
    state: Literal["asked", "approved", "refused", "withdrawn"] | None = None
    limit: int = Field(100, ge=1, le=500)


class FirmQuery(Schema):
    standing: Literal["preferred", "approved", "blocked"] | None = None
    limit: int = Field(100, ge=1, le=500)
    cursor: UUID | None = Field(None, description="next_cursor of the page before.")


class PriceQuery(Schema):
    firm_id: UUID | None = None
    limit: int = Field(100, ge=1, le=500)
    cursor: UUID | None = Field(None, description="next_cursor of the page before.")


class Contact(Schema):
    """Whom to call on site, and how to get in."""

    name: str | None
    phone: str | None
    email: str | None
    access_notes: str | None
    pets: str | None


class OrderItem(Schema):
    kind: Literal["labour", "travel", "material", "other"]
    text: str
    quantity: str
    unit: str
    unit_price_minor: int
    vat_rate: str = Field(description="Percent.")
    net_minor: int
    framework_price_id: UUID | None


class OrderSums(Schema):
    """Minor units of the order's currency; gross except ``net_minor``. Labour (with travel) and the rest: section 35a EStG."""

    budget_minor: int | None
    net_minor: int
    gross_minor: int
    labour_gross_minor: int
    other_gross_minor: int
    variations_gross_minor: int
    committed_minor: int
    approved_minor: int
    invoiced_minor: int


class WorkOrder(Schema):
    id: UUID
    number: str
    title: str
    text: str | None
    trade: str | None
    urgency: Literal["emergency", "urgent", "normal", "low"]
    state: State
    state_at: datetime
    steps: list[str] = Field(description="What this key may do next (POST .../steps, /award, /defects, /invoice).")
    property_id: UUID
    property_external_id: str | None
    unit_id: UUID | None
    place_note: str | None
    tenant_id: UUID | None
    contact: Contact | None
    pair_visit: bool
    firm_id: UUID | None
    firm_name: str | None
    crew_id: UUID | None
    crew_name: str | None
    award_kind: Literal["by_hand", "framework", "in_house", "quote"] | None
    awarded_at: datetime | None
    confirmed_at: datetime | None
    responsible_id: UUID | None
    due_date: date | None
    done_at: datetime | None
    accepted_at: datetime | None
    warranty_until_date: date | None
    recall_of_id: UUID | None
    ticket_ids: list[UUID]
    account_code: str | None
    insurance_claim: bool
    insurer: str | None
    claim_number: str | None
    currency: str
    items: list[OrderItem]
    sums: OrderSums
    created_at: datetime
    updated_at: datetime


class WorkOrderPage(Schema):
    items: list[WorkOrder]
    next_cursor: str | None


class OrderEvent(Schema):
    """One line of the history."""

    id: int
    at: datetime
    event: str
    from_state: str | None
    to_state: str | None
    reason: str | None
    actor_kind: str
    actor_id: UUID | None
    actor_organisation_id: UUID


class OrderHistory(Schema):
    items: list[OrderEvent]


class OrderFile(Schema):
    """A photo, video or document of the order."""

    id: UUID
    name: str
    kind: Literal["image", "video", "document"]
    media_type: str
    size: int = Field(description="Bytes.")
    width: int | None = Field(description="Pixels of a photo.")
    height: int | None
    purpose: str = Field(description="report: sent by the reporter; added: by the manager; work: by the contractor.")
    added_at: datetime


class OrderFiles(Schema):
    items: list[OrderFile]


class Variation(Schema):
    id: UUID
    order_id: UUID
    number: int
    reason: str
    state: Literal["asked", "approved", "refused", "withdrawn"]
    net_minor: int
    gross_minor: int
    items: list[OrderItem]
    asked_at: datetime
    decided_at: datetime | None
    decision_reason: str | None


class Variations(Schema):
    items: list[Variation]


class Defect(Schema):
    id: UUID
    number: int
    text: str
    due_date: date
    reported_at: datetime
    mended_at: datetime | None
    accepted_at: datetime | None


class Defects(Schema):
    items: list[Defect]


class Approval(Schema):
    """``amount_minor``: what the order would commit in all."""

    id: UUID
    order_id: UUID
    order_number: str
    variation_id: UUID | None
    firm_id: UUID | None
    amount_minor: int
    currency: str
    state: Literal["asked", "approved", "refused", "withdrawn"]
    note: str | None
    reason: str | None
    asked_by_id: UUID | None
    asked_at: datetime
    decided_by_id: UUID | None
    decided_at: datetime | None


class Approvals(Schema):
    items: list[Approval]


class Limit(Schema):
    role: str
    amount_minor: int | None = Field(description="null: without limit.")
    currency: str


class Limits(Schema):
    items: list[Limit]


class Trade(Schema):
    code: str
    de: str
    en: str


class Trades(Schema):
    items: list[Trade]


class Firm(Schema):
    id: UUID
    name: str
    street: str | None
    postcode: str | None
    city: str | None
    country: str
    email: str | None
    phone: str | None
    vat_id: str | None
    contact_name: str | None
    emergency_phone: str | None
    trades: list[str]
    standing: Literal["preferred", "approved", "blocked"]
    blocked_reason: str | None
    supplier_number: str | None
    note: str | None
    created_at: datetime
    updated_at: datetime


class FirmPage(Schema):
    items: list[Firm]
    next_cursor: str | None


class FrameworkPrice(Schema):
    id: UUID
    firm_id: UUID
    code: str
    trade: str | None
    text: str
    kind: Literal["labour", "travel", "material", "other"]
    unit: str
    net_minor: int
    currency: str
    vat_rate: str = Field(description="Percent.")
    valid_from: date
    valid_until: date | None
    created_at: datetime
    updated_at: datetime


class FrameworkPricePage(Schema):
    items: list[FrameworkPrice]
    next_cursor: str | None


class Crew(Schema):
    id: UUID
    kind: Literal["caretaker", "crew"]
    name: str
    phone: str | None
    trades: list[str]
    member_ids: list[UUID]
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class Crews(Schema):
    items: list[Crew]


ETAG: dict[str, Any] = {"responses": {200: {"headers": {"ETag": {"schema": {"type": "string"}}}}}}
