"""Folding for search: what a clerk types finds what is stored, with umlauts or without (``Mueller`` = ``Müller`` = ``muller``)."""

import re
import unicodedata

_GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "æ": "ae", "å": "aa", "ł": "l", "đ": "d", "ı": "i"}
)
_STREET = re.compile(r"(?<=[a-z])str(?:\.|asse\b|\b)|\bstr(?:\.|asse\b|\b)")
_SIGNS = bytes(code if chr(code).isalnum() and code < 128 else 32 for code in range(256))
_NOT_WORD = re.compile(r"[\W_]+")
"""Letters of other scripts stay, so that a Greek or Cyrillic name is found as it is written."""


def fold(text: str) -> str:
    """Lower case, ä = ae, ß = ss, accents gone, ``Straße``/``Strasse``/``Str.`` one thing, runs of other signs one space."""
    plain = text.lower() if text.isascii() else _plain(text)
    if "str" in plain:
        plain = _STREET.sub("strasse", plain)
    if plain.isascii():
        # Bytes: a table look-up per sign, several times as fast as the expression.
        return b" ".join(plain.encode("ascii").translate(_SIGNS).split()).decode("ascii")
    return _NOT_WORD.sub(" ", plain).strip()


def _plain(text: str) -> str:
    """Lower case without umlauts and accents."""
    composed = text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)
    lowered = composed.casefold()
    # The four that German has come first: most texts are done after them.
    plain = lowered.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    if plain.isascii():
        return plain
    spelled = plain.replace("i̇", "i").translate(_GERMAN)
    # Twice: taking a sign apart may give one that folds again.
    apart = unicodedata.normalize("NFKD", spelled).casefold().translate(_GERMAN)
    return "".join(c for c in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(c))


def fold_short(text: str) -> str:
    """As ``fold``, with ae/oe/ue shortened to a/o/u: the key under which ``Muller`` finds ``Müller``."""
    return shorten(fold(text))


def shorten(folded: str) -> str:
    """The short spelling of a text that is folded already."""
    return folded.replace("ae", "a").replace("oe", "o").replace("ue", "u")
