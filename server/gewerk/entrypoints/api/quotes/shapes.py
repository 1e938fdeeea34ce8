"""What programs send about requests and quotes, and what the published schema says of the answers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Required
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, with_config
from typing_extensions import TypedDict

from gewerk.entrypoints.api.schemas import Since
from gewerk.marketplace.models import OwnerApprovalState, Pricing
from gewerk.marketplace.operations.prepare import MOST_FIRMS
from gewerk.marketplace.scope import MOST_ITEMS, ScopeItem
from gewerk.marketplace.states import InvitationState, Mode, QuoteState, State
from gewerk.portfolio.records import Text20, Text30, Text60, Text200, Text300
from gewerk.portfolio.run_reports import Moment

_STRICT = ConfigDict(extra="forbid", strict=True)
Text4000 = Annotated[str, StringConstraints(max_length=4_000)]
Text20000 = Annotated[str, StringConstraints(max_length=20_000)]
Cursor = Annotated[str, StringConstraints(max_length=400)]
Minor = Annotated[int, Field(ge=0, le=10**12)]
Quantity = Annotated[Decimal, Field(gt=0, le=1_000_000, decimal_places=3)]
Rate = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]
Firms = Annotated[list[UUID], Field(min_length=1, max_length=MOST_FIRMS)]
FileKind = Literal["x83", "csv", "xlsx"]


@with_config(_STRICT)
class ScopeItemIn(TypedDict, total=False):
    """One position; ``unit_price_minor`` and ``vat_rate`` (percent) of a fixed-price offer only."""

    text: Required[Text20000]
    quantity: Required[Quantity]
    unit: Required[Text20]
    number: Text30
    section: Text300
    optional: bool
    alternative_to: Text30
    unit_price_minor: Minor | None
    vat_rate: Rate | None


Items = Annotated[list[ScopeItemIn], Field(max_length=MOST_ITEMS)]


@with_config(_STRICT)
class RequestFields(TypedDict, total=False):
    title: Text200
    text: Text20000
    service: Text60
    budget_minor: Minor | None
    budget_shown: bool
    deadline_at: Moment | None
    claim_hours: Annotated[int, Field(ge=1, le=240)]
    start_date: date | None
    visit_possible: bool
    visit_note: Text300
    open_to_market: bool
    items: Items
    firm_ids: Firms


@with_config(_STRICT)
class RequestCreate(RequestFields, total=False):
    """For a drafted order, or from tickets (an order is begun). Without ``items`` those of the order are asked for."""

    work_order_id: UUID
    ticket_ids: Annotated[list[UUID], Field(min_length=1, max_length=100)]
    mode: Literal["request_for_quotes", "fixed_price_offer"]


@with_config(_STRICT)
class RequestStep(TypedDict, total=False):
    step: Required[Literal["send", "open", "end"]]
    reason: Text4000


@with_config(_STRICT)
class FirmsIn(TypedDict):
    firm_ids: Firms


@with_config(_STRICT)
class DeadlineIn(TypedDict):
    deadline_at: Moment


@with_config(_STRICT)
class BillIn(TypedDict):
    """A file, base64; ``name`` ends in .x83, .csv or .xlsx."""

    name: Text200
    content: Annotated[str, StringConstraints(max_length=7_000_000)]


@with_config(_STRICT)
class AnswerIn(TypedDict):
    text: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


@with_config(_STRICT)
class LoserIn(TypedDict):
    quote_id: UUID
    reason: Text4000


@with_config(_STRICT)
class AwardIn(TypedDict, total=False):
    """``others``: what a firm that does not get the order is told; without it, the reason of the award."""

    quote_id: Required[UUID]
    reason: Required[Text4000]
    others: Annotated[list[LoserIn], Field(max_length=MOST_FIRMS)]


@with_config(_STRICT)
class OwnerAsked(TypedDict, total=False):
    quote_id: Required[UUID]
    name: Required[Text200]
    email: Required[Annotated[str, StringConstraints(max_length=254)]]
    note: Text4000


@with_config(_STRICT)
class ByRuleIn(TypedDict):
    """How many firms."""

    count: Annotated[int, Field(ge=1, le=MOST_FIRMS)]


@with_config(_STRICT)
class OwnerRuleIn(TypedDict):
    """Gross, minor units of the organisation's currency; null: no owner has to agree."""

    from_minor: Minor | None


REQUEST_CREATE: TypeAdapter[RequestCreate] = TypeAdapter(RequestCreate)
REQUEST_CHANGE: TypeAdapter[RequestFields] = TypeAdapter(RequestFields)
REQUEST_STEP: TypeAdapter[RequestStep] = TypeAdapter(RequestStep)
FIRMS_IN: TypeAdapter[FirmsIn] = TypeAdapter(FirmsIn)
DEADLINE_IN: TypeAdapter[DeadlineIn] = TypeAdapter(DeadlineIn)
BILL_IN: TypeAdapter[BillIn] = TypeAdapter(BillIn)
ANSWER_IN: TypeAdapter[AnswerIn] = TypeAdapter(AnswerIn)
AWARD_IN: TypeAdapter[AwardIn] = TypeAdapter(AwardIn)
OWNER_ASKED: TypeAdapter[OwnerAsked] = TypeAdapter(OwnerAsked)
BY_RULE_IN: TypeAdapter[ByRuleIn] = TypeAdapter(ByRuleIn)
OWNER_RULE_IN: TypeAdapter[OwnerRuleIn] = TypeAdapter(OwnerRuleIn)


