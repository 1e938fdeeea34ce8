"""The contestant dlt 1.x: the records as the connector posted them, already joined, to the same sink.

dlt gets a head start: it reads one JSON line per finished record, so it need not read the ERP's eight files, join, judge or map. A
resource per entity yields pages of 1,000 records; its custom destination hands over batches, which are posted with the same HTTP
client as everybody's. ``--incremental`` trusts an ``updated_at`` that nobody but the bench can give it: then it sends nothing
when nothing changed, and never learns of a record that is gone.
"""

import argparse
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import dlt
import httpx2
import orjson

API = "/api/2026-11-01"
PAGE = 1000
ENTITIES = ("property", "unit", "landlord", "tenant")


def pages(file: Path, updated_at: str | None) -> Iterator[list[dict[str, Any]]]:
    with file.open("rb") as lines:
        while page := [orjson.loads(line) for line in islice(lines, PAGE)]:
            if updated_at:
                for record in page:
                    record["updated_at"] = updated_at
            yield page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--incremental", action="store_true")
    given = parser.parse_args()
    client = httpx2.Client(base_url=given.url + API, timeout=60, verify=False)
    sent = 0

    @dlt.destination(batch_size=given.batch, naming_convention="direct", skip_dlt_columns_and_tables=True)
    def gewerk(items: Any, table: dict[str, Any]) -> None:
        nonlocal sent
        path = "/properties/upsert" if table["name"] == "property" else "/sub-properties/upsert"
        if given.incremental:
            for item in items:
                item.pop("updated_at", None)
        answer = client.post(
            path, content=orjson.dumps({"records": items}), headers={"Content-Type": "application/json"}
        )
        answer.raise_for_status()
        sent += len(items)

    def resource(entity: str) -> Any:
        file = given.records / f"{entity}.jsonl"
        if not given.incremental:
            return dlt.resource(pages(file, None), name=entity)

        @dlt.resource(name=entity, primary_key="external_id")
        def newer(updated_at: Any = dlt.sources.incremental("updated_at", range_start="open")) -> Any:
            yield from pages(file, "2026-11-22T02:00:00Z")

        return newer

    pipeline = dlt.pipeline("gewerk_bench", destination=gewerk, dataset_name="bench", pipelines_dir=str(given.state))
    pipeline.run([resource(entity) for entity in ENTITIES])
    print(json.dumps({"sent": sent}))


if __name__ == "__main__":
    main()
