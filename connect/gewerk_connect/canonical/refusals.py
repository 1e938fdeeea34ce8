"""Why a run cannot go on: one shape for every message a clerk reads, German first, English beside it.

Never carries personal data: a message names file, row and column, never what stands there.
"""

from pathlib import Path


class Refusal(Exception):
    """A reason to stop, with a stable ``code`` for programs and a sentence for people that says what to do."""

    def __init__(self, code: str, de: str, en: str) -> None:
        super().__init__(de)
        self.code = code
        self.de = de
        self.en = en

    def message(self, language: str = "de") -> str:
        return self.en if language == "en" else self.de


class SettingsError(Refusal):
    """The configuration cannot be used (exit code 2)."""


class SourceError(Refusal):
    """The source cannot be used: nothing is sent (exit code 3). ``row`` counts as the user's program shows it."""

    def __init__(
        self,
        code: str,
        de: str,
        en: str,
        *,
        file: str | Path | None = None,
        row: int | None = None,
        column: str | None = None,
    ) -> None:
        super().__init__(code, de, en)
        self.file = Path(file).name if file is not None else None
        self.row = row
        self.column = column

    def _place(self, words: tuple[str, str, str]) -> str:
        parts = [
            f"{word} {value}"
            for word, value in zip(words, (self.file, self.row, self.column), strict=True)
            if value is not None
        ]
        return ", ".join(parts) + ": " if parts else ""

    def message(self, language: str = "de") -> str:
        if language == "en":
            return self._place(("File", "row", "column")) + self.en
        return self._place(("Datei", "Zeile", "Spalte")) + self.de

    def __str__(self) -> str:
        return self.message()
