"""Client and object numbers as somebody types them, against those of the source (spec 01, rule 2)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Numbers:
    """What the typed numbers came to."""

    meant: tuple[str, ...]
    """In the source's own spelling, without those below."""
    unknown: tuple[str, ...]
    """The source has none like it."""
    ambiguous: dict[str, tuple[str, ...]]
    """A number of which the source has several spellings -> those spellings: the person is asked."""
    several_spellings: bool
    """One of the numbers meant has another spelling beside it: the rule must take numbers letter by letter."""


def find_numbers(typed: Iterable[str], present: Collection[str], settled: Collection[str]) -> Numbers:
    """``settled``: numbers that the person has said to mean exactly as they are written."""
    spellings: dict[str, list[str]] = {}
    for number in sorted(present):
        spellings.setdefault(_bare(number), []).append(number)
    meant: dict[str, None] = {}
    unknown: list[str] = []
    ambiguous: dict[str, tuple[str, ...]] = {}
    chosen = list(dict.fromkeys(typed))
    several = False
    for number in chosen:
        same = spellings.get(_bare(number), [])
        if not same:
            unknown.append(number)
        elif len(same) == 1:
            meant[same[0]] = None
        elif number in same and (number in settled or set(same) <= set(chosen)):
            meant[number] = None
            several = True
        else:
            ambiguous[number] = tuple(same)
    return Numbers(tuple(meant), tuple(unknown), ambiguous, several)


def split_numbers(text: str) -> list[str]:
    """Numbers separated by lines, commas, semicolons or tabs, in their order."""
    for sign in ",;\t":
        text = text.replace(sign, "\n")
    return [line.strip() for line in text.splitlines() if line.strip()]


def _bare(number: str) -> str:
    return number.lstrip("0") or "0"
