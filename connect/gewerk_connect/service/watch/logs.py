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
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

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
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_told, structlog.processors.TimeStamper(fmt="iso", utc=True)],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
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


def _told(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """What may be written of a record."""
    record: logging.LogRecord = event["_record"]
    told: EventDict = {
        "_record": record,
        "_from_structlog": False,
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": _words(record),
    }
    if _is_own(record.name):
        told.update({name: _safe(record.__dict__[name]) for name in sorted(FIELDS & record.__dict__.keys())})
    if record.exc_info and record.exc_info[0] is not None:
        told["error"], told["frames"] = _error(record.exc_info[1], record.exc_info[2])
    record.exc_info, record.exc_text = None, None
    return told


def _words(record: logging.LogRecord) -> str:
    if _is_own(record.name):
        return str(record.msg) % _safe_arguments(record.args) if record.args else str(record.msg)
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
    return text if _LOOKS_LIKE_AN_ID.match(text) else WITHHELD


def _error(error: BaseException | None, trace: TracebackType | None) -> tuple[str, list[str]]:
    """Kinds from the outermost to its cause, and the places in the code from the outermost to the innermost."""
    kinds: list[str] = []
    while error is not None and len(kinds) < 10:
        kinds.append(type(error).__name__)
        error = error.__cause__ or error.__context__
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    return " <- ".join(kinds), frames
