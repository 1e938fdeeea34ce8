"""A text of the catalogue in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    de: str
    en: str

    def in_(self, language: str) -> str:
        """German for German, English for everybody else."""
        return self.de if language[:2] == "de" else self.en


def text(given: Mapping[str, str]) -> Text:
    """Raises KeyError where a language is missing."""
    return Text(given["de"], given["en"])


NOTHING = Text("", "")
