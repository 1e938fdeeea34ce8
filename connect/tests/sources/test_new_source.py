"""``new-source``: a folder that works as it stands, or a refusal that leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import Cli, cli_in
from gewerk_connect.new_source import make
from gewerk_connect.new_source.golden import golden_records, sample_records
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> Cli:
    return cli_in(monkeypatch)


def test_what_it_makes_and_what_it_says(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = cli("new-source", "immo-blick", "--name", "Immo Blick & Söhne", "--into", tmp_path)
    assert (done.code, done.err) == (0, "")
    folder = tmp_path / "immo_blick"
    template = {file.relative_to(make.TEMPLATE) for file in make.TEMPLATE.rglob("*") if "__pycache__" not in file.parts}
    assert {file.relative_to(folder) for file in folder.rglob("*")} == template
    assert [file.name for file in tmp_path.iterdir()] == ["immo_blick"]
    left = [file for file in folder.rglob("*") if file.is_file() and "eues" in file.read_text(encoding="utf-8")]
    assert left == []
    assert f"export GEWERK_SOURCES={tmp_path}" in done.out

    monkeypatch.setenv("GEWERK_SOURCES", str(tmp_path))
    assert "immo-blick" in cli("sources").out
    assert "Immo Blick & Söhne" in cli("sources", "--json").out


def test_the_commands_that_it_names_work_as_they_stand(tmp_path: Path) -> None:
    """Typed into a shell, line by line."""

    def shell(script: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "LC_ALL": "de_DE.UTF-8", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        environment["PATH"] = f"{tmp_path}/bin:{Path(sys.executable).parent}:{environment['PATH']}"
        environment.pop("GEWERK_SOURCES", None)
        return subprocess.run(
            ["/bin/sh", "-ec", script], cwd=tmp_path / "mit leer", env=environment, capture_output=True, text=True
        )

    (tmp_path / "bin").mkdir()
    (tmp_path / "mit leer").mkdir()
    program = tmp_path / "bin" / "gewerk-connect"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gewerk_connect "$@"\n')
    program.chmod(0o755)
    made = shell("gewerk-connect new-source immo-blick")
    assert made.returncode == 0, made.stderr
    commands = [line.strip() for line in made.stdout.splitlines() if line.startswith("  ")]
    assert len(commands) == 4
    done = shell("\n".join(commands))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Quelle lesbar: Immo Blick" in done.stdout
    assert "1 passed" in done.stdout


def test_its_golden_test_notices_a_difference(cli: Cli, tmp_path: Path) -> None:
    from datetime import date

    assert cli("new-source", "immo-blick", "--into", tmp_path).code == 0
    folder = tmp_path / "immo_blick"
    assert sample_records(folder, date(2026, 11, 22)) == golden_records(folder)
    file = folder / "golden" / "export" / "objekte.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("Anger 5", "Anger 55"), encoding="utf-8")
    assert sample_records(folder, date(2026, 11, 22)) != golden_records(folder)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "Immo",
            "immo_blick",
            "immo blick",
            "immo--blick",
            "-immo",
            "immo-",
            "7immo",
            "../immo",
            "immo/blick",
            "größe",
        ),
        *("a" * 41, "immo\n", "."),
    ],
)
def test_a_name_that_is_none_is_refused(cli: Cli, name: str, tmp_path: Path) -> None:
    for language, words in (("de", "geht nicht als Name"), ("en", "cannot be the name")):
        ended = cli("new-source", "--into", tmp_path, "--lang", language, "--", name)
        assert ended.code == 2
        assert words in ended.err
        assert "immo-blick" in ended.err
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("name", ["", "   ", 'Immo "Blick"', "Immo\nBlick", "Immo\\Blick", "O'Blick", "x" * 81])
def test_a_name_of_the_erp_that_would_not_fit_into_the_files(cli: Cli, name: str, tmp_path: Path) -> None:
    ended = cli("new-source", "immo-blick", "--name", name, "--into", tmp_path)
    assert ended.code == 2
    assert "--name geht so nicht" in ended.err
    assert [*tmp_path.iterdir()] == []


def test_a_folder_that_exists_stays_as_it_is(cli: Cli, tmp_path: Path) -> None:
    mine = tmp_path / "immo_blick"
    mine.mkdir()
    (mine / "read.py").write_text("# meins\n", encoding="utf-8")
    ended = cli("new-source", "immo-blick", "--into", tmp_path, "--json")
    assert ended.code == 2
    assert ended.json["error"]["code"] == "source_folder_exists"
    assert "bleibt, wie er ist" in ended.err
    assert [(file.name, file.read_text()) for file in mine.iterdir()] == [("read.py", "# meins\n")]
    assert [file.name for file in tmp_path.iterdir()] == ["immo_blick"]
    assert "stays as it is" in cli("new-source", "immo-blick", "--into", tmp_path, "--lang", "en").err


def test_a_kind_that_the_installation_has(cli: Cli, tmp_path: Path) -> None:
    ended = cli("new-source", "wodis-sigma", "--into", tmp_path)
    assert ended.code == 2
    assert "gibt es schon (Wodis Sigma)" in ended.err
    assert [*tmp_path.iterdir()] == []


def test_a_place_where_nothing_can_be_written(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "datei").write_text("")
    for place in (tmp_path / "nirgends", tmp_path / "datei"):
        ended = cli("new-source", "immo-blick", "--into", place)
        assert ended.code == 2
        assert "ob Sie dort schreiben dürfen" in ended.err
    assert [file.name for file in tmp_path.iterdir()] == ["datei"]


def test_an_accident_on_the_way_leaves_nothing(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = make.shutil.copytree

    def full_disk(*arguments: object, **more: object) -> object:
        real(*arguments, **more)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(make.shutil, "copytree", full_disk)
    ended = cli("new-source", "immo-blick", "--into", tmp_path)
    assert ended.code == 2
    assert [*tmp_path.iterdir()] == []


@given(name=st.text(max_size=50))
def test_whatever_name_is_taken_makes_files_that_can_be_read(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A name is refused, or it stands in the manifest letter by letter."""
    from gewerk_connect.canonical import SettingsError
    from gewerk_connect.manifests import load_manifest

    place = tmp_path_factory.mktemp("quellen")
    try:
        folder = make.make_source("immo-blick", name, place)
    except SettingsError:
        assert [*place.iterdir()] == []
        return
    assert load_manifest(folder / "manifest.toml").erp_name == name.strip()
    compile((folder / "read.py").read_text(encoding="utf-8"), "read.py", "exec")
