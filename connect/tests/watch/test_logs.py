"""No personal data in the logs, whatever is thrown at them."""

import ast
import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gewerk_connect
import pytest
from engine_house import House, wait_until
from gewerk_connect.service.watch import Watch, write_logs
from gewerk_connect.service.watch.logs import FIELDS
from sqlalchemy import create_engine
from watch_house import logging_restored

PACKAGE = Path(gewerk_connect.__file__).parent
NAME, MAIL = "Sabine Leutheusser", "schnarri@example.org"
SAFE_NAMES = {"executor_id", "connection_id", "job_id", "kind", "name", "place", "status"}
"""Variables that a log call may use: ids, codes, names of threads, places in the code."""
SAFE_ATTRIBUTES = {"id", "status", "code", "_executor_id", "executor_id", "name", "runs", "findings", "payloads"}


class Poison(Exception):
    """Whatever is asked of it is a person."""

    __name__ = "Poison"

    def __init__(self, *_: Any) -> None:
        super().__init__(f"{NAME} <{MAIL}>")

    def __getattr__(self, name: str) -> Any:
        return Poison() if not name.startswith("__") else super().__getattribute__(name)

    def __call__(self, *_: Any, **__: Any) -> "Poison":
        return Poison()

    def __iter__(self) -> Iterator["Poison"]:
        return iter([Poison(), Poison()])

    def __len__(self) -> int:
        return 2


def log_calls() -> list[tuple[str, ast.Call]]:
    """Every call of a logger in the connector's code."""
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in ("log", "_log", "logger")
                and node.func.attr in ("debug", "info", "warning", "error", "critical", "exception")
            ):
                found.append((f"{file.relative_to(PACKAGE)}:{node.lineno}", node))
    return found


