"""Where tiles come from: what may be set, and that the pages' policy gains that host and nothing else."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from gewerk.config.installation import Installation, wrong_settings
from pydantic import ValidationError

TILES = "https://tiles.example.de/{z}/{x}/{y}.png"
ASK = """
import django; django.setup()
from django.conf import settings
print(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"])
"""


def images(tmp_path: Path, **settings: str) -> str:
    """What the policy allows, in a process that starts with these settings."""
    given = {"DJANGO_SETTINGS_MODULE": "gewerk.config.settings", "GEWERK_DATA": str(tmp_path), **settings}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GEWERK_")}
    asked = subprocess.run(
        [sys.executable, "-c", ASK], env={**kept, **given}, capture_output=True, text=True, check=True
    )
    return asked.stdout.strip()


def test_without_the_setting_nobody_is_allowed(tmp_path: Path) -> None:
    assert images(tmp_path) == """["'self'", 'data:']"""


def test_with_it_that_host_and_nothing_else(tmp_path: Path) -> None:
    allowed = images(
        tmp_path, GEWERK_TILE_URL="https://tiles.example.de:8443/a/{z}/{x}/{y}.png?key=1", GEWERK_TILE_ATTRIBUTION="© A"
    )
    assert allowed == """["'self'", 'data:', 'https://tiles.example.de:8443']"""


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("tiles.example.de/{z}/{x}/{y}.png", "must begin with https://"),
        ("ftp://tiles.example.de/{z}/{x}/{y}.png", "must begin with https://"),
        ("https:///{z}/{x}/{y}.png", "must begin with https://"),
        ("https://user:word@tiles.example.de/{z}/{x}/{y}.png", "must begin with https://"),
        ("https://*.example.de/{z}/{x}/{y}.png", "must begin with https://"),
        ("https://a.de; script-src */{z}/{x}/{y}.png", "must begin with https://"),
        ("http://tiles.example.de/{z}/{x}/{y}.png", "unless the tiles come from this machine"),
        ("https://{s}.example.de/{z}/{x}/{y}.png", "must begin with https://"),
        ("https://tiles.example.de/{s}/{z}/{x}/{y}.png", "nothing else in braces"),
        ("https://tiles.example.de/{z}/{x}.png", "{z}, {x} and {y} once each"),
        ("https://tiles.example.de/{z}/{x}/{y}/{y}.png", "once each"),
        ('https://tiles.example.de/{z}/{x}/{y}.png"', "once each"),
    ],
)
def test_what_is_no_address_of_tiles_is_refused_with_an_example(url: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Installation(tile_url=url, tile_attribution="© A")
    (line,) = wrong_settings(refused.value)
    assert line.startswith("GEWERK_TILE_URL: must ")
    assert said in line
    assert "https://tiles.example.de/{z}/{x}/{y}.png" in line


def test_tiles_of_nobody_are_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        Installation(tile_url=TILES)
    assert "GEWERK_TILE_ATTRIBUTION" in wrong_settings(refused.value)[0]
    assert Installation(tile_url=TILES, tile_attribution="© A").tile_origin == "https://tiles.example.de"
    assert Installation(tile_url="http://127.0.0.1:8990/{z}/{x}/{y}", tile_attribution="© A").tile_origin
    assert Installation().tile_origin == ""


def test_the_start_says_which_setting_is_wrong(monkeypatch: Any, capsys: Any, tmp_path: Path) -> None:
    from gewerk.config.installation import installation
    from gewerk.entrypoints.cli import __main__ as cli

    monkeypatch.setenv("GEWERK_TOKEN_HOURS", "0")
    monkeypatch.setattr("gewerk.entrypoints.cli.archive.backup", lambda **_: installation.__wrapped__())
    assert cli.main(["backup", str(tmp_path / "x"), "--data", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "eine Einstellung ist falsch" in said
    assert "GEWERK_TOKEN_HOURS: " in said
