"""The words of orders as pages say them: state with icon and colour, contractor, place, quantities, history."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gewerk.entrypoints.web.manager import words as stock
from gewerk.entrypoints.web.manager.formats import Formats
from gewerk.entrypoints.web.manager.tickets.words import Look
from gewerk.firms.trades import trade_name
from gewerk.projects.models import HistoryEntry, OrderItem, VariationState, WorkOrder
from gewerk.projects.states import BY_KEY, State
from gewerk.tickets.models import Urgency

_STATES = {
    State.DRAFT: ("pencil", "neutral"),
    State.TENDERING: ("send", "run"),
    State.QUOTED: ("scale", "run"),
    State.AWARDED: ("send", "line"),
    State.BOOKED: ("calendar-check", "run"),
    State.IN_PROGRESS: ("wrench", "run"),
    State.DONE: ("clipboard-check", "turn"),
    State.ACCEPTED: ("circle-check", "done"),
    State.INVOICED: ("receipt-euro", "line"),
    State.PAID: ("check-check", "quiet"),
    State.CANCELLED: ("ban", "quiet"),
}
_VARIATIONS = {
    VariationState.ASKED: ("hourglass", "turn"),
    VariationState.APPROVED: ("circle-check", "done"),
    VariationState.REFUSED: ("circle-x", "neutral"),
    VariationState.WITHDRAWN: ("undo-2", "quiet"),
}
STEP_ICONS = {
    "tender": "send",
    "receive_quotes": "scale",
    "end_tender": "undo-2",
    "award": "send",
    "confirm": "circle-check",
    "decline": "circle-x",
    "withdraw_award": "undo-2",
    "book": "calendar-check",
    "unbook": "calendar-x",
    "start": "wrench",
    "finish": "clipboard-check",
    "complain": "triangle-alert",
    "accept": "check-check",
    "invoice": "receipt-euro",
    "reject_invoice": "circle-x",
    "pay": "euro",
    "cancel": "ban",
}
_EVENTS: dict[str, tuple[Promise, str]] = {
    "created": (gettext_lazy("began the order"), "circle-plus"),
    "changed": (gettext_lazy("changed details"), "pencil"),
    "items_changed": (gettext_lazy("set the items"), "clipboard-list"),
    "tickets_linked": (gettext_lazy("took tickets into the order"), "inbox"),
    "approval_asked": (gettext_lazy("asked for an approval"), "hand"),
    "approved": (gettext_lazy("gave the approval"), "circle-check"),
    "approval_refused": (gettext_lazy("refused the approval"), "circle-x"),
    "variation_asked": (gettext_lazy("asked for a variation"), "file-plus"),
    "variation_approved": (gettext_lazy("approved the variation"), "circle-check"),
    "variation_refused": (gettext_lazy("refused the variation"), "circle-x"),
    "variation_withdrawn": (gettext_lazy("withdrew the variation"), "undo-2"),
    "files_added": (gettext_lazy("added files"), "image-plus"),
}
FIELDS: dict[str, Promise] = {
    "title": gettext_lazy("Title"),
    "text": gettext_lazy("Description"),
    "trade": gettext_lazy("Trade"),
    "urgency": gettext_lazy("Urgency"),
    "unit": gettext_lazy("Unit"),
    "place_note": gettext_lazy("Place in words"),
    "tenant": gettext_lazy("Tenant"),
    "contact_name": gettext_lazy("Contact on site"),
    "contact_phone": gettext_lazy("Phone"),
    "contact_email": gettext_lazy("E-mail"),
    "access_notes": gettext_lazy("Access"),
    "pets": gettext_lazy("Pets"),
    "pair_visit": gettext_lazy("Two people"),
    "responsible": gettext_lazy("Responsible"),
    "recall_of": gettext_lazy("Repairs the work of"),
    "due_date": gettext_lazy("Deadline"),
    "account_code": gettext_lazy("Account"),
    "budget_minor": gettext_lazy("Budget"),
    "insurance_claim": gettext_lazy("Insurance claim"),
    "insurer": gettext_lazy("Insurer"),
    "claim_number": gettext_lazy("Claim number"),
    "warranty_until_date": gettext_lazy("Warranty until"),
}


def orders(n: int) -> str:
    return ngettext("%(n)d order", "%(n)d orders", n) % {"n": n}


def state(order: WorkOrder) -> Look:
    """A draft that waits for an approval is still a draft: the page's next step says so."""
    icon, kind = _STATES[State(order.state)]
    return Look(str(State(order.state).label), icon, kind)


