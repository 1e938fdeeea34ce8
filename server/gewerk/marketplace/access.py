"""The only way a door gets a request, an invitation or a quote.

``quotes`` is the seal: whoever asks for a quote asks there. A manager finds those of its own requests once they are opened (which
no code and no constraint allows before the deadline); a firm its own, always; nobody else any.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, QuerySet, UUIDField, When
from django.db.models.functions import Coalesce

from gewerk.firms.models import ListedFirm, Standing
from gewerk.identity.access import dispatches, edits_orders, operates, require, sees_orders, works_for_firm
from gewerk.identity.models import Organisation
from gewerk.journal.actor import Actor, ActorKind, by_link
from gewerk.kit.prepared import Given, prepared
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.marketplace.links import invitation_of, owner_approval_of
from gewerk.marketplace.models import (
    AnswerCase,
    Appeal,
    AwardRecord,
    Invitation,
    OwnerApproval,
    OwnerRule,
    Quote,
    QuoteRequest,
    Rating,
)
from gewerk.marketplace.states import (
    LIVE,
    QUOTES_OPENED,
    SHOWN_TO_FIRMS,
    By,
    InvitationState,
    Mode,
    QuoteState,
    State,
    Step,
    allowed,
)
from gewerk.projects.access import OrderNotFound, concerns_reporter
from gewerk.projects.models import WorkOrder
from gewerk.tickets.models import Ticket

QUOTE_FILES = "quote"
REQUEST_FILES = "quote_request"
"""Object types of ``files``."""
_GUEST = "quote:"


class RequestNotFound(Refusal):
    kind = RefusalKind.NOT_FOUND
    code = "not_found"


def guest_of(token: str) -> tuple[Actor, Invitation]:
    """Whoever opens the link of the firm's mail: may do with this one invitation what the firm may. Raises LinkIsInvalid."""
    invitation = invitation_of(token)
    return by_link(invitation.firm_id, invitation.pk, f"{_GUEST}{invitation.pk}"), invitation


def owner_of(token: str) -> OwnerApproval:
    """What the owner of the link is asked. Raises LinkIsInvalid."""
    return owner_approval_of(token)


def owner_rule_of(actor: Actor) -> int | None:
    """From which gross sum on an owner has to agree, in minor units of the organisation's currency; None: never."""
    require(sees_orders(actor))
    return OwnerRule.objects.filter(organisation_id=actor.organisation_id).values_list("from_minor", flat=True).first()


def requests(actor: Actor) -> QuerySet[QuoteRequest]:
    """The manager's (of the client, where a key is limited to one)."""
    require(sees_orders(actor))
    return requests_of(actor.organisation_id, actor.client_number or "").select_related("organisation", "order")


def requests_of(organisation: UUID | Given, client_number: str | Given = "") -> QuerySet[QuoteRequest]:
    """All of the manager's, or of one of its clients. Whoever asks here has checked that they may be seen."""
    rows = QuoteRequest.objects.filter(organisation_id=organisation)
    return rows.filter(order__property__client_number=client_number) if client_number else rows


_one_request = prepared(
    lambda: QuoteRequest.objects.filter(
        organisation_id=Given("organisation", UUIDField()), pk=Given("request", UUIDField())
    ).select_related("organisation", "order")
)


def request_for(actor: Actor, request_id: UUID) -> QuoteRequest:
    """Raises RequestNotFound for an unknown or a foreign id alike."""
    require(sees_orders(actor))
    found = _one_request(organisation=actor.organisation_id, request=request_id)
    if not found or (actor.client_number and found[0].order.property.client_number != actor.client_number):
        raise RequestNotFound
    one: QuoteRequest = found[0]
    return one


def request_to_edit(actor: Actor, request_id: UUID) -> QuoteRequest:
    """For what only the manager's people may do, with the row locked where the database can."""
    require(edits_orders(actor))
    found = requests(actor).select_for_update(of=("self",)).filter(pk=request_id).first()
    if found is None:
        raise RequestNotFound
    return found


def live_request_of(order_id: UUID) -> QuoteRequest | None:
    """Locked. Whoever changes order and request together locks the request first, so that nobody waits crosswise."""
    return (
        QuoteRequest.objects.select_for_update(of=("self",))
        .select_related("organisation", "order")
        .filter(order_id=order_id, state__in=LIVE)
        .first()
    )


def invitations(actor: Actor) -> QuerySet[Invitation]:
    """For a firm: to what it was invited. With request and its order."""
    rows = invited(actor.organisation_id).select_related("firm", "request__organisation", "request__order__property")
    if actor.kind is ActorKind.GUEST:
        return rows.filter(pk__in=_of_guest(actor))
    require_market(actor)
    return rows


def invited(firm: UUID | Given) -> QuerySet[Invitation]:
    """To what the firm was invited. Whoever asks here has checked that it may be seen."""
    return Invitation.objects.filter(request__state__in=sorted(SHOWN_TO_FIRMS), firm_id=firm)


