"""Rate finished work, once per side; the firm's answer, once. Only what was accepted can be rated."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.marketplace.access import order_of_report, rating_to_answer
from gewerk.marketplace.models import ASPECTS, FEWEST_STARS, MOST_STARS, RatedBy, Rating
from gewerk.marketplace.operations.moving import tell_other
from gewerk.marketplace.states import RATEABLE
from gewerk.projects.access import order_to_edit
from gewerk.projects.models import WorkOrder
from gewerk.tickets.models import Ticket

MOST_TEXT = 2_000
TENANT_ASPECTS = tuple(name for name in ASPECTS if name != "price_truth")
"""A tenant knows no price."""
OBJECT = "rating"


class NotFinished(Refusal):
    kind = RefusalKind.CONFLICT
    code = "order_not_finished"
    message = gettext_lazy("Work can be rated once it is done and accepted.")


class NobodyToRate(Refusal):
    kind = RefusalKind.CONFLICT
    code = "order_without_firm"
    message = gettext_lazy("Own people did this order. Only firms are rated.")


class AlreadyRated(Refusal):
    kind = RefusalKind.CONFLICT
    code = "already_rated"
    message = gettext_lazy("This order is rated already. A rating stays as it is.")


class AlreadyAnswered(Refusal):
    kind = RefusalKind.CONFLICT
    code = "already_answered"
    message = gettext_lazy("You have answered this rating already. An answer stays as it is.")


class RatingIsInvalid(Refusal):
    code = "rating_invalid"
    message = gettext_lazy("Please check your rating.")


def may_be_rated(order: WorkOrder) -> bool:
    """By whoever has not yet rated it."""
    return order.state in RATEABLE and order.firm_id is not None


def rate_as_manager(*, actor: Actor, order_id: UUID, stars: Mapping[str, int], text: str = "", now: datetime) -> Rating:
    """``stars`` of all ``ASPECTS``. Raises OrderNotFound, NotFinished, NobodyToRate, AlreadyRated, RatingIsInvalid, FORBIDDEN."""
    order = order_to_edit(actor, order_id)
    by = actor.id if actor.kind is ActorKind.PERSON else None
    return _rate(actor, order, RatedBy.MANAGER, ASPECTS, stars, text, now, person_id=by)


def rate_as_tenant(
    *, actor: Actor, ticket: Ticket, order_id: UUID, stars: Mapping[str, int], text: str = "", now: datetime
) -> Rating:
    """``ticket``: the report that the door opened for whoever rates; ``stars`` of ``TENANT_ASPECTS``.

    Raises OrderNotFound (not an order for this report's home), NotFinished, NobodyToRate, AlreadyRated, RatingIsInvalid.
    """
    order = order_of_report(ticket, order_id)
    return _rate(actor, order, RatedBy.TENANT, TENANT_ASPECTS, stars, text, now, ticket=ticket)


def answer_rating(*, actor: Actor, rating_id: UUID, text: str, now: datetime) -> Rating:
    """By the firm's owner or dispatchers. Raises RequestNotFound, AlreadyAnswered, RatingIsInvalid, FORBIDDEN."""
    rating = rating_to_answer(actor, rating_id)
    if rating.answered_at is not None:
        raise AlreadyAnswered
    answer = text.strip()
    if not answer or len(answer) > MOST_TEXT:
        message = _("Write between one and %(n)d characters.") % {"n": MOST_TEXT}
        raise RatingIsInvalid(message, problems=(FieldProblem("/answer", "required", message),))
    rating.answer, rating.answered_at = answer, now
    rating.answered_by_id = actor.id if actor.kind is ActorKind.PERSON else None
    rating.save(update_fields=["answer", "answered_by", "answered_at"])
    tell_other(
        actor,
        organisation_id=rating.organisation_id,
        object_type=OBJECT,
        object_id=rating.pk,
        event="rating.answered",
        now=now,
        data={"order_id": str(rating.order_id)},
    )
    return rating


def _rate(
    actor: Actor,
    order: WorkOrder,
    side: RatedBy,
    aspects: tuple[str, ...],
    stars: Mapping[str, int],
    text: str,
    now: datetime,
    **more: Any,
) -> Rating:
    """The order is locked: of two ratings at once the second finds the first."""
    if order.firm_id is None:
        raise NobodyToRate if order.in_house else NotFinished
    if order.state not in RATEABLE:
        raise NotFinished
    if Rating.objects.filter(order=order, rated_by=side).exists():
        raise AlreadyRated
    _check(aspects, stars, text)
    made = Rating.objects.create(
        order=order,
        organisation_id=order.organisation_id,
        firm_id=order.firm_id,
        rated_by=side,
        text=text.strip(),
        rated_at=now,
        **{name: stars[name] for name in aspects},
        **more,
    )
    told = {"order_id": str(order.pk), "rated_by": side.value}
    tell_other(
        actor,
        organisation_id=order.organisation_id,
        object_type=OBJECT,
        object_id=made.pk,
        event="rating.given",
        now=now,
        data={**told, "firm_id": str(order.firm_id)},
    )
    tell_other(
        actor,
        organisation_id=order.firm_id,
        object_type=OBJECT,
        object_id=made.pk,
        event="rating.received",
        now=now,
        data=told,
    )
    return made


def _check(aspects: tuple[str, ...], stars: Mapping[str, int], text: str) -> None:
    problems = [
        FieldProblem(f"/{name}", "out_of_range", _("Give one to five stars."))
        for name in aspects
        if not FEWEST_STARS <= stars.get(name, 0) <= MOST_STARS
    ]
    problems += [
        FieldProblem(f"/{name}", "unknown_field", _("There is no such field.")) for name in stars.keys() - set(aspects)
    ]
    if len(text) > MOST_TEXT:
        problems.append(FieldProblem("/text", "too_long", _("At most %(n)d characters.") % {"n": MOST_TEXT}))
    if problems:
        raise RatingIsInvalid(problems=tuple(problems))
