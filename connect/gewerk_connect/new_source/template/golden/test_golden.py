"""Neues ERP: der Musterexport ergibt dieselben Datensätze wie damals, als zuletzt jemand genau hinsah.

``GEWERK_WRITE_GOLDEN=1`` schreibt ``records.json`` neu; lesen Sie den Unterschied, bevor Sie ihn übernehmen.
"""

import os
from datetime import date
from pathlib import Path

from gewerk_connect.new_source.golden import golden_records, sample_records, write_golden

FOLDER = Path(__file__).parents[1]
AS_OF = date(2026, 11, 22)


def test_golden_records() -> None:
    found = sample_records(FOLDER, AS_OF)
    if os.environ.get("GEWERK_WRITE_GOLDEN"):
        write_golden(FOLDER, found)
    assert found == golden_records(FOLDER)