def require_market(actor: Actor) -> None:
    """Only a firm's people, and its programs, see invitations and the marketplace."""
    require(works_for_firm(actor) and dispatches(actor))


def open_to(firm: UUID | Given, country: str | Given, *, now: datetime | Given) -> QuerySet[QuoteRequest]:
    """Requests open to the marketplace, before their deadline, in the firm's country, of managers that do not block it.

    Whether it may take their service, and works there, is asked by ``queries.market``.
    """
    barring = ListedFirm.objects.filter(firm_id=firm, standing=Standing.BLOCKED).values("organisation_id")
    return QuoteRequest.objects.filter(
        open_to_market=True, state=State.OPEN, deadline_at__gt=now, organisation__country=country
    ).exclude(organisation_id__in=barring)


def open_request_for(actor: Actor, request_id: UUID, *, now: datetime) -> QuoteRequest:
    """Raises RequestNotFound."""
    require_market(actor)
    firm = Organisation.objects.get(pk=actor.organisation_id)
    rows = open_to(firm.pk, firm.country, now=now).select_related("organisation", "order__property")
    found = rows.filter(pk=request_id).first()
    if found is None:
        raise RequestNotFound
    return found


def invitation_for(actor: Actor, invitation_id: UUID) -> Invitation:
    found = invitations(actor).filter(pk=invitation_id).first()
    if found is None:
        raise RequestNotFound
    return found


def invitation_to_change(actor: Actor, invitation_id: UUID) -> Invitation:
    """With its request locked: quotes come in, are opened and awarded one after the other."""
    found = invitation_for(actor, invitation_id)
    found.request = (
        QuoteRequest.objects.select_for_update(of=("self",))
        .select_related("organisation", "order")
        .get(pk=found.request_id)
    )
    found.refresh_from_db(fields=["state", "window_from_at", "window_until_at", "decline_reason"])
    return found


def quotes(actor: Actor) -> QuerySet[Quote]:
    """The seal. For a manager those that were opened; for a firm its own with drafts; for a guest those of its link."""
    if actor.kind is ActorKind.GUEST:
        return Quote.objects.filter(firm_id=actor.organisation_id, invitation_id__in=_of_guest(actor))
    if works_for_firm(actor):
        require(dispatches(actor))
        return own_quotes(actor.organisation_id)
    require(sees_orders(actor))
    rows = Quote.objects.filter(request__organisation_id=actor.organisation_id, state__in=QUOTES_OPENED)
    if actor.client_number:
        rows = rows.filter(request__order__property__client_number=actor.client_number)
    return rows.filter(Q(request__opened_at__isnull=False) | Q(state=QuoteState.AWARDED))


def own_quotes(firm: UUID | Given) -> QuerySet[Quote]:
    """What the firm wrote itself, drafts too. Whoever asks here has checked that it is the firm that asks."""
    return Quote.objects.filter(firm_id=firm)


def quote_for(actor: Actor, quote_id: UUID) -> Quote:
    found = quotes(actor).select_related("request__organisation", "firm").filter(pk=quote_id).first()
    if found is None:
        raise RequestNotFound
    return found


def quoted(request: QuoteRequest) -> QuerySet[Any, Any]:
    """Ids of the invitations with a quote in, for the marketplace's own steps: shown to nobody before the quotes are opened."""
    return Quote.objects.filter(request=request, state=QuoteState.SUBMITTED).values("invitation_id")


def invitations_over(now: datetime | Given) -> QuerySet[Any]:
    """Behind no seal any more: ``Invitation`` rows of all firms with ``begins_at``, ``due_at`` and ``was_answered``, for counting.

    Of a request for quotes only when its quotes were opened, of a fixed-price offer only windows that ran to their end before
    somebody had the job. A quote, also one withdrawn later, and a refusal with its reason are answers.
    """
    fixed = Q(request__mode=Mode.FIXED_PRICE_OFFER)
    cut_short = Q(request__ended_at__lt=F("due_at")) | Q(request__award__at__lt=F("due_at"))
    quoted = Quote.objects.filter(invitation=OuterRef("pk"), submitted_at__isnull=False)
    return (
        Invitation.objects.filter(request__state__in=SHOWN_TO_FIRMS)
        .annotate(
            begins_at=Coalesce("window_from_at", "invited_at"),
            due_at=Case(
                When(fixed, then="window_until_at"), default="request__deadline_at", output_field=DateTimeField()
            ),
            was_answered=Q(state=InvitationState.DECLINED) | Exists(quoted),
        )
        .filter(Q(~fixed, request__opened_at__isnull=False) | Q(fixed & ~cut_short), due_at__lte=now)
    )


def award_records(actor: Actor) -> QuerySet[AwardRecord]:
    """The manager's."""
    require(sees_orders(actor))
    rows = AwardRecord.objects.filter(organisation_id=actor.organisation_id)
    return rows.filter(order__property__client_number=actor.client_number) if actor.client_number else rows


