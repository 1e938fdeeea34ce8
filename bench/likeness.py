"""Whether two contestants posted the same: ``python -m bench.likeness OURS THEIRS`` compares two dumps of the sink.

Order of the records, of a record's fields and of its unit ids mean nothing; everything else does.
"""

import json
import sys
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import orjson

ENTITIES = ("property", "unit", "landlord", "tenant")


def likeness(ours: Path, theirs: Path) -> dict[str, dict[str, Any]]:
    """Per entity how many records are equal, how many are not, and the unlike fields of the first that is not."""
    return {entity: _of_entity(ours / f"{entity}.jsonl", theirs / f"{entity}.jsonl") for entity in ENTITIES}


def _of_entity(ours: Path, theirs: Path) -> dict[str, Any]:
    equal = unlike = 0
    example = ""
    for one, other in zip_longest(_sorted(ours), _sorted(theirs), fillvalue={}):
        if one == other:
            equal += 1
            continue
        unlike += 1
        if not example:
            fields = sorted(name for name in {*one, *other} if one.get(name) != other.get(name))
            example = ", ".join(f"{name}: {one.get(name)!r} and {other.get(name)!r}" for name in fields)[:400]
    return {"equal": equal, "unlike": unlike, "example": example}


def _sorted(file: Path) -> Iterator[dict[str, Any]]:
    with file.open("rb") as lines:
        records = sorted((orjson.loads(line) for line in lines), key=lambda record: str(record["external_id"]))
    for record in records:
        if "unit_external_ids" in record:
            record["unit_external_ids"].sort()
        yield record


if __name__ == "__main__":
    json.dump(likeness(Path(sys.argv[1]), Path(sys.argv[2])), sys.stdout)
