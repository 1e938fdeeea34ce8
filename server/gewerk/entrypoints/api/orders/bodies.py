"""What programs send. Money in whole minor units of the order's currency, quantities and tax rates as decimal text."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Required
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, with_config
from typing_extensions import TypedDict

from gewerk.portfolio.records import Text2, Text20, Text30, Text40, Text60, Text100, Text200
from gewerk.projects.items import MOST_ITEMS, Line

_STRICT = ConfigDict(extra="forbid", strict=True)

Text254 = Annotated[str, StringConstraints(max_length=254)]
Text500 = Annotated[str, StringConstraints(max_length=500)]
Text2000 = Annotated[str, StringConstraints(max_length=2_000)]
Text4000 = Annotated[str, StringConstraints(max_length=4_000)]
Text10000 = Annotated[str, StringConstraints(max_length=10_000)]
Minor = Annotated[int, Field(ge=-(10**12), le=10**12)]
Quantity = Annotated[Decimal, Field(gt=0, le=1_000_000, decimal_places=3)]
Rate = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]
Kind = Literal["labour", "travel", "material", "other"]
Ids = Annotated[list[UUID], Field(min_length=1, max_length=100)]


@with_config(_STRICT)
class ItemGiven(TypedDict, total=False):
    """One line: ``vat_rate`` in percent (``19``), ``quantity`` of ``unit``, price per unit net."""

    text: Required[Text500]
    quantity: Required[Quantity]
    unit: Required[Text20]
    unit_price_minor: Required[Minor]
    vat_rate: Required[Rate]
    kind: Kind
    framework_price_id: UUID | None


Items = Annotated[list[ItemGiven], Field(max_length=MOST_ITEMS)]


@with_config(_STRICT)
class OrderFields(TypedDict, total=False):
    text: Text10000 | None
    trade: Text30 | None
    urgency: Literal["emergency", "urgent", "normal", "low"]
    unit_id: UUID | None
    place_note: Text200 | None
    tenant_id: UUID | None
    contact_name: Text200 | None
    contact_phone: Text60 | None
    contact_email: Text254 | None
    access_notes: Text2000 | None
    pets: Text200 | None
    pair_visit: bool
    responsible_id: UUID | None
    recall_of_id: UUID | None
    due_date: date | None
    warranty_until_date: date | None
    account_code: Text40 | None
    budget_minor: Annotated[int, Field(ge=0, le=10**12)] | None
    insurance_claim: bool
    insurer: Text200 | None
    claim_number: Text60 | None


@with_config(_STRICT)
class OrderCreate(OrderFields, total=False):
    """At a property, or from tickets (then the property is theirs)."""

    property_id: UUID
    ticket_ids: Ids
    title: Text200
    items: Items


@with_config(_STRICT)
class OrderChange(OrderFields, total=False):
    """Only the fields sent change; ``null`` empties one."""

    title: Text200


@with_config(_STRICT)
class ItemsPut(TypedDict):
    """In the place of all items of the order."""

    items: Items


@with_config(_STRICT)
class PriceTaken(TypedDict, total=False):
    price_id: Required[UUID]
    quantity: Quantity


@with_config(_STRICT)
class Award(TypedDict, total=False):
    """To a firm at the order's items, at framework prices (their firm gets it), or to an own crew: one of the three."""

    firm_id: UUID
    prices: Annotated[list[PriceTaken], Field(min_length=1, max_length=MOST_ITEMS)]
    crew_id: UUID
    comment: Text4000


@with_config(_STRICT)
class StepTaken(TypedDict, total=False):
    """One of the order's ``steps``. ``reason`` where the step needs one; ``warranty_until`` with accept."""

    step: Required[Text30]
    reason: Text4000
    warranty_until: date | None


@with_config(_STRICT)
class DefectFound(TypedDict):
    text: Text4000
    due_date: date


@with_config(_STRICT)
class DefectsFound(TypedDict):
    defects: Annotated[list[DefectFound], Field(min_length=1, max_length=50)]


@with_config(_STRICT)
class Invoice(TypedDict):
    gross_minor: Annotated[int, Field(gt=0, le=10**12)]


@with_config(_STRICT)
class Tickets(TypedDict):
    ticket_ids: Ids


@with_config(_STRICT)
class VariationAsked(TypedDict):
    reason: Text4000
    items: Annotated[list[ItemGiven], Field(min_length=1, max_length=MOST_ITEMS)]


