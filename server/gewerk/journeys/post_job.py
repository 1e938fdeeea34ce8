"""A private owner says what is to be done: an order is begun, vetted firms are chosen by the published rule and asked for quotes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from gewerk.catalogue.shapes import Service
from gewerk.files.models import StoredFile
from gewerk.files.operations.link import link
from gewerk.identity.access import owns_privately, require
from gewerk.journal.actor import Actor
from gewerk.journeys.keep_order_files import keep_order_files
from gewerk.journeys.request_quotes import send_request
from gewerk.marketplace.access import REQUEST_FILES
from gewerk.marketplace.models import QuoteRequest
from gewerk.marketplace.operations.choose_by_rule import choose_by_rule
from gewerk.marketplace.operations.prepare import draft_request
from gewerk.marketplace.scope import ScopeItem
from gewerk.projects.operations.draft_order import draft_order

FIRMS_ASKED = 5


@dataclass(frozen=True, slots=True)
class Job:
    """What the owner says of it."""

    service: Service
    title: str
    text: str
    deadline_at: datetime
    start_date: date | None = None
    visit_note: str = ""
    """When one may look at it; empty: no visit."""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""


def post_job(
    *,
    actor: Actor,
    property_id: UUID,
    unit_id: UUID | None,
    job: Job,
    photos: Sequence[tuple[StoredFile, str]] = (),
    now: datetime,
) -> QuoteRequest:
    """All or nothing. ``photos`` are (file, name), kept by the owner's organisation; the firms asked see them.

    Raises NotFound (of the stock), OrderIsInvalid, RequestIsInvalid, RuleFindsNobody, FORBIDDEN.
    """
    require(owns_privately(actor))
    with transaction.atomic():
        fields = {
            "title": job.title,
            "text": job.text,
            "trade": job.service.trades[0],
            "unit_id": unit_id,
            "contact_name": job.contact_name,
            "contact_phone": job.contact_phone,
            "contact_email": job.contact_email,
        }
        order = draft_order(actor=actor, property_id=property_id, fields=fields, now=now)
        keep_order_files(actor=actor, order_id=order.pk, files=photos, now=now)
        request = draft_request(
            actor=actor,
            order_id=order.pk,
            fields={
                "title": job.title,
                "text": job.text,
                "service": job.service.code,
                "deadline_at": job.deadline_at,
                "start_date": job.start_date,
                "visit_possible": bool(job.visit_note),
                "visit_note": job.visit_note,
            },
            items=[ScopeItem(text=job.title, quantity_thousandths=1_000, unit="psch")],
            now=now,
        )
        keeping = replace(actor, organisation_id=request.organisation_id)
        for file, name in photos:
            link(
                actor=keeping,
                file=file,
                object_type=REQUEST_FILES,
                object_id=request.pk,
                name=name,
                purpose="added",
                now=now,
            )
        choose_by_rule(actor=actor, request_id=request.pk, count=FIRMS_ASKED, now=now)
        return send_request(actor=actor, request_id=request.pk, now=now)
