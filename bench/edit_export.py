"""Makes what an export looks like at the next runs: the same rows in another order, one row changed, fifty rows gone.

``python -m bench.edit_export PRISTINE TARGET`` writes ``TARGET/shuffled``, ``TARGET/changed`` and ``TARGET/removed``; each builds on
the one before in meaning (``removed`` still holds the changed row), so that runs in this order see exactly one step each.
"""

import argparse
import random
import shutil
from pathlib import Path

REMOVED_ROWS = 50


def _read(folder: Path, name: str) -> tuple[bytes, list[bytes]]:
    header, *rows = (folder / f"{name}.csv").read_bytes().splitlines(keepends=True)
    return header, rows


def _write(folder: Path, name: str, header: bytes, rows: list[bytes]) -> None:
    with (folder / f"{name}.csv").open("wb") as file:
        file.write(header)
        file.writelines(rows)


def shuffled(pristine: Path, target: Path, seed: int = 7) -> None:
    """The same rows of every file in another order."""
    target.mkdir(parents=True)
    chance = random.Random(seed)
    for file in sorted(pristine.glob("*.csv")):
        header, rows = _read(pristine, file.stem)
        chance.shuffle(rows)
        _write(target, file.stem, header, rows)


def changed(pristine: Path, target: Path) -> None:
    """One unit has another living area."""
    shutil.copytree(pristine, target)
    header, rows = _read(pristine, "verwaltungseinheiten")
    at = next(n for n in range(len(rows) // 2, len(rows)) if rows[n].split(b";")[6])
    cells = rows[at].split(b";")
    cells[6] = b"199,95"
    rows[at] = b";".join(cells)
    _write(target, "verwaltungseinheiten", header, rows)


def removed(source: Path, target: Path) -> None:
    """Fifty tenants who were sent are no longer party to their lease."""
    shutil.copytree(source, target)
    _, contracts = _read(source, "vertraege")
    running = {tuple(cells[:2]) for row in contracts if not (cells := row.split(b";"))[4] and cells[3][-4:] < b"2026"}
    _, parties = _read(source, "geschaeftspartner")
    reachable = {row.split(b";", 1)[0] for row in parties if b"@" in row}
    header, links = _read(source, "vertragspartner")
    sent = [
        at
        for at, row in enumerate(links)
        if b"mieter" in row and (cells := row.split(b";"))[2] in reachable and tuple(cells[:2]) in running
    ]
    step = len(sent) // REMOVED_ROWS
    gone = set(sent[::step][:REMOVED_ROWS])
    _write(target, "vertragspartner", header, [row for at, row in enumerate(links) if at not in gone])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pristine", type=Path)
    parser.add_argument("target", type=Path)
    given = parser.parse_args()
    shuffled(given.pristine, given.target / "shuffled")
    changed(given.pristine, given.target / "changed")
    removed(given.target / "changed", given.target / "removed")
