"""``gewerk-connect`` run inside a test's own process."""

import contextlib
import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from gewerk_connect.cli import main


@dataclass
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Ended]


def cli_in(monkeypatch: pytest.MonkeyPatch) -> Cli:
    """German, whatever the machine speaks. No command may end in a stack trace."""
    monkeypatch.delenv("GEWERK_LANG", raising=False)
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")

    def call(*arguments: str | Path) -> Ended:
        out, err = io.StringIO(), io.StringIO()
        monkeypatch.setattr(sys, "argv", ["gewerk-connect", *map(str, arguments)])
        code = 0
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main()
            except SystemExit as end:
                code = int(end.code or 0)
        assert "Traceback" not in out.getvalue() + err.getvalue()
        return Ended(code, out.getvalue(), err.getvalue())

    return call
