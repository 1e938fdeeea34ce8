"""A Wodis Sigma export with thousands of objects, for the pages that list them."""

import shutil
from pathlib import Path

from stories.conftest import EXPORTS


def large_export(folder: Path, objects: int) -> Path:
    """The sample and so many objects more, of one flat each, every one with a text of its floor that no rule maps."""
    shutil.copytree(EXPORTS / "sigma", folder)

    def add(name: str, row: str) -> None:
        with (folder / f"{name}.csv").open("a", encoding="cp1252", newline="") as file:
            file.writelines(row.format(n=number) + "\r\n" for number in range(1, objects + 1))

    add("objekte", "1;10;9{n:05};Lange Straße {n};44287;Dortmund;;1990;3")
    add("verwaltungseinheiten", "1;10;9{n:05};1;Hof {n:05};Wohnung;64,35;;3")
    return folder
