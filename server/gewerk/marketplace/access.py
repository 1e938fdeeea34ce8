"""The only way a door gets a request, an invitation or a quote.

``quotes`` is the seal: whoever asks for a quote asks there. A manager finds those of its own requests once they are opened (which
no code and no constraint allows before the deadline); a firm its own, always; nobody else any.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from gewerk.firms.models import ListedFirm, Standing
from gewerk.identity.access import dispatches, edits_orders, require, sees_orders, works_for_firm
from gewerk.identity.models import Organisation
from gewerk.journal.actor import Actor, ActorKind, by_link
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.marketplace.links import invitation_of, owner_approval_of
from gewerk.marketplace.models import AwardRecord, Invitation, OwnerApproval, OwnerRule, Quote, QuoteRequest
from gewerk.marketplace.states import LIVE, QUOTES_OPENED, SHOWN_TO_FIRMS, By, QuoteState, State, Step, allowed

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
    rows = QuoteRequest.objects.filter(organisation_id=actor.organisation_id).select_related("organisation", "order")
    return rows.filter(order__property__client_number=actor.client_number) if actor.client_number else rows


def request_for(actor: Actor, request_id: UUID) -> QuoteRequest:
    """Raises RequestNotFound for an unknown or a foreign id alike."""
    found = requests(actor).filter(pk=request_id).first()
    if found is None:
        raise RequestNotFound
    return found


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
    rows = Invitation.objects.filter(request__state__in=SHOWN_TO_FIRMS).select_related(
        "firm", "request__organisation", "request__order__property"
    )
    if actor.kind is ActorKind.GUEST:
        return rows.filter(firm_id=actor.organisation_id, pk__in=_of_guest(actor))
    require(works_for_firm(actor) and dispatches(actor))
    return rows.filter(firm_id=actor.organisation_id)


def open_requests(actor: Actor, *, now: datetime) -> QuerySet[QuoteRequest]:
    """For a firm: requests open to the marketplace, before their deadline, in its country, of managers that do not block it.

    Whether it may take their service, and works there, is asked by ``queries.market``.
    """
    require(works_for_firm(actor) and dispatches(actor))
    firm = Organisation.objects.get(pk=actor.organisation_id)
    barring = ListedFirm.objects.filter(firm=firm, standing=Standing.BLOCKED).values("organisation_id")
    return (
        QuoteRequest.objects.filter(
            open_to_market=True, state=State.OPEN, deadline_at__gt=now, organisation__country=firm.country
        )
        .exclude(organisation_id__in=barring)
        .select_related("organisation", "order__property")
    )


def open_request_for(actor: Actor, request_id: UUID, *, now: datetime) -> QuoteRequest:
    """Raises RequestNotFound."""
    found = open_requests(actor, now=now).filter(pk=request_id).first()
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
        return Quote.objects.filter(firm_id=actor.organisation_id)
    require(sees_orders(actor))
    rows = Quote.objects.filter(request__organisation_id=actor.organisation_id, state__in=QUOTES_OPENED)
    if actor.client_number:
        rows = rows.filter(request__order__property__client_number=actor.client_number)
    return rows.filter(Q(request__opened_at__isnull=False) | Q(state=QuoteState.AWARDED))


def quote_for(actor: Actor, quote_id: UUID) -> Quote:
    found = quotes(actor).select_related("request__organisation", "firm").filter(pk=quote_id).first()
    if found is None:
        raise RequestNotFound
    return found


def award_records(actor: Actor) -> QuerySet[AwardRecord]:
    """The manager's."""
    require(sees_orders(actor))
    rows = AwardRecord.objects.filter(organisation_id=actor.organisation_id)
    return rows.filter(order__property__client_number=actor.client_number) if actor.client_number else rows


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
