"""What a firm's programs send, and what the published schema says of the answers."""

from datetime import date, datetime
from typing import Annotated, Literal, Required
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, with_config
from typing_extensions import TypedDict

from gewerk.entrypoints.api.orders.answers import Contact, Cursor, OrderItem
from gewerk.entrypoints.api.quotes.shapes import BillIn, Item, Minor, Quantity, Quote, Rate, Text4000, Text20000
from gewerk.entrypoints.api.ratings.shapes import Rating
from gewerk.entrypoints.api.schemas import Since
from gewerk.journeys.submit_quote import MOST_FILES
from gewerk.marketplace.models import Outcome, Pricing, Stage
from gewerk.marketplace.scope import MOST_ITEMS, MOST_OWN_ALTERNATIVES, PriceGiven, QuoteGiven
from gewerk.marketplace.states import InvitationState, Mode, State
from gewerk.portfolio.records import Text20, Text40, Text200
from gewerk.projects.states import State as OrderState

_STRICT = ConfigDict(extra="forbid", strict=True)


@with_config(_STRICT)
class PriceIn(TypedDict):
    """Net, of one unit of the item; the rate in percent."""

    item_id: UUID
    unit_price_minor: Minor
    vat_rate: Rate


@with_config(_STRICT)
class AlternativeIn(TypedDict):
    """Something that the firm proposes beside what was asked."""

    text: Text20000
    quantity: Quantity
    unit: Text20
    unit_price_minor: Minor
    vat_rate: Rate


@with_config(_STRICT)
class QuoteIn(TypedDict, total=False):
    """Prices by item, or a lump sum. Amounts net, in minor units of the request's currency."""

    pricing: Literal["items", "lump_sum"]
    prices: Annotated[list[PriceIn], Field(max_length=MOST_ITEMS)]
    alternatives: Annotated[list[AlternativeIn], Field(max_length=MOST_OWN_ALTERNATIVES)]
    lump_net_minor: Minor | None
    lump_vat_rate: Rate
    discount_rate: Rate
    start_date: date | None
    duration_days: Annotated[int, Field(ge=1, le=9_999)] | None
    valid_until_date: date | None
    conditions: Text20000


@with_config(_STRICT)
class StepIn(TypedDict, total=False):
    """``decline`` needs a reason, which the manager reads; ``claim`` takes a fixed-price offer in its turn."""

    step: Required[Literal["withdraw", "decline", "claim"]]
    reason: Text4000


@with_config(_STRICT)
class WordsIn(TypedDict):
    text: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


@with_config(_STRICT)
class FilesIn(TypedDict):
    """Files uploaded before with POST /files."""

    file_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_FILES)]


@with_config(_STRICT)
class OrderStepIn(TypedDict, total=False):
    """``decline`` needs a reason, which the manager reads."""

    step: Required[Literal["confirm", "decline", "start", "finish", "book", "unbook"]]
    reason: Text4000


Codes = Annotated[list[Text40], Field(max_length=1_000)]


@with_config(_STRICT)
class ProfileIn(TypedDict, total=False):
    """Only the fields sent change."""

    contact_name: Text200
    emergency_phone: Text40
    website: Text200
    about: Text4000
    languages: Codes
    area_kind: Literal["anywhere", "postcodes", "radius"]
    area_postcodes: Codes
    area_radius_km: Annotated[int, Field(ge=1, le=500)] | None
    capacity: Annotated[int, Field(ge=1, le=1_000)] | None
    trades: Codes
    services: Codes


QUOTE_IN: TypeAdapter[QuoteIn] = TypeAdapter(QuoteIn)
STEP_IN: TypeAdapter[StepIn] = TypeAdapter(StepIn)
WORDS_IN: TypeAdapter[WordsIn] = TypeAdapter(WordsIn)
FILES_IN: TypeAdapter[FilesIn] = TypeAdapter(FilesIn)
BILL_IN: TypeAdapter[BillIn] = TypeAdapter(BillIn)
ORDER_STEP_IN: TypeAdapter[OrderStepIn] = TypeAdapter(OrderStepIn)
PROFILE_IN: TypeAdapter[ProfileIn] = TypeAdapter(ProfileIn)


def quote_given(sent: QuoteIn, *, usual_vat_basis_points: int) -> QuoteGiven:
    rate = sent.get("lump_vat_rate")
    prices = [
        PriceGiven(one["unit_price_minor"], int(one["vat_rate"].scaleb(2)), item_id=one["item_id"])
        for one in sent.get("prices", ())
    ]
    alternatives = [
        PriceGiven(
            one["unit_price_minor"],
            int(one["vat_rate"].scaleb(2)),
            text=one["text"],
            quantity_thousandths=int(one["quantity"].scaleb(3)),
            unit=one["unit"],
        )
        for one in sent.get("alternatives", ())
    ]
    return QuoteGiven(
        pricing=sent.get("pricing", Pricing.ITEMS),
        prices=(*prices, *alternatives),
        lump_net_minor=sent.get("lump_net_minor"),
        lump_vat_basis_points=usual_vat_basis_points if rate is None else int(rate.scaleb(2)),
        discount_basis_points=int(sent["discount_rate"].scaleb(2)) if "discount_rate" in sent else 0,
        start_date=sent.get("start_date"),
        duration_days=sent.get("duration_days"),
        valid_until_date=sent.get("valid_until_date"),
        conditions=sent.get("conditions", ""),
    )


