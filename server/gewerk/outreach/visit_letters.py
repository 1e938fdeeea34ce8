"""Mails about visits: whoever a step tells, but not whoever took it. The tenant's has a link that works without a password."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gewerk.journal.models import Entry
from gewerk.outreach.concerned import Recipient, contractors_of, place_of, staff_of, tenant_of
from gewerk.outreach.letters import Letter, address, object_id
from gewerk.scheduling.links import visit_token
from gewerk.scheduling.models import Visit, VisitEntry
from gewerk.scheduling.queries.ics import visit_ics
from gewerk.scheduling.queries.visits import offered_slots
from gewerk.scheduling.states import BY_KEY, STEPS, By, State, Told

REMINDER = "visit.reminder_due"

_SUBJECTS: dict[str, Promise] = {
    "propose": _("please choose a time"),
    "propose_again": _("please choose a time"),
    "reschedule": _("the visit has to be moved"),
    "ask_to_move": _("the visit has to be moved"),
    "counter": _("other times are wished for"),
    "wish": _("a visit is wished for"),
    "announce": _("visit announced"),
    "pick": _("visit agreed"),
    "accept_wish": _("visit agreed"),
    "no_access": _("nobody opened"),
    "not_attended": _("nobody came"),
    "cancel": _("visit cancelled"),
}
_SENTENCES: dict[str, Promise] = {
    "propose": _("These times are proposed. The first step is to choose one of them."),
    "propose_again": _("Other times are proposed. Please choose one of them."),
    "reschedule": _("The agreed visit has to be moved. These times are proposed instead."),
    "ask_to_move": _("The agreed time does not suit any more. These times are wished for instead."),
    "counter": _("The proposed times do not suit. These are wished for instead."),
    "wish": _("These times are wished for."),
    "announce": _("Somebody comes at the time below."),
    "pick": _("The time is agreed."),
    "accept_wish": _("The time is agreed."),
    "no_access": _("At the agreed time nobody opened. A new time is needed."),
    "not_attended": _("At the agreed time nobody came. A new time is needed."),
    "cancel": _("The visit does not take place."),
}


@dataclass(frozen=True, slots=True)
class _Told:
    recipient: Recipient
    is_tenant: bool
    is_staff: bool


def visit_stepped(entry: Entry, now: datetime) -> Iterable[Letter]:
    """Of a step: who is told by the table. Nothing where the visit went on meanwhile: the later step tells."""
    visit = _visit(entry)
    step = BY_KEY.get(entry.event.removeprefix("visit."))
    taken = VisitEntry.objects.filter(pk=entry.data.get("history_id"), visit=visit).first() if visit else None
    if visit is None or step is None or taken is None or visit.state != step.target:
        return
    for told in _told(visit, step.tells):
        itself = told.recipient.person_id is not None and told.recipient.person_id == entry.actor_id
        if not itself and not (told.is_tenant and taken.party == By.TENANT):
            yield _letter(visit, told, step.key, taken.reason, now)


def visit_reminder(entry: Entry, now: datetime) -> Iterable[Letter]:
    """The afternoon before: the tenant and those who come."""
    visit = _visit(entry)
    if visit is None or visit.state != State.AGREED or visit.starts_at is None or visit.starts_at <= now:
        return
    for told in _told(visit, (Told.CONTRACTOR, Told.TENANT)):
        yield _letter(visit, told, "", "", now)


def _visit(entry: Entry) -> Visit | None:
    return (
        Visit.objects.select_related(
            "organisation", "order__property", "order__tenant", "order__firm", "order__organisation"
        )
        .filter(pk=object_id(entry))
        .first()
    )


def _told(visit: Visit, tells: tuple[Told, ...]) -> list[_Told]:
    """Each address once; the tenant's link is worth more than the staff's."""
    found: dict[str, _Told] = {}
    if Told.TENANT in tells and (tenant := tenant_of(visit.order)) is not None:
        found[tenant.email] = _Told(tenant, is_tenant=True, is_staff=False)
    for party, people in (
        (Told.CONTRACTOR, contractors_of(visit.order) if Told.CONTRACTOR in tells else []),
        (Told.STAFF, staff_of(visit.order) if Told.STAFF in tells else []),
    ):
        for one in people:
            found.setdefault(one.email, _Told(one, is_tenant=False, is_staff=party is Told.STAFF))
    return list(found.values())


def _letter(visit: Visit, told: _Told, step: str, reason: str, now: datetime) -> Letter:
    order = visit.order
    page = f"/orders/{order.pk}/" if told.is_staff else f"/firm/jobs/{order.pk}/"
    with translation.override(told.recipient.language):
        context: dict[str, Any] = {
            "number": order.number,
            "title": order.title,
            "place": place_of(order),
            "headline": _SUBJECTS.get(step, _("reminder of the visit")),
            "sentence": _SENTENCES.get(step, _("We remind you of the visit.")),
            "reason": reason,
            "starts_at": visit.starts_at,
            "ends_at": visit.ends_at,
            "slots": offered_slots(visit, now=now) if visit.starts_at is None else [],
            "organisation_name": visit.organisation.name,
            "is_tenant": told.is_tenant,
            "url": address(f"/visits/by-link/{visit_token(visit)}/" if told.is_tenant else page),
        }
        with_file = visit.starts_at is not None and visit.state in (State.AGREED, State.CANCELLED)
        calendar = visit_ics(visit, now=now) if with_file else b""
    return Letter(
        recipient=told.recipient.email,
        language=told.recipient.language,
        template="visit",
        organisation=visit.organisation,
        context=context,
        calendar=calendar,
    )


STEP_EVENTS = tuple(f"visit.{step.key}" for step in STEPS if step.tells)
