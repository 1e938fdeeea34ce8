"""One page of a list; the address keeps everything else."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

ROWS = 50


@dataclass(slots=True, frozen=True)
class Page:
    number: int
    total: int
    query: Mapping[str, str]
    size: int = ROWS
    anchor: str = ""

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def first(self) -> int:
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        return min(self.offset + self.size, self.total)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    def url(self, number: int) -> str:
        return "?" + urlencode({**self.query, "page": str(number)}) + self.anchor


def page_number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1
