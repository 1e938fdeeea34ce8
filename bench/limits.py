"""The machine's own limit for reading: the export's files into frames by polars.

``python -m bench.limits FOLDER`` prints the seconds; a process of its own, because polars keeps its threads and memory.
"""

import argparse
import json
import time
from pathlib import Path


def read(folder: Path, repeats: int) -> list[float]:
    """Every file into a frame of text columns, all cores. The cheapest way there is to have the rows in memory."""
    import polars

    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        for file in sorted(folder.glob("*.csv")):
            polars.read_csv(file, separator=";", infer_schema=False, encoding="utf8-lossy")
        taken.append(round(time.perf_counter() - started, 3))
    return taken


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    print(json.dumps(read(given.folder, given.repeats)))
