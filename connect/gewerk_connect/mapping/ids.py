"""Composite ids (spec 01): Mandant, Wirtschaftseinheit, Gebäude, Verwaltungseinheit, joined by the separator.

Inside the river a record is its key; only here does it become an id.
"""

from gewerk_connect.canonical.model import PART
from gewerk_connect.settings import SEPARATORS

_CHUNK = 4096
_EMPTY = PART + PART


class Ids:
    def __init__(self, separator: str) -> None:
        self.separator = separator

    def render(self, key: str) -> str:
        """``1␟9␟66`` is ``1-9-66``; a level that the ERP lacks is left out."""
        if _EMPTY in key or key[-1] == PART:
            key = PART.join(self.parts(key))
        return key.replace(PART, self.separator)

    @staticmethod
    def parts(key: str) -> tuple[str, ...]:
        """The key's parts as ``Judged.key`` holds them: without the levels that the ERP lacks."""
        parts = key.split(PART)
        return tuple([part for part in parts if part]) if "" in parts else tuple(parts)


def separators_in(keys: list[str]) -> list[str]:
    """Separators that occur in any of the keys. Looks at many keys at once: most stocks hold none."""
    found: list[str] = []
    for start in range(0, len(keys), _CHUNK):
        text = PART.join(keys[start : start + _CHUNK])
        found += [separator for separator in SEPARATORS if separator not in found and separator in text]
    return found
