"""Rows of one table packed tightly: a key index, one run of bytes, and per row its end and its number in the file.

A row costs its text and about 180 bytes while its index lives, 90 after; Python tuples of texts would cost a kilobyte.
"""

from array import array

from gewerk_connect.canonical.model import PART

_PART_BYTE = PART.encode()


class Shelf:
    __slots__ = ("_bytes", "_ends", "conflicts", "index", "keys", "rows")

    def __init__(self) -> None:
        self.index: dict[str, int] = {}
        """Key -> place on the shelf; dropped by ``forget_index`` when every reference is resolved."""
        self.keys: list[str] = []
        self.rows = array("I")
        self.conflicts: dict[int, dict[bytes, int]] = {}
        """Place -> the other contents that rows with the same key have, each with the first such row's number."""
        self._bytes = bytearray()
        self._ends = array("Q", [0])

    def __len__(self) -> int:
        return len(self.rows)

    def put(self, key: str, fields: tuple[str, ...], row: int) -> int:
        """The row's place. The same row twice is one; another content under the same key is a conflict."""
        at = len(self.rows)
        found = self.index.setdefault(key, at)
        if found != at:
            self.again(found, fields, row)
            return found
        self.add(fields, row)
        return at

    def add(self, fields: tuple[str, ...], row: int) -> None:
        """Takes the next place, for a caller who keeps the index."""
        packed = PART.join(fields).encode()
        if packed.count(_PART_BYTE) != len(fields) - 1:
            packed = _packed(fields)
        self._bytes += packed
        self._ends.append(len(self._bytes))
        self.rows.append(row)

    def again(self, at: int, fields: tuple[str, ...], row: int) -> None:
        """A further row for a place that is taken."""
        packed = _packed(fields)
        if self._bytes[self._ends[at] : self._ends[at + 1]] != packed:
            self.conflicts.setdefault(at, {}).setdefault(packed, row)

    def rows_of(self, at: int) -> list[int]:
        """The row's number, and those of its conflicts."""
        return [self.rows[at], *self.conflicts.get(at, {}).values()]

    def get(self, at: int) -> list[str]:
        """The fields as they were put."""
        return self._bytes[self._ends[at] : self._ends[at + 1]].decode().split(PART)

    def forget_index(self) -> None:
        """Keeps the keys in order of their places and gives the index' memory back."""
        self.keys = list(self.index)
        self.index = {}


def _packed(fields: tuple[str, ...]) -> bytes:
    """Fields that hold the part mark themselves lose it: it is a control character that no text needs."""
    return PART.join([field.replace(PART, " ") for field in fields]).encode()


def clean_key(*parts: str) -> str:
    """Joins key parts; blanks around a part are no part of it (exports pad their columns)."""
    return PART.join([part.strip() for part in parts])