def ratings(actor: Actor) -> QuerySet[Rating]:
    """A manager's of its own orders, with what its tenants say; a firm's all that it got, whoever rated."""
    if works_for_firm(actor):
        require(dispatches(actor))
        return Rating.objects.filter(firm_id=actor.organisation_id)
    require(sees_orders(actor))
    rows = Rating.objects.filter(organisation_id=actor.organisation_id)
    return rows.filter(order__property__client_number=actor.client_number) if actor.client_number else rows


def rating_to_answer(actor: Actor, rating_id: UUID) -> Rating:
    """Of the acting firm, locked. Raises RequestNotFound."""
    require(works_for_firm(actor))
    found = ratings(actor).select_for_update(of=("self",)).filter(pk=rating_id).first()
    if found is None:
        raise RequestNotFound
    return found


def orders_of_report(ticket: Ticket) -> list[WorkOrder]:
    """Orders that answer this report and concern whoever made it, with their firms, the oldest first.

    The door opened the report through ``tickets.access`` or its signed link.
    """
    answers = Q(ticket_links__ticket=ticket)
    if ticket.incident_id is not None:
        answers |= Q(ticket_links__ticket_id=ticket.incident_id)
    rows = WorkOrder.objects.filter(answers, organisation_id=ticket.organisation_id).select_related("firm").distinct()
    return [one for one in rows.order_by("created_at", "pk") if concerns_reporter(one, ticket)]


def order_of_report(ticket: Ticket, order_id: UUID) -> WorkOrder:
    """One of ``orders_of_report``, locked. Raises OrderNotFound."""
    if order_id not in {one.pk for one in orders_of_report(ticket)}:
        raise OrderNotFound
    return WorkOrder.objects.select_for_update(of=("self",)).get(pk=order_id)


def ratings_of_report(ticket: Ticket) -> QuerySet[Rating]:
    """What whoever made this report said of the work."""
    return Rating.objects.filter(ticket=ticket)


def answer_cases(actor: Actor) -> QuerySet[AnswerCase]:
    """A firm's own; for the operator those of all firms. No manager's: they meet the limit where they invite."""
    if operates(actor):
        return AnswerCase.objects.all()
    require(dispatches(actor))
    return AnswerCase.objects.filter(firm_id=actor.organisation_id)


def own_case(actor: Actor) -> AnswerCase | None:
    """The acting firm's open one."""
    require(dispatches(actor))
    return answer_cases(actor).filter(ended_at__isnull=True).first()


def appeals(actor: Actor) -> QuerySet[Appeal]:
    """As ``answer_cases``."""
    rows = Appeal.objects.select_related("case", "firm")
    if operates(actor):
        return rows
    require(dispatches(actor))
    return rows.filter(firm_id=actor.organisation_id)


def appeal_to_decide(actor: Actor, appeal_id: UUID) -> Appeal:
    """For the operator, locked. Raises RequestNotFound."""
    require(operates(actor))
    found = appeals(actor).select_for_update(of=("self",)).filter(pk=appeal_id).first()
    if found is None:
        raise RequestNotFound
    return found


def quotes_seen(actor: Actor, ids: Collection[UUID]) -> set[UUID]:
    """Which of these quotes the actor may see, for the files linked to them."""
    if not _deals_with_quotes(actor):
        return set()
    return set(quotes(actor).filter(pk__in=ids).values_list("pk", flat=True))


def requests_seen(actor: Actor, ids: Collection[UUID]) -> set[UUID]:
    """Of the manager, or of an invited firm."""
    if not _deals_with_quotes(actor):
        return set()
    if actor.kind is ActorKind.GUEST or works_for_firm(actor):
        return set(invitations(actor).filter(request_id__in=ids).values_list("request_id", flat=True))
    return set(requests(actor).filter(pk__in=ids).values_list("pk", flat=True))


def parties_of(actor: Actor, request: QuoteRequest) -> frozenset[By]:
    if actor.kind is ActorKind.SYSTEM:
        return frozenset({By.SYSTEM})
    if actor.organisation_id == request.organisation_id and edits_orders(actor):
        return frozenset({By.STAFF})
    return frozenset()


def steps_for(actor: Actor, request: QuoteRequest) -> tuple[Step, ...]:
    """What the manager's person may do next."""
    return allowed(request.state, request.mode, parties_of(actor, request))


def _of_guest(actor: Actor) -> set[UUID]:
    return {UUID(scope.removeprefix(_GUEST)) for scope in actor.scopes if scope.startswith(_GUEST)}


def _deals_with_quotes(actor: Actor) -> bool:
    if actor.kind is ActorKind.GUEST:
        return bool(_of_guest(actor))
    return dispatches(actor) if works_for_firm(actor) else sees_orders(actor)