class PageQuery(Schema):
    limit: int = Field(100, ge=1, le=500)
    cursor: UUID | None = Field(None, description="next_cursor of the page before.")


class OpenQuery(Schema):
    limit: int = Field(100, ge=1, le=500)
    cursor: int = Field(0, ge=0, le=1_000_000, description="next_cursor of the page before.")


class QuoteFile(Schema):
    file_id: UUID
    name: str


class OwnQuestion(Schema):
    id: UUID
    own: bool = Field(description="Asked by the firm itself; others' names are not told.")
    text: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None


class OwnQuote(Quote):
    files: list[QuoteFile]


class OwnInvitation(Schema):
    """A request to which the firm is invited, with its own quotes: a draft, what it submitted, and how it ended."""

    id: UUID
    request_id: UUID
    state: InvitationState
    decline_reason: str | None
    invited_at: datetime
    window_from_at: datetime | None
    window_until_at: datetime | None
    manager: str
    postcode: str | None
    city: str | None
    mode: Mode
    request_state: State
    title: str
    text: str
    service: str | None
    currency: str
    budget_minor: int | None = Field(description="Where the manager shows it.")
    fixed_price_minor: int | None = Field(description="Gross, of a fixed-price offer.")
    deadline_at: datetime | None
    start_date: date | None
    visit_possible: bool
    visit_note: str | None
    items: list[Item]
    questions: list[OwnQuestion]
    files: list[QuoteFile]
    quotes: list[OwnQuote]


class InvitationPage(Schema):
    items: list[OwnInvitation]
    next_cursor: str | None


class OpenRequest(Schema):
    request_id: UUID
    manager: str
    postcode: str | None
    city: str | None
    title: str
    service: str | None
    deadline_at: datetime | None


class OpenRequestPage(Schema):
    items: list[OpenRequest]
    next_cursor: str | None


class OwnRating(Rating):
    order_number: str
    manager: str


class OwnRatingPage(Schema):
    items: list[OwnRating]
    next_cursor: str | None


class Appeal(Schema):
    id: UUID
    against: Stage
    text: str
    made_at: datetime
    outcome: Outcome
    reason: str | None
    decided_at: datetime | None


class Standing(Schema):
    """How the firm stands with the rule on unanswered requests; `stage` null: neither warned nor limited."""

    stage: Stage | None
    since: datetime | None
    asked: int
    unanswered: int
    may_appeal: bool
    appeals: list[Appeal]


class OwnOrderQuery(Schema):
    state: OrderState | None = None
    updated_since: Since | None = Field(None, description="Orders changed at or after this time.")
    limit: int = Field(100, ge=1, le=500)
    cursor: Cursor | None = Field(None, description="next_cursor of the page before.")


class OrderPlace(Schema):
    street: str | None
    house_number: str | None
    postcode: str | None
    city: str | None
    unit: str | None = Field(description="The flat: its name, else the manager's number of it.")
    floor: int | None
    position: str | None
    note: str | None


class OwnOrder(Schema):
    """An order that the firm has. Amounts in minor units of its currency; net and gross without variations."""

    id: UUID
    number: str
    manager: str
    title: str
    text: str | None
    trade: str | None
    urgency: Literal["emergency", "urgent", "normal", "low"]
    state: OrderState
    state_at: datetime
    steps: list[str] = Field(description="What the firm may do next (POST .../steps).")
    place: OrderPlace
    awarded_at: datetime | None
    confirmed_at: datetime | None
    due_date: date | None
    done_at: datetime | None
    accepted_at: datetime | None
    warranty_until_date: date | None
    currency: str
    items: list[OrderItem]
    net_minor: int
    gross_minor: int
    variations_gross_minor: int = Field(description="Of the approved ones.")
    version: int
    created_at: datetime
    updated_at: datetime


class OwnOrderRead(OwnOrder):
    """With whom to call on site: from the award until the acceptance. That it was looked at is noted."""

    contact: Contact | None


class OwnOrderPage(Schema):
    items: list[OwnOrder]
    next_cursor: str | None


class Profile(Schema):
    """What managers see of the firm. Trades and services by their codes."""

    name: str
    contact_name: str
    emergency_phone: str
    website: str
    about: str
    languages: list[str]
    area_kind: Literal["anywhere", "postcodes", "radius"]
    area_postcodes: list[str]
    area_radius_km: int | None
    capacity: int | None
    trades: list[str]
    services: list[str] = Field(description="Empty: every service of the trades.")
    version: int
