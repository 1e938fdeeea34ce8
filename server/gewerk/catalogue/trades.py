"""The trades by which firms, orders and services are known here. Codes are stable; names are shown in the reader's language.

German names follow Annex A and B of the Handwerksordnung where it has them, else common usage. They lie in ``data/trades.toml``.
"""

from collections.abc import Callable
from typing import cast

from django.utils.functional import Promise, lazy

from gewerk.catalogue import delivered


def _name(code: str) -> str:
    return str(delivered.trades()[code])


_lazy_name = cast("Callable[[str], Promise]", lazy(_name, str))

TRADES: dict[str, Promise] = {code: _lazy_name(code) for code in delivered.trades()}


def trade_name(code: str) -> str:
    """The name in the reader's language; an unknown code is shown as it is."""
    return str(TRADES.get(code, code))