def quiet_state(order: WorkOrder) -> Look:
    """As ``state``, for readers whose turn it is not: without the amber of "your turn"."""
    look = state(order)
    return Look(look.label, look.icon, "run" if look.kind == "turn" else look.kind)


def variation_state(value: str) -> Look:
    icon, kind = _VARIATIONS[VariationState(value)]
    return Look(str(VariationState(value).label), icon, kind)


def contractor(order: WorkOrder) -> str:
    """Firm or crew; empty while nobody has it."""
    if order.firm is not None:
        return order.firm.name
    return order.crew.name if order.crew is not None else ""


def where_inside(order: WorkOrder) -> str:
    parts = [stock.position(order.unit) or stock.unit_title(order.unit)] if order.unit is not None else []
    return ", ".join([*parts, *([order.place_note] if order.place_note else [])])


def where(order: WorkOrder) -> str:
    """``Lindemannstraße 12, 44137 Dortmund · 2. OG links, Bad``."""
    return " · ".join(p for p in (stock.address_line(order.property), where_inside(order)) if p)


def quantity(thousandths: int, formats: Formats) -> str:
    return formats.number((Decimal(thousandths) / 1000).normalize())


def rate(basis_points: int, formats: Formats) -> str:
    """``19 %``."""
    return f"{formats.number((Decimal(basis_points) / 100).normalize())}\u00a0%"


def item_lines(items: list[OrderItem], currency: str, formats: Formats) -> list[dict[str, Any]]:
    """Items for reading, as tables show them."""
    return [
        {
            "position": item.position,
            "text": item.text,
            "kind": item.get_kind_display(),
            "quantity": f"{quantity(item.quantity_thousandths, formats)} {item.unit}",
            "price": formats.money(item.unit_price_minor, currency),
            "rate": rate(item.vat_basis_points, formats),
            "net": formats.money(item.net_minor, currency),
            "agreed": item.framework_price_id is not None,
        }
        for item in items
    ]


def event(entry: HistoryEntry) -> tuple[str, str]:
    """What somebody did, after their name, and its icon."""
    if entry.event in BY_KEY:
        return str(BY_KEY[entry.event].done), STEP_ICONS[entry.event]
    text, icon = _EVENTS.get(entry.event, (entry.event, "circle-dot"))
    return str(text), icon


def told(entry: HistoryEntry, formats: Formats) -> str:
    """What belongs to the line: to whom, how much, which number."""
    data, parts = entry.data, []
    if entry.event == "award" and data.get("contractor"):
        parts.append(_("to %(name)s") % {"name": data["contractor"]})
    if entry.event.startswith("variation_") and data.get("number"):
        parts.append(_("no. %(n)d") % {"n": data["number"]})
    amount = data.get("amount_minor", data.get("gross_minor"))
    if amount is not None and data.get("currency"):
        parts.append(formats.money(int(amount), str(data["currency"])))
    if entry.event == "tickets_linked":
        parts.append(", ".join(data.get("numbers", [])))
    if entry.event == "complain" and data.get("defects"):
        parts.append(ngettext("%(n)d defect", "%(n)d defects", data["defects"]) % {"n": data["defects"]})
    return ", ".join(parts)


def changes(entry: HistoryEntry, currency: str, formats: Formats) -> list[dict[str, str]]:
    """Field, before, after; personal fields without what they hold."""
    if entry.event != "changed":
        return []
    found = []
    for name, pair in entry.data.get("fields", {}).items():
        label = str(FIELDS.get(name, name))
        if pair is None or name in {"unit", "tenant", "responsible", "recall_of"}:
            found.append({"field": label, "old": "", "new": ""})
        else:
            old, new = (_value(name, one, currency, formats) for one in pair)
            found.append({"field": label, "old": old, "new": new})
    return found


def _value(name: str, value: Any, currency: str, formats: Formats) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value in (None, ""):
        return _("empty")
    if name == "urgency":
        return str(Urgency(value).label)
    if name == "trade":
        return trade_name(value)
    if name == "budget_minor":
        return formats.money(int(value), currency)
    if name.endswith("_date"):
        return formats.day(date.fromisoformat(str(value)))
    text = str(value)
    return text if len(text) <= 120 else f"{text[:117]} …"
