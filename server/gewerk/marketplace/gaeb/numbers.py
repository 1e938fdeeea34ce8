"""Numbers in files: ``1234.5`` as XML has it, ``1.234,50`` as German programs and people write it."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

_GERMAN = re.compile(r"-?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+)(,[0-9]+)?")
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_AMBIGUOUS = re.compile(r"-?[0-9]{1,3}(\.[0-9]{3})+")
_LONGEST = 20


def decimal_of(text: str) -> Decimal:
    """A comma is the decimal sign wherever one stands; then points separate thousands. Raises ValueError with a sentence."""
    text = text.strip().replace("\u00a0", "").replace(" ", "")
    german = "," in text
    if len(text) > _LONGEST or not (_GERMAN if german else _PLAIN).fullmatch(text):
        raise ValueError(_("“%(text)s” is no number.") % {"text": text[:40]})
    return Decimal(text.replace(".", "").replace(",", ".") if german else text)


def scaled(text: str, places: int) -> int:
    """The number times ten to the ``places``. Raises ValueError for more decimal places than that."""
    found = decimal_of(text).scaleb(places)
    if found != found.to_integral_value():
        raise ValueError(_("“%(text)s” has more than %(n)d decimal places.") % {"text": text.strip()[:40], "n": places})
    return int(found)


def typed(text: str, places: int) -> int:
    """As ``scaled``, for what a person typed: ``1.000`` may be one or a thousand and is refused."""
    if _AMBIGUOUS.fullmatch(text.strip()):
        raise ValueError(
            _("“%(text)s” may mean a thousand or one. Write it without the point, or with a comma.")
            % {"text": text.strip()[:40]}
        )
    return scaled(text, places)


def plain(value: int, places: int) -> str:
    """``12500`` of three places is ``12.500``."""
    sign, digits = ("-" if value < 0 else ""), str(abs(value)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def german(value: int, places: int) -> str:
    """As ``plain``, with a comma; trailing zeros of a quantity stay, so that a column looks even."""
    return plain(value, places).replace(".", ",")
