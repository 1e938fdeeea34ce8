"""How a fault stands in the log: where it happened and of which kind, never its message, which may hold personal data.

A database's message repeats the values that it refused (``Key (email)=(...) already exists``).
"""

import logging
import traceback
from types import TracebackType


class PlacesOnly(logging.Formatter):
    """A line per event; of an exception the frames, its kind and the kinds of what it was raised from."""

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        lines = []
        error = ei[1]
        while error is not None:
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or error.__context__
        frames = "".join(traceback.format_tb(ei[2]))
        return f"Traceback (most recent call last):\n{frames}{', raised from '.join(lines)}"
