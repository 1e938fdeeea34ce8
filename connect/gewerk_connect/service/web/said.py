"""A text in both languages, German first."""

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Said:
    """For texts that are chosen in code and shown by a template; a template's own texts stand in it (``t``)."""

    de: str
    en: str

    def in_(self, language: str) -> str:
        return self.en if language == "en" else self.de
