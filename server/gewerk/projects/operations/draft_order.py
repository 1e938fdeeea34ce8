"""Begin an order, and change what it says. Scope and price are ``set_items``."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gewerk.firms.trades import TRADES
from gewerk.identity.access import edits_orders, require
from gewerk.identity.models import MANAGING_ROLES, Organisation, Person
from gewerk.journal.actor import Actor, ActorKind
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind
from gewerk.portfolio.access import property_for, sub_properties
from gewerk.portfolio.models import Property, SubPropertyType
from gewerk.projects.access import order_to_edit, orders
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.limits import HIGHEST_MINOR
from gewerk.projects.operations.moving import check_version, note, save
from gewerk.projects.operations.numbers import next_number
from gewerk.projects.search_text import compose
from gewerk.projects.states import State, is_final
from gewerk.tickets.models import Urgency

TEXTS = {
    "title": 200,
    "text": 10_000,
    "place_note": 200,
    "contact_name": 200,
    "contact_phone": 60,
    "contact_email": 254,
    "access_notes": 2_000,
    "pets": 200,
    "account_code": 40,
    "insurer": 200,
    "claim_number": 60,
}
"""Fields that are text, with their lengths."""

FIELDS = (
    *TEXTS,
    "trade",
    "urgency",
    "unit_id",
    "tenant_id",
    "responsible_id",
    "recall_of_id",
    "due_date",
    "budget_minor",
    "pair_visit",
    "insurance_claim",
    "warranty_until_date",
)
"""What ``draft_order`` and ``change_order`` take. Ids, days and money may be None."""

_CONTACT = frozenset({"tenant_id", "contact_name", "contact_phone", "contact_email", "access_notes", "pets"})
"""Personal data: the history names these fields without what they hold."""


class OrderIsInvalid(Refusal):
    code = "order_invalid"
    message = gettext_lazy("Please check the order.")


class OrderIsOver(Refusal):
    kind = RefusalKind.CONFLICT
    code = "order_over"
    message = gettext_lazy("The order is finished. It can no longer be changed.")


def draft_order(*, actor: Actor, property_id: UUID, fields: Mapping[str, Any], now: datetime) -> WorkOrder:
    """A new order at a property. ``fields``: some of ``FIELDS``; ``title`` is needed.

    Without a responsible person it is the property's, else the acting person. A tenant without contact brings the record's.
    Raises NotFound (of the stock), OrderIsInvalid, FORBIDDEN.
    """
    require(edits_orders(actor))
    place = property_for(actor, property_id)
    fields = dict(fields)
    fields.setdefault("title", "")
    _check(actor, place, fields)
    organisation = Organisation.objects.get(pk=actor.organisation_id)
    _fill_contact(actor, fields)
    responsible = fields.pop("responsible_id", None) or place.responsible_id
    if responsible is None and actor.kind is ActorKind.PERSON:
        responsible = actor.id
    order = WorkOrder(
        organisation=organisation,
        number=next_number(organisation, now=now),
        property=place,
        currency=organisation.currency,
        state=State.DRAFT,
        state_at=now,
        responsible_id=responsible,
        created_by_id=actor.id if actor.kind is ActorKind.PERSON else None,
        created_at=now,
        updated_at=now,
        **fields,
    )
    order.search = compose(order)
    order.save(force_insert=True)
    note(actor=actor, order=order, event="created", now=now, to_state=State.DRAFT)
    return order


def change_order(
    *, actor: Actor, order_id: UUID, fields: Mapping[str, Any], version: int | None = None, now: datetime
) -> WorkOrder:
    """Change what the order says, not its place, scope or state. Raises OrderNotFound, Stale, OrderIsOver, OrderIsInvalid."""
    order = order_to_edit(actor, order_id)
    check_version(actor, order, version)
    if is_final(order.state, in_house=order.in_house):
        raise OrderIsOver
    _check(actor, order.property, fields, order)
    changed = {name: value for name, value in fields.items() if getattr(order, name) != value}
    if not changed:
        return order
    told = {
        name.removesuffix("_id"): None if name in _CONTACT else [_plain(getattr(order, name)), _plain(value)]
        for name, value in changed.items()
    }
    save(order, now=now, changes=changed)
    note(
        actor=actor,
        order=order,
        event="changed",
        now=now,
        data={"fields": told},
        internal=True,
        journal={"fields": sorted(told)},
    )
    return order


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def _fill_contact(actor: Actor, fields: dict[str, Any]) -> None:
    tenant_id = fields.get("tenant_id")
    if tenant_id is None or fields.get("contact_name") or fields.get("contact_phone"):
        return
    tenant = sub_properties(actor).get(pk=tenant_id)
    phone = next((p.get("e164") or p.get("raw") or "" for p in tenant.phones), "")
    fields["contact_name"] = tenant.name[:200]
    fields["contact_phone"] = phone[:60]
    fields.setdefault("contact_email", tenant.email)


def _check(actor: Actor, place: Property, fields: Mapping[str, Any], order: WorkOrder | None = None) -> None:
    problems: list[FieldProblem] = []

    def wrong(field: str, code: str, message: str) -> None:
        problems.append(FieldProblem(f"/{field}", code, message))

    unknown = _("There is no such record here.")
    for name in fields.keys() - set(FIELDS):
        wrong(name, "unknown_field", _("There is no such field."))
    for name, length in TEXTS.items():
        if len(fields.get(name) or "") > length:
            wrong(name, "too_long", _("At most %(n)d characters.") % {"n": length})
    if "title" in fields and not fields["title"].strip():
        wrong("title", "required", _("Say in a few words what is to be done."))
    for name, known in (("trade", ("", *TRADES)), ("urgency", Urgency.values)):
        if name in fields and fields[name] not in known:
            wrong(name, "not_allowed", _("Please choose one."))
    if fields.get("budget_minor") is not None and not 0 <= fields["budget_minor"] <= HIGHEST_MINOR:
        wrong("budget", "out_of_range", _("This amount is not possible."))
    unit_id, tenant_id = fields.get("unit_id"), fields.get("tenant_id")
    live = sub_properties(actor).filter(archived_at__isnull=True)
    if unit_id and not live.filter(pk=unit_id, type=SubPropertyType.UNIT, property=place).exists():
        wrong("unit_id", "unknown", unknown)
    if tenant_id and not live.filter(pk=tenant_id).exclude(type=SubPropertyType.UNIT).exists():
        wrong("tenant_id", "unknown", unknown)
    responsible = fields.get("responsible_id")
    if responsible and not _of_the_team(actor, responsible):
        wrong("responsible_id", "unknown", _("This person does not work on orders of your organisation."))
    recalled = fields.get("recall_of_id")
    if recalled and ((order and recalled == order.pk) or not orders(actor).filter(pk=recalled).exists()):
        wrong("recall_of_id", "unknown", _("There is no such order."))
    if problems:
        raise OrderIsInvalid(problems[0].message, problems=tuple(problems))


def _of_the_team(actor: Actor, person_id: UUID) -> bool:
    """A live managing person of the actor's organisation."""
    return Person.objects.filter(
        pk=person_id,
        is_active=True,
        memberships__ended_at__isnull=True,
        memberships__organisation_id=actor.organisation_id,
        memberships__role__in=MANAGING_ROLES,
    ).exists()
