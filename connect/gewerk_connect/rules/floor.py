"""Floor and position out of one free text (spec 01, "Floor", "Position"). Cached: a stock has few different texts."""

import re
from collections.abc import Mapping

_UNDERGROUND_N = re.compile(r"(\d{1,2})\s*\.?\s*(?:ug|untergescho(?:ss|ß))\b")
_UNDERGROUND = re.compile(r"\b(?:ug|untergescho(?:ss|ß)|keller(?:gescho(?:ss|ß))?|souterrain|basement)\b")
_STOREY = re.compile(
    r"(\d{1,3})\s*\.?\s*(?:(?:og|obergescho(?:ss|ß)|etage|stock(?:werk)?|gescho(?:ss|ß))\b|(?:st|nd|rd|th)?\s*floor\b)"
)
_STOREY_BEFORE = re.compile(
    r"\b(?:og|obergescho(?:ss|ß)|etage|stock(?:werk)?|gescho(?:ss|ß)|floor)\s*\.?\s*(\d{1,3})\b"
)
_GROUND = re.compile(r"\b(?:eg|erdgescho(?:ss|ß)|parterre|hochparterre|ground\s+floor)\b")
_NUMBER = re.compile(r"[+-]?\d{1,3}\.?")
_ANY_NUMBER = re.compile(r"\d+")
_WHOLE = re.compile(r"[+-]?\d+(?:[.,]0+)?")

_POSITIONS = {
    "links": "links",
    "li": "links",
    "lks": "links",
    "left": "links",
    "rechts": "rechts",
    "re": "rechts",
    "right": "rechts",
    "mitte": "mitte",
    "mi": "mitte",
    "mittig": "mitte",
    "middle": "mitte",
    "vorne": "vorne",
    "vorn": "vorne",
    "vo": "vorne",
    "front": "vorne",
    "hinten": "hinten",
    "hi": "hinten",
    "hint": "hinten",
    "rear": "hinten",
}
_WORD = re.compile(r"[^\W\d_]+")


def floor(text: str, rule: str, table: Mapping[str, int]) -> int | None:
    """The floor as a number, 0 is the ground floor. ``table`` is the customer's own and is asked first."""
    stripped = text.strip()
    if not stripped:
        return None
    own = table.get(stripped)
    if own is not None:
        return own
    return _wodis_sigma(stripped) if rule == "wodis-sigma" else _gewerk(stripped.casefold().replace("ß", "ss"))


def _gewerk(text: str) -> int | None:
    if found := _UNDERGROUND_N.search(text):
        return -int(found[1])
    if _UNDERGROUND.search(text):
        return -1
    if found := _STOREY.search(text) or _STOREY_BEFORE.search(text):
        return int(found[1])
    if _GROUND.search(text):
        return 0
    if _NUMBER.fullmatch(text):
        return int(text.rstrip("."))
    return None


def _wodis_sigma(text: str) -> int | None:
    """The rule as documented for Wodis Sigma, to the letter: ``1. UG`` gives 1."""
    folded = text.casefold()
    if "erdgeschoss" in folded:
        return 0
    if "keller" in folded:
        return -1
    if _WHOLE.fullmatch(text):
        return int(re.split(r"[.,]", text)[0])
    if found := _ANY_NUMBER.search(text):
        return int(found[0])
    return None


def position(text: str) -> str | None:
    """``links``, ``rechts``, ``mitte``, ``vorne``, ``hinten`` or several of them in the text's order; whole words only."""
    found = dict.fromkeys(_POSITIONS[word] for word in _WORD.findall(text.casefold()) if word in _POSITIONS)
    return " ".join(found) or None
