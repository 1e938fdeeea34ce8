"""Where an unexpected error is written down: frames and kinds only, for a message may quote a value."""

import os
import tempfile
import traceback
from datetime import datetime
from pathlib import Path

from gewerk_connect.settings import Connection


def write_log(error: BaseException, connection: Connection | None, at: datetime) -> Path | str:
    """Appends to ``<connection>.log`` beside the configuration; returns where, or "-" when nothing can be written."""
    folder = connection.folder if connection else Path(tempfile.gettempdir())
    path = folder / f"{connection.id if connection else 'gewerk-connect'}.log"
    try:
        with open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8") as file:
            file.write(f"{at.isoformat()} {_chain(error)}\n")
            for frame in traceback.extract_tb(error.__traceback__):
                file.write(f"  {frame.filename}:{frame.lineno} {frame.name}\n")
    except OSError:
        return "-"
    return path


def _chain(error: BaseException) -> str:
    names = []
    current: BaseException | None = error
    while current is not None:
        names.append(type(current).__name__)
        current = current.__cause__
    return " <- ".join(names)
