import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from command_line import Cli, Ended, cli_in
from standin import StandIn

__all__ = ["EXPORTS", "Cli", "Ended", "config", "edit", "write_config"]

EXPORTS = Path(__file__).parents[1] / "exports"


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs ``gewerk-connect`` in this process."""
    return cli_in(monkeypatch)


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
