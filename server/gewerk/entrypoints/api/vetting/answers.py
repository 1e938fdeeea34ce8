"""What the published schema says of services, evidence and gates, and of the queries of their lists."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from gewerk.entrypoints.api.schemas import Day, QueryText
from gewerk.firms.gates import Why

Code = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z0-9_]+$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class ServiceQuery(Schema):
    country: Country | None = Field(None, description="The organisation's own when left out.")
    q: QueryText | None = Field(None, description="Words that name, trade or code must hold, in German or English.")
    trade: Code | None = None
    limit: int = Field(100, ge=1, le=500)
    cursor: Code | None = Field(None, description="next_cursor of the page before.")


class KindQuery(Schema):
    country: Country | None = Field(None, description="The organisation's own when left out.")


class Texts(Schema):
    de: str
    en: str


class Requirement(Schema):
    kind: str
    minimum_minor: int | None = Field(description="The least sum insured, minor units of the country's currency.")


class ServiceQuestion(Texts):
    code: str


class Service(Schema):
    """``trades``: any of them may do it; ``usual``: a fixed price, or a visit first; ``minutes``: usual duration."""

    country: str
    code: str
    de: str
    en: str
    trades: list[str]
    gate: str
    requirements: list[Requirement]
    emergency: bool
    minutes: int
    usual: Literal["fixed", "visit"]
    questions: list[ServiceQuestion]
    version: int = Field(description="0: as delivered; else the operator's edit.")


class ServicePage(Schema):
    items: list[Service]
    next_cursor: str | None


class EvidenceKind(Texts):
    code: str
    law: str
    per_trade: bool
    expires: bool
    minimum_minor: int | None
    currency: str


class EvidenceKinds(Schema):
    items: list[EvidenceKind]


class EvidenceQuery(Schema):
    limit: int = Field(100, ge=1, le=500)
    cursor: UUID | None = Field(None, description="next_cursor of the page before.")


class Evidence(Schema):
    """Without number and file: those see the firm and the operator."""

    id: UUID
    kind: str
    trades: list[str]
    state: Literal["submitted", "confirmed", "refused"]
    expired: bool = Field(description="On the day of the call.")
    valid_from: date
    valid_until: date | None
    insured_minor: int | None
    currency: str | None
    submitted_at: datetime
    decided_at: datetime | None


class EvidencePage(Schema):
    items: list[Evidence]
    next_cursor: str | None


class GateQuery(Schema):
    service: Code | None = None
    open: bool | None = None
    on: Day | None = Field(None, description="Today when left out.")
    limit: int = Field(100, ge=1, le=500)
    cursor: Code | None = Field(None, description="next_cursor of the page before.")


class Missing(Schema):
    kind: str = Field(description="A kind of evidence; `trade`: the firm does none of the trades.")
    why: Why
    minimum_minor: int | None
    expired_on: date | None


class Gate(Schema):
    service: str
    open: bool
    missing: list[Missing]


class GatePage(Schema):
    items: list[Gate]
    next_cursor: str | None
