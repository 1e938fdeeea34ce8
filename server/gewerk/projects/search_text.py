"""The folded text under which an order is found: number, title, place, contractor, account, claim, in both spellings."""

from gewerk.kit.folding import fold, shorten
from gewerk.projects.models import WorkOrder


def compose(order: WorkOrder) -> str:
    """The column ``search``. Reads property, unit, firm and crew of the order."""
    one = order.property
    parts = [
        order.number,
        order.number.rsplit("-", 1)[-1].lstrip("0"),
        order.title,
        one.street,
        one.house_number,
        one.postcode,
        one.city,
        one.name,
        one.external_id or "",
        order.unit.name if order.unit else "",
        order.place_note,
        order.firm.name if order.firm else "",
        order.crew.name if order.crew else "",
        order.account_code,
        order.claim_number,
    ]
    folded = fold("\n".join(part for part in parts if part))
    short = shorten(folded)
    return folded if short == folded else f"{folded} {short}"
