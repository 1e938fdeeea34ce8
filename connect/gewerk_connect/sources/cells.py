"""Cells that come with a type (XLSX, JSON) as canonical text: dates in ISO form, decimals with a point."""

from datetime import date, datetime, time
from typing import Any


def cell_text(value: Any) -> str:
    """``88.0`` is ``88``, a date without time is a date, True is ``true``, nothing is ``""``."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
