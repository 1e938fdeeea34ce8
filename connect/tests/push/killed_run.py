"""One ``apply`` in a process of its own, to be killed: ``killed_run.py FOLDER URL SECRET ROWS.json``."""

import sys
from pathlib import Path

import orjson

sys.path.insert(0, str(Path(__file__).parents[1]))

from fake_upper import FakeUpper, connection
from gewerk_connect import run
from gewerk_connect.push import open_target
from lower import AS_OF, now, quick_patience


def main() -> None:
    folder, url, secret, rows = sys.argv[1:]
    target = open_target(url, "key-1", secret, language="de", connections=4)
    run.apply(
        run.River(
            connection=connection(Path(folder), url, secret),
            upper=FakeUpper(orjson.loads(Path(rows).read_bytes())),
            target=target,
            as_of=AS_OF,
            now=now,
            patience=quick_patience(),
        )
    )


if __name__ == "__main__":
    main()