CALLS = log_calls()


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is written."""
    out = io.StringIO()
    with logging_restored():
        write_logs("json", stream=out, level=logging.DEBUG)
        yield out


def assert_clean(out: io.StringIO) -> list[dict[str, Any]]:
    text = out.getvalue()
    for word in (*NAME.split(), MAIL, "schnarri"):
        assert word not in text
    return [json.loads(line) for line in text.splitlines()]


def names_in(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


@pytest.mark.parametrize(("place", "call"), CALLS, ids=[place for place, _ in CALLS])
def test_a_log_call_survives_people_in_every_variable(place: str, call: ast.Call, written: io.StringIO) -> None:
    log = logging.getLogger("gewerk_connect.test")
    known: dict[str, Any] = {"type": type, "str": str, "len": len, "sorted": sorted, "counts": {}}
    variables = {name: Poison() for name in names_in(call)} | known
    variables |= {"log": log, "_log": log, "logger": log, "threading": threading}
    for keyword in call.keywords:
        if keyword.arg == "exc_info":  # a whole exception
            keyword.value = ast.copy_location(ast.Name("wrong", ast.Load()), keyword.value)
            variables["wrong"] = ValueError(f"{NAME} {MAIL}")
    code = compile(ast.fix_missing_locations(ast.Expression(call)), place, "eval")
    try:
        raise KeyError(f"{NAME} {MAIL}")
    except KeyError:
        eval(code, variables)
    [line] = assert_clean(written)
    assert line["event"]


@pytest.mark.parametrize(("place", "call"), CALLS, ids=[place for place, _ in CALLS])
def test_a_log_call_hands_over_ids_codes_and_kinds_only(place: str, call: ast.Call) -> None:
    words, *arguments = call.args
    assert isinstance(words, ast.Constant), f"{place}: the words of a record are fixed"
    extra = next((keyword.value for keyword in call.keywords if keyword.arg == "extra"), None)
    if isinstance(extra, ast.Dict):
        keys = {key.value for key in extra.keys if isinstance(key, ast.Constant)}
        assert keys <= FIELDS, f"{place}: {keys - FIELDS} would not be written"
        arguments += [value for key, value in zip(extra.keys, extra.values, strict=True) if key is not None]
    for argument in arguments:
        text = ast.unparse(argument)
        is_kind = text.endswith("__name__")
        is_id = isinstance(argument, ast.Attribute) and argument.attr in SAFE_ATTRIBUTES
        is_named = isinstance(argument, ast.Name) and argument.id in SAFE_NAMES
        is_counted = isinstance(argument, ast.Call) and ast.unparse(argument.func) in ("len", "_frames")
        assert is_kind or is_id or is_named or is_counted or isinstance(argument, ast.Constant), f"{place}: {text}"


@pytest.mark.parametrize("name", ["sqlalchemy.engine", "dbos", "httpx2", "asyncio", "granian", "_granian.asgi", "x"])
def test_what_others_log_is_not_written(name: str, written: io.StringIO) -> None:
    log = logging.getLogger(name)
    if not name.startswith(("granian", "_granian")):
        log.warning("row %s", NAME)
        log.error(f"{NAME} {MAIL}")
    try:
        raise ValueError(NAME) from KeyError(MAIL)
    except ValueError:
        log.exception("failed for %s", MAIL)
        log.error("failed for %s", NAME, exc_info=True)
    for line in assert_clean(written):
        assert line["logger"] == name


def test_a_record_whose_words_and_values_do_not_match_is_no_way_round(written: io.StringIO) -> None:
    logging.getLogger("gewerk_connect.x").warning("%s %s", NAME)
    logging.getLogger("sqlalchemy").warning("%d", NAME)
    assert_clean(written)


def test_an_exception_is_its_kinds_and_its_places(written: io.StringIO) -> None:
    def inner() -> None:
        raise LookupError(NAME)

    try:
        try:
            inner()
        except LookupError as error:
            raise ValueError(MAIL) from error
    except ValueError:
        logging.getLogger("gewerk_connect.x").exception("broke off", extra={"connection": "c-1", "name_of": NAME})
    [line] = assert_clean(written)
    assert line["error"] == "ValueError <- LookupError"
    assert line["connection"] == "c-1"
    assert "name_of" not in line
    assert any("test_logs.py" in frame for frame in line["frames"])


def test_threads_warnings_and_what_python_itself_prints(
    written: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ValueError(NAME)

    class Dropped:
        def __del__(self) -> None:
            raise ValueError(MAIL)

    thread = threading.Thread(target=fail, name="reader")
    thread.start()
    thread.join()
    warnings.warn(NAME, stacklevel=1)
    Dropped()
    try:
        fail()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    lines = assert_clean(written)
    assert any(line["event"] == "thread reader ended by ValueError" for line in lines)
    assert NAME not in capsys.readouterr().err


def test_text_on_a_terminal_keeps_the_same_rule() -> None:
    code = (
        "import logging\nfrom gewerk_connect.service.watch import write_logs\nwrite_logs('console')\n"
        "try:\n    raise ValueError('Sabine Leutheusser')\n"
        "except ValueError:\n    logging.getLogger('gewerk_connect').exception('broke off')\n"
        "    logging.getLogger('other').exception('Sabine')\n"
        "raise RuntimeError('Leutheusser')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "broke off" in done.stderr
    assert "ended by RuntimeError" in done.stderr
    assert "Sabine" not in done.stderr
    assert "Leutheusser" not in done.stderr


def test_runs_and_rounds_that_meet_people_in_every_error(
    house: House, watch: Watch, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors with names in them at each stage: reading, judging, the target's answer, the state, the watch."""
    connection_id = house.connect()
    house.engine.start()

    def broken(*_: Any, **__: Any) -> Any:
        raise ValueError(f"{NAME} {MAIL}")

    for place in (
        "gewerk_connect.stock.judge",
        "gewerk_connect.push.sender._answers",
        "gewerk_connect.ledger.outbox._alike",
        "gewerk_connect.service.engine.parts.open_target",
        "gewerk_connect.service.engine.parts.hand_over",
    ):
        with monkeypatch.context() as patch:
            patch.setattr(place, broken)
            assert house.run(connection_id).code == "unexpected", place
    (house.export / "parties.csv").write_text(f"number;kind\n{NAME};{MAIL};zu;viele\n", encoding="utf-8")
    assert house.run(connection_id).status == "failed"

    database = create_engine("sqlite://", echo=True)
    with database.connect() as connection:
        connection.exec_driver_sql("SELECT ?", (NAME,))
    with monkeypatch.context() as patch:
        patch.setattr("gewerk_connect.service.watch.watch.matters", broken)
        watch.start()
        wait_until(lambda: "round broke off" in written.getvalue())
        watch.stop()
    lines = assert_clean(written)
    kinds = {line["event"] for line in lines if line["logger"].startswith("gewerk_connect")}
    assert any(event.startswith("unexpected ValueError at") for event in kinds)
    assert "round broke off (ValueError)" in kinds
