"""The folded text under which a firm of a manager's list is found: name, place, supplier number, trades in both languages."""

from collections.abc import Iterable

from django.utils import translation

from gewerk.firms.models import ListedFirm
from gewerk.firms.trades import trade_name
from gewerk.kit.folding import fold, shorten


def compose(listed: ListedFirm, trades: Iterable[str]) -> str:
    """The column ``search``."""
    firm = listed.firm
    names = []
    for language in ("de", "en"):
        with translation.override(language):
            names += [trade_name(code) for code in trades]
    return folded(firm.name, firm.street, firm.postcode, firm.city, firm.email, listed.supplier_number, *names)


def folded(*parts: str) -> str:
    """These texts as the search compares them, in both spellings."""
    text = fold("\n".join(part for part in parts if part))
    short = shorten(text)
    return text if short == text else f"{text} {short}"
