"""Folding for search: what a clerk types finds what is stored, with umlauts or without (``Mueller`` = ``Müller`` = ``muller``)."""

import re
import unicodedata

_GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "æ": "ae", "å": "aa", "ł": "l", "đ": "d", "ı": "i"}
)
_STREET = re.compile(r"(?<=[a-z])str(?:\.|asse\b|\b)|\bstr(?:\.|asse\b|\b)")
_SIGNS = {code: " " for code in range(128) if not chr(code).isalnum()}
_NOT_WORD = re.compile(r"[^0-9a-z]+")


def fold(text: str) -> str:
    """Lower case, ä = ae, ß = ss, accents gone, ``Straße``/``Strasse``/``Str.`` one thing, runs of other signs one space."""
    if text.isascii():
        plain = text.lower()
    else:
        # Compatibility first: a raised or ringed capital is a capital, too late to lower after it is taken apart.
        lowered = unicodedata.normalize("NFKC", text).casefold().replace("i̇", "i")
        plain = lowered.translate(_GERMAN)
        if not plain.isascii():
            plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c)).lower()
    if "str" in plain:
        plain = _STREET.sub("strasse", plain)
    if plain.isascii():
        return " ".join(plain.translate(_SIGNS).split())
    return _NOT_WORD.sub(" ", plain).strip()


def fold_short(text: str) -> str:
    """As ``fold``, with ae/oe/ue shortened to a/o/u: the key under which ``Muller`` finds ``Müller``."""
    return shorten(fold(text))


def shorten(folded: str) -> str:
    """The short spelling of a text that is folded already."""
    return folded.replace("ae", "a").replace("oe", "o").replace("ue", "u")
