"""One ``apply`` in a process of its own, to be killed: ``killed_run.py KIND FOLDER URL SECRET MAPPING ROWS.json``."""

import sys
from pathlib import Path
from types import SimpleNamespace

import orjson

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))

from gewerk_connect import run
from sides import river


def main() -> None:
    kind, folder, url, secret, mapping, rows = sys.argv[1:]
    side = SimpleNamespace(kind=kind, url=url, secret=secret, mapping=Path(mapping) if mapping else None)
    run.apply(river(Path(folder), side, orjson.loads(Path(rows).read_bytes())))


if __name__ == "__main__":
    main()