def scope_item(sent: ScopeItemIn) -> ScopeItem:
    rate = sent.get("vat_rate")
    return ScopeItem(
        text=sent["text"],
        quantity_thousandths=int(sent["quantity"].scaleb(3)),
        unit=sent["unit"],
        number=sent.get("number", ""),
        section=sent.get("section", ""),
        optional=sent.get("optional", False),
        alternative_to=sent.get("alternative_to", ""),
        unit_price_minor=sent.get("unit_price_minor"),
        vat_basis_points=None if rate is None else int(rate.scaleb(2)),
    )


class RequestQuery(Schema):
    work_order_id: UUID | None = None
    state: State | None = None
    updated_since: Since | None = Field(None, description="Requests changed at or after this time.")
    limit: int = Field(100, ge=1, le=500)
    cursor: Cursor | None = Field(None, description="next_cursor of the page before.")


class FirmSearchQuery(Schema):
    service: Annotated[str, StringConstraints(max_length=60)] | None = Field(
        None, description="A code of the catalogue."
    )
    postcode: Annotated[str, StringConstraints(max_length=12)] | None = Field(None, description="Where the work is.")
    whose: Literal["all", "own", "preferred", "market", "blocked"] = "all"
    free: bool = Field(False, description="Only firms with room this week, by what they say.")
    open: bool = Field(False, description="Only firms that may take it.")
    nearness: int = Field(
        0, ge=0, le=4, description="4: up to 5 km, 3: up to 15, 2: up to 40, 1: up to 100, 0: any distance."
    )
    limit: int = Field(50, ge=1, le=200)
    cursor: int = Field(0, ge=0, le=1_000_000, description="next_cursor of the page before.")


class BillQuery(Schema):
    format: FileKind = "x83"


class QuoteBillQuery(Schema):
    format: Literal["x84", "csv", "xlsx"] = "x84"


class Item(Schema):
    id: UUID
    position: int
    number: str | None
    section: str | None
    text: str
    quantity: str
    unit: str
    optional: bool
    alternative_to: str | None
    unit_price_minor: int | None
    vat_rate: str | None


class Invitation(Schema):
    """Says nothing of whether the firm quoted: that is sealed until the deadline."""

    firm_id: UUID
    firm_name: str
    position: int
    why: str | None
    state: InvitationState
    decline_reason: str | None
    window_from_at: datetime | None
    window_until_at: datetime | None


class QuoteRequest(Schema):
    id: UUID
    work_order_id: UUID
    mode: Mode
    state: State
    steps: list[str]
    title: str
    text: str
    service: str | None
    currency: str
    budget_minor: int | None
    budget_shown: bool
    deadline_at: datetime | None
    claim_hours: int
    start_date: date | None
    visit_possible: bool
    visit_note: str | None
    open_to_market: bool
    sealed: bool
    sent_at: datetime | None
    opened_at: datetime | None
    ended_at: datetime | None
    ended_reason: str | None
    items: list[Item]
    invitations: list[Invitation]
    version: int
    created_at: datetime
    updated_at: datetime


class QuoteRequestPage(Schema):
    items: list[QuoteRequest]
    next_cursor: str | None


class Question(Schema):
    id: UUID
    firm_id: UUID
    text: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None


class FoundFirm(Schema):
    """``why`` and ``missing_words`` in the reader's language; ``standing`` null: not on the own list."""

    firm_id: UUID
    name: str
    postcode: str | None
    city: str | None
    place: int
    standing: Literal["preferred", "approved", "blocked"] | None
    may_take: bool
    missing: list[str]
    missing_words: list[str]
    why: list[str]
    nearness: int
    distance_km: float | None
    serves: bool
    room: Literal["free", "unsaid", "full"]
    score: int | None
    ratings: int
    limited: bool
    asked_in_90_days: int
    by_rule: bool


class FoundFirmPage(Schema):
    items: list[FoundFirm]
    next_cursor: str | None


class OwnerRule(Schema):
    from_minor: int | None
    currency: str


class Questions(Schema):
    items: list[Question]


class QuoteLine(Schema):
    item_id: UUID | None
    own_alternative: bool
    text: str | None
    quantity: str
    unit: str
    unit_price_minor: int
    vat_rate: str
    net_minor: int
    counted: bool


class Quote(Schema):
    id: UUID
    request_id: UUID
    firm_id: UUID
    firm_name: str
    number: int
    state: QuoteState
    pricing: Pricing
    currency: str
    discount_rate: str
    discount_minor: int
    net_minor: int
    vat_minor: int
    gross_minor: int
    start_date: date | None
    duration_days: int | None
    valid_until_date: date | None
    conditions: str | None
    submitted_at: datetime | None
    not_awarded_reason: str | None
    lines: list[QuoteLine]


class Quotes(Schema):
    """``sealed``: the deadline is not over or the quotes are not opened; then ``items`` is empty, whatever came in."""

    sealed: bool
    items: list[Quote]


class AwardRecord(Schema):
    id: UUID
    request_id: UUID
    work_order_id: UUID
    quote_id: UUID
    firm_id: UUID
    at: datetime
    by: str
    person_id: UUID | None
    reason: str
    currency: str
    net_minor: int
    gross_minor: int
    others: list[dict[str, Any]]
    gate: dict[str, Any]


class AwardAnswer(Schema):
    """``record`` of the award; or ``approval_id`` where the sum is above the limit and somebody else is asked."""

    record: AwardRecord | None
    approval_id: UUID | None


class OwnerApproval(Schema):
    id: UUID
    request_id: UUID
    quote_id: UUID
    amount_minor: int
    owner_name: str
    state: OwnerApprovalState
    reason: str | None
    asked_at: datetime
    decided_at: datetime | None
