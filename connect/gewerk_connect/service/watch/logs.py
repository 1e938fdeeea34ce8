"""Logs without personal data, as JSON lines for machines or as text for a terminal.

The rule does not rest on anybody's care: of an exception its kind and the places in the code are written, never its
message; of our own records the words and only the fields named in ``FIELDS``, and those only when they look like an id, a
code or a number; of other people's records only who wrote them and where, for their words may hold anything.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

import structlog

OWN = "gewerk_connect"
_log = logging.getLogger(OWN)
FIELDS = frozenset(
    {
        "attempt",
        "code",
        "connection",
        "count",
        "entity",
        "findings",
        "frames",
        "from",
        "job",
        "kind",
        "notice",
        "parts",
        "payloads",
        "run",
        "runs",
        "seconds",
        "stage",
        "status",
        "worker",
    }
)
"""What a record may carry beside its words."""
SAFE_WORDS = ("granian", "_granian")
"""Loggers of others whose words are their own: that it listens, that a worker ended."""
_LOOKS_LIKE_AN_ID = re.compile(r"^[A-Za-z0-9_.:@/+\-]{1,200}$")
_LOOKS_LIKE_AN_ADDRESS = re.compile(r"@[^@]*\.[A-Za-z]{2,}$")
WITHHELD = "***"


def write_logs(form: str = "auto", *, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """``form``: ``json``, ``console``, or ``auto``: text on a terminal. Whatever logged elsewhere before logs here now."""
    out = stream or sys.stderr
    as_text = form == "console" or (form == "auto" and out.isatty())
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback)
        if as_text
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(_Told(renderer))
    handler.addFilter(_is_worth_a_line)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in list(logging.root.manager.loggerDict):
        other = logging.getLogger(name)
        other.handlers, other.propagate = [], True
    # a request that is answered is no event; its address may hold an id
    logging.getLogger("granian.access").disabled = True
    # what Python itself would print comes with messages: it goes the same way
    logging.raiseExceptions = False
    logging.captureWarnings(True)
    sys.excepthook = lambda kind, error, trace: _log.critical(
        "ended by %s", kind.__name__, exc_info=(kind, error, trace)
    )
    threading.excepthook = _thread_ended
    sys.unraisablehook = lambda said: _log.error("unraisable %s", said.exc_type.__name__)


def _thread_ended(said: threading.ExceptHookArgs) -> None:
    name = said.thread.name if said.thread is not None else "-"
    trace = said.exc_traceback
    if said.exc_value is not None:
        _log.error(
            "thread %s ended by %s", name, said.exc_type.__name__, exc_info=(said.exc_type, said.exc_value, trace)
        )


class _Told(logging.Formatter):
    """A record as it may be written, in the renderer's form."""

    def __init__(self, render: Callable[[None, str, dict[str, Any]], str | bytes]) -> None:
        super().__init__()
        self._render = render

    def format(self, record: logging.LogRecord) -> str:
        level = record.levelname.lower()
        told: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": level,
            "logger": record.name,
            "event": _words(record),
        }
        if _is_own(record.name):
            told.update({name: _safe(record.__dict__[name]) for name in sorted(FIELDS & record.__dict__.keys())})
        if record.exc_info and record.exc_info[0] is not None:
            told["error"], told["frames"] = _error(record.exc_info[1], record.exc_info[2])
        return str(self._render(None, level, told))


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Others tell of every request; of them only what went wrong is of interest."""
    return record.levelno >= logging.WARNING or record.name.startswith((*SAFE_WORDS, OWN))


def _words(record: logging.LogRecord) -> str:
    if _is_own(record.name):
        try:
            return str(record.msg) % _safe_arguments(record.args) if record.args else str(record.msg)
        except TypeError:  # words and values do not match: the words alone
            return str(record.msg)
    if record.name.startswith(SAFE_WORDS) and not record.exc_info:
        return str(record.getMessage())
    return f"record of {record.name} at {record.module}:{record.lineno}"


def _is_own(name: str) -> bool:
    return name == OWN or name.startswith(f"{OWN}.")


def _safe_arguments(arguments: Any) -> tuple[Any, ...]:
    return tuple(_safe(value) for value in arguments) if isinstance(arguments, tuple) else ()


def _safe(value: Any) -> Any:
    """The value where it looks like an id, a code or a number."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_safe(one) for one in value]
    text = str(value)
    return text if _LOOKS_LIKE_AN_ID.match(text) and not _LOOKS_LIKE_AN_ADDRESS.search(text) else WITHHELD


def _error(error: BaseException | None, trace: TracebackType | None) -> tuple[str, list[str]]:
    """Kinds from the outermost to its cause, and the places in the code from the outermost to the innermost."""
    kinds: list[str] = []
    while error is not None and len(kinds) < 10:
        kinds.append(type(error).__name__)
        error = error.__cause__ or error.__context__
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    return " <- ".join(kinds), frames
