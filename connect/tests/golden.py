"""Golden records of a source in ``sources/`` and the stock that a test has made."""

import os

from gewerk_connect.manifests import Manifest
from gewerk_connect.new_source.golden import chosen_records, golden_records, write_golden
from gewerk_connect.stock import Stock


def compare_with_golden(of: Manifest, stock: Stock) -> None:
    """``GEWERK_WRITE_GOLDEN=1`` writes the file anew."""
    records = chosen_records(stock)
    if os.environ.get("GEWERK_WRITE_GOLDEN"):
        write_golden(of.folder, records)
    assert golden_records(of.folder) == records
