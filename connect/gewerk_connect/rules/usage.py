"""Usage: the customer's table first, then the source's; what neither knows is ``other`` and reported."""

from collections.abc import Mapping


class UsageTable:
    """Upper and lower case and runs of blanks do not matter."""

    def __init__(self, *tables: Mapping[str, str]) -> None:
        """Earlier tables win."""
        self._known = {_folded(text): usage for table in reversed(tables) for text, usage in table.items()}

    def find(self, text: str) -> str | None:
        """``other`` for an empty text, None for one that no table knows."""
        folded = _folded(text)
        return self._known.get(folded) if folded else "other"


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
