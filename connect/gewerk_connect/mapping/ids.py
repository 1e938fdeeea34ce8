"""Composite ids (spec 01): Mandant, Wirtschaftseinheit, Gebäude, Verwaltungseinheit, joined by the separator.

Inside the river a record is its key; only here does it become an id.
"""

from collections.abc import Iterable

from gewerk_connect.canonical.model import PART
from gewerk_connect.settings import SEPARATORS

_CHUNK = 4096


class Ids:
    def __init__(self, separator: str) -> None:
        self.separator = separator

    def render(self, key: str) -> str:
        """``1␟9␟66`` is ``1-9-66``; a level that the ERP lacks is left out."""
        if PART + PART in key or key.endswith(PART):
            key = PART.join(self.parts(key))
        return key.replace(PART, self.separator)

    @staticmethod
    def parts(key: str) -> tuple[str, ...]:
        """The key's parts as ``Judged.key`` holds them: without the levels that the ERP lacks."""
        parts = key.split(PART)
        return tuple([part for part in parts if part]) if "" in parts else tuple(parts)


def separators_in(keys: Iterable[str]) -> dict[str, str]:
    """Separator -> first key (in the order given) that contains it. Looks at many keys at once: most hold none."""
    found: dict[str, str] = {}
    chunk: list[str] = []

    def look() -> None:
        text = PART.join(chunk)
        for separator in SEPARATORS:
            if separator not in found and separator in text:
                found[separator] = next(key for key in chunk if separator in key)

    for key in keys:
        chunk.append(key)
        if len(chunk) == _CHUNK:
            look()
            chunk.clear()
    look()
    return found
