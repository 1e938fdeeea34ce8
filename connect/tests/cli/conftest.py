import contextlib
import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from gewerk_connect.cli import main
from standin import StandIn

EXPORTS = Path(__file__).parents[1] / "exports"


@dataclass
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Ended]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs ``gewerk-connect`` in this process."""
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


@pytest.fixture
def config(tmp_path: Path, api: StandIn) -> Path:
    """A connection from a copy of the Sigma export to the stand-in."""
    shutil.copytree(EXPORTS / "sigma", tmp_path / "export")
    path = tmp_path / "haus.toml"
    write_config(path, api)
    return path


def write_config(
    path: Path, api: StandIn, *, kind: str = "wodis-sigma", source: str = "export", **settings: Any
) -> None:
    separator = settings.pop("separator", "-")
    more = "\n".join(f"{name} = {json.dumps(value)}" for name, value in settings.items())
    path.write_text(
        f'[source]\nkind = "{kind}"\npath = "{source}"\n'
        f'[target]\nbase_url = "{api.url}"\nclient_id = "{api.client_id}"\nclient_secret = "{api.secret}"\n'
        f'[settings]\nseparator = "{separator}"\n{more}\n',
        encoding="utf-8",
    )


def edit(file: Path, old: str, new: str, *, encoding: str = "cp1252") -> None:
    text = file.read_bytes().decode(encoding)
    assert old in text
    file.write_bytes(text.replace(old, new, 1).encode(encoding))
    os.utime(file)
