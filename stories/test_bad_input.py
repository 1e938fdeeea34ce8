"""A broken export: a clear message with file, row and column; no stack trace; nothing sent; exit code not 0."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from stories.conftest import EXPORTS
from stories.installation import Access, Connection, Installation, export


def _missing_file(folder: Path) -> None:
    (folder / "vertraege.csv").unlink()


def _missing_column(folder: Path) -> None:
    path = folder / "geschaeftspartner.csv"
    rows = [line.split(b";") for line in path.read_bytes().split(b"\r\n")]
    path.write_bytes(b"\r\n".join(b";".join(row[:6] + row[7:]) for row in rows))


def _wrong_encoding(folder: Path) -> None:
    path = folder / "objekte.csv"
    path.write_bytes(path.read_bytes().decode("cp1252").encode("utf-16"))


def _empty_file(folder: Path) -> None:
    (folder / "verwaltungseinheiten.csv").write_bytes(b"")


def _truncated_file(folder: Path) -> None:
    path = folder / "vertraege.csv"
    path.write_bytes(path.read_bytes()[:-25])


def _other_erp(folder: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(EXPORTS / "karthago", folder)


def _junk_rows(folder: Path) -> None:
    dice = random.Random(7)
    path = folder / "vertraege.csv"
    junk = [bytes(dice.choices(range(32, 127), k=dice.randrange(1, 80))) for _ in range(10_000)]
    path.write_bytes(path.read_bytes() + b"\r\n".join(junk) + b"\r\n")


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (_missing_file, ["vertraege.csv"]),
        (_missing_column, ["geschaeftspartner.csv", "E-Mail"]),
        (_wrong_encoding, ["objekte.csv"]),
        (_empty_file, ["verwaltungseinheiten.csv"]),
        (_truncated_file, ["vertraege.csv"]),
        (_other_erp, ["mandanten.csv"]),
        (_junk_rows, ["vertraege.csv", "763"]),
    ],
)
def test_a_broken_export_is_named_and_nothing_is_sent(
    installation: Installation, access: Access, tmp_path: Path, damage: Callable[[Path], None], named: list[str]
) -> None:
    folder = tmp_path / "export"
    shutil.copytree(EXPORTS / "sigma", folder)
    damage(folder)
    connection = Connection(tmp_path / "c", installation.base_url, access, "wodis-sigma", folder)

    for command in ("check-source", "plan", "apply"):
        done = connection.run(command)

        said = done.stdout + done.stderr
        assert done.returncode == 3, said[-2000:]
        assert "Traceback" not in said
        assert len(said) < 4000, "a clerk reads a page, not ten thousand lines"
        for word in named:
            assert word in said
    assert export(installation.base_url, access, "properties") == []
    assert export(installation.base_url, access, "sub-properties") == []
