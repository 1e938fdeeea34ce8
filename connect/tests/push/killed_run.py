"""One ``apply`` in a process of its own, to be killed: ``killed_run.py FOLDER URL SECRET ROWS.json``."""

import sys
from pathlib import Path

import orjson

sys.path.insert(0, str(Path(__file__).parents[1]))

from fake_upper import FakeUpper, connection
from gewerk_connect import run
from gewerk_connect.targets import open_target
from lower import AS_OF, now, quick_patience


def main() -> None:
    folder, url, secret, rows = sys.argv[1:]
    made = connection(Path(folder), url, secret)
    run.apply(
        run.River(
            connection=made,
            upper=FakeUpper(orjson.loads(Path(rows).read_bytes())),
            target=open_target(made.target, language="de"),
            as_of=AS_OF,
            now=now,
            patience=quick_patience(),
        )
    )


if __name__ == "__main__":
    main()
