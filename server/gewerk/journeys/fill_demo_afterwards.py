"""The demo's work afterwards: finished orders with ratings and without, and a firm that was warned and appeals.

Part of ``fill_demo``, through the same operations as people. Never runs elsewhere.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from gewerk.journal.actor import Actor, by_link
from gewerk.journeys.open_quotes import open_request
from gewerk.journeys.request_quotes import send_request
from gewerk.journeys.step_order import step_order
from gewerk.marketplace.operations.appeals import appeal
from gewerk.marketplace.operations.prepare import choose_firms, draft_request
from gewerk.marketplace.operations.rate_work import answer_rating, rate_as_manager, rate_as_tenant
from gewerk.marketplace.operations.watch_answers import watch_firm
from gewerk.marketplace.operations.write_quote import decline
from gewerk.marketplace.scope import ScopeItem
from gewerk.portfolio.models import Property
from gewerk.projects.models import WorkOrder
from gewerk.projects.operations.draft_order import draft_order
from gewerk.tickets.models import Ticket

_ASKED = (
    ("Heizungsanlage warten", "Kessel, Pumpen und Ausdehnungsgefäß prüfen", "Kein Monteur frei in diesen Wochen."),
    ("Steigleitung prüfen", "Steigleitung mit der Kamera befahren", ""),
)
"""(title, item, why the firm declines; empty: it leaves the request unanswered)."""


def rate_demo(*, boss: Actor, owner: Actor, done: Sequence[tuple[WorkOrder, Ticket]], now: datetime) -> None:
    """``done``: two orders that the firm reported as done. The first is rated by both sides, the second by nobody yet."""
    for order, _ticket in done:
        step_order(actor=boss, order_id=order.pk, step="accept", now=now - timedelta(days=5))
    order, ticket = done[0]
    by_manager = rate_as_manager(
        actor=boss,
        order_id=order.pk,
        stars={"quality": 5, "punctuality": 4, "tidiness": 5, "price_truth": 5},
        text="Schnell da gewesen und gut erklärt, was zu tun war.",
        now=now - timedelta(days=4),
    )
    rate_as_tenant(
        actor=by_link(ticket.organisation_id, ticket.pk, "status"),
        ticket=ticket,
        order_id=order.pk,
        stars={"quality": 5, "punctuality": 3, "tidiness": 4},
        text="Alles gut, der Monteur kam nur eine Stunde später als abgesprochen.",
        now=now - timedelta(days=3),
    )
    answer_rating(
        actor=owner, rating_id=by_manager.pk, text="Vielen Dank, wir kommen gern wieder.", now=now - timedelta(days=3)
    )


def warn_demo(*, boss: Actor, owner: Actor, place: Property, now: datetime) -> None:
    """One request declined, one left unanswered: a warning, against which the firm appeals."""
    sent_at = now - timedelta(days=30)
    deadline_at = sent_at + timedelta(days=7)
    for title, text, reason in _ASKED:
        order = draft_order(actor=boss, property_id=place.pk, fields={"title": title}, now=sent_at)
        asked = draft_request(
            actor=boss,
            order_id=order.pk,
            fields={"deadline_at": deadline_at},
            items=[ScopeItem(text, 1_000, "psch")],
            now=sent_at,
        )
        choose_firms(actor=boss, request_id=asked.pk, firm_ids=[owner.organisation_id], now=sent_at)
        send_request(actor=boss, request_id=asked.pk, now=sent_at)
        if reason:
            invited = asked.invitations.get()
            decline(actor=owner, invitation_id=invited.pk, reason=reason, now=sent_at + timedelta(days=1))
        open_request(actor=boss, request_id=asked.pk, now=deadline_at)
        for step, why in (("end_tender", "Kein Angebot eingegangen."), ("cancel", "Machen wir im nächsten Jahr.")):
            step_order(actor=boss, order_id=order.pk, step=step, reason=why, now=deadline_at + timedelta(hours=1))
    watch_firm(owner.organisation_id, now=deadline_at + timedelta(hours=2))
    appeal(
        actor=owner,
        text="Die Anfrage „Steigleitung prüfen“ kam während unserer Betriebsferien. Wir hatten sie vorher angekündigt.",
        now=now - timedelta(days=1),
    )