@with_config(_STRICT)
class VariationDecision(TypedDict, total=False):
    """``ask``: somebody with a higher spending limit shall decide."""

    decision: Required[Literal["approve", "refuse", "withdraw", "ask"]]
    reason: Text4000


@with_config(_STRICT)
class ApprovalDecision(TypedDict, total=False):
    decision: Required[Literal["approve", "refuse"]]
    reason: Text4000


@with_config(_STRICT)
class LimitSet(TypedDict):
    """``null``: without limit."""

    role: Literal["admin", "finance_officer", "housing_manager", "housing_officer"]
    amount_minor: Annotated[int, Field(ge=0, le=10**12)] | None


@with_config(_STRICT)
class FirmInvite(TypedDict, total=False):
    name: Required[Text200]
    email: Required[Text254]
    country: Text2
    trades: Annotated[list[Text30], Field(max_length=60)]
    supplier_number: Text40


@with_config(_STRICT)
class FirmChange(TypedDict, total=False):
    """What the own list says of the firm; what it tells of itself is the firm's own."""

    standing: Literal["preferred", "approved", "blocked"]
    blocked_reason: Text4000
    supplier_number: Text40
    note: Text4000


@with_config(_STRICT)
class PriceAgree(TypedDict, total=False):
    firm_id: Required[UUID]
    code: Required[Text40]
    text: Required[Text500]
    unit: Required[Text20]
    net_minor: Required[Annotated[int, Field(ge=0, le=10**10)]]
    vat_rate: Required[Rate]
    valid_from: Required[date]
    valid_until: date | None
    trade: Text30
    kind: Kind


@with_config(_STRICT)
class PriceChange(TypedDict, total=False):
    """Only the fields sent change."""

    code: Text40
    text: Text500
    unit: Text20
    net_minor: Annotated[int, Field(ge=0, le=10**10)]
    vat_rate: Rate
    valid_from: date
    valid_until: date | None
    trade: Text30
    kind: Kind


@with_config(_STRICT)
class CrewSave(TypedDict, total=False):
    kind: Required[Literal["caretaker", "crew"]]
    name: Required[Text100]
    phone: Text40
    trades: Annotated[list[Text30], Field(max_length=60)]
    member_ids: Annotated[list[UUID], Field(max_length=200)]


ORDER_CREATE: TypeAdapter[Any] = TypeAdapter(OrderCreate)
ORDER_CHANGE: TypeAdapter[Any] = TypeAdapter(OrderChange)
ITEMS_PUT: TypeAdapter[Any] = TypeAdapter(ItemsPut)
AWARD: TypeAdapter[Any] = TypeAdapter(Award)
STEP: TypeAdapter[Any] = TypeAdapter(StepTaken)
DEFECTS: TypeAdapter[Any] = TypeAdapter(DefectsFound)
INVOICE: TypeAdapter[Any] = TypeAdapter(Invoice)
TICKETS: TypeAdapter[Any] = TypeAdapter(Tickets)
VARIATION_ASKED: TypeAdapter[Any] = TypeAdapter(VariationAsked)
VARIATION_DECISION: TypeAdapter[Any] = TypeAdapter(VariationDecision)
APPROVAL_DECISION: TypeAdapter[Any] = TypeAdapter(ApprovalDecision)
LIMIT_SET: TypeAdapter[Any] = TypeAdapter(LimitSet)
FIRM_INVITE: TypeAdapter[Any] = TypeAdapter(FirmInvite)
FIRM_CHANGE: TypeAdapter[Any] = TypeAdapter(FirmChange)
PRICE_AGREE: TypeAdapter[Any] = TypeAdapter(PriceAgree)
PRICE_CHANGE: TypeAdapter[Any] = TypeAdapter(PriceChange)
CREW_SAVE: TypeAdapter[Any] = TypeAdapter(CrewSave)


def line_of(item: dict[str, Any]) -> Line:
    """A sent item as the operations take it."""
    return Line(
        text=item["text"],
        quantity_thousandths=int(item["quantity"].scaleb(3)),
        unit=item["unit"],
        unit_price_minor=item["unit_price_minor"],
        vat_basis_points=int(item["vat_rate"].scaleb(2)),
        kind=item.get("kind", "labour"),
        framework_price_id=item.get("framework_price_id"),
    )


def without_nulls(fields: dict[str, Any]) -> dict[str, Any]:
    """``null`` for a text empties it; ids, days and money keep it."""
    keep = {"unit_id", "tenant_id", "responsible_id", "recall_of_id", "due_date", "warranty_until_date", "budget_minor"}
    return {name: "" if value is None and name not in keep else value for name, value in fields.items()}
