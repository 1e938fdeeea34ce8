"""Golden records of a source: a few of every kind, as they were when somebody last looked at them closely."""

import json
import os
from typing import Any

from gewerk_connect.canonical import Entity
from gewerk_connect.manifests import Manifest
from gewerk_connect.stock import Stock


def compare_with_golden(of: Manifest, stock: Stock) -> None:
    """``GEWERK_WRITE_GOLDEN=1`` writes the file anew."""
    file = of.folder / "golden" / "records.json"
    text = json.dumps(chosen_records(stock), ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("GEWERK_WRITE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert json.loads(file.read_text(encoding="utf-8")) == json.loads(text)


def chosen_records(stock: Stock) -> list[dict[str, Any]]:
    chosen = []
    for entity in Entity:
        records = list(stock.stream(entity))
        for record in records[:2] + records[len(records) // 2 : len(records) // 2 + 2] + records[-1:]:
            chosen.append(
                {
                    "entity": record.entity,
                    "key": list(record.key),
                    "external_id": record.external_id,
                    "verdict": record.verdict,
                    "reason": record.reason,
                    "payload": record.payload,
                    "file": record.origin.file,
                    "row": record.origin.row,
                }
            )
    return chosen
