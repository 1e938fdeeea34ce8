"""The folded text under which a manager finds an order: number, words, place, people, contractor, account, claim.

Holds the tenant's name: never searched for a contractor.
"""

from gewerk.kit.folding import fold, shorten
from gewerk.projects.models import WorkOrder

MOST_LETTERS = 4000
"""Of the order's own text; longer ones are found by their beginning."""


def compose(order: WorkOrder) -> str:
    """The column ``search``. Reads property, unit, firm and crew of the order."""
    one = order.property
    parts = [
        order.number,
        order.number.rsplit("-", 1)[-1].lstrip("0"),
        order.title,
        order.text[:MOST_LETTERS],
        order.contact_name,
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
