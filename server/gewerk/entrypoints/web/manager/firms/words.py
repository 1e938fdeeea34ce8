"""The words of firms as pages say them."""

from gewerk.entrypoints.web.manager.tickets.words import Look
from gewerk.firms.models import Standing

_STANDINGS = {
    Standing.PREFERRED: ("star", "done"),
    Standing.APPROVED: ("circle-check", "plain"),
    Standing.BLOCKED: ("ban", "danger"),
}


def standing(value: str) -> Look:
    icon, kind = _STANDINGS[Standing(value)]
    return Look(str(Standing(value).label), icon, kind)
