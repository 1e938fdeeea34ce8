"""What each command does: load, call one function, print, end with the right code."""

import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NoReturn

import orjson
import typer

from gewerk_connect.canonical.refusals import Refusal, SettingsError, SourceError
from gewerk_connect.cli.trouble import write_log
from gewerk_connect.messages import say
from gewerk_connect.settings import Connection, load

DONE, FINDINGS, USAGE, SOURCE, TARGET, FUSE = range(6)
BROKEN, BY_HAND = 70, 130
"""An error nobody foresaw (EX_SOFTWARE), and Ctrl-C, as shells count them."""


@dataclass(slots=True)
class Call:
    """What every command is told."""

    config: Path
    as_of: date | None
    as_json: bool
    strict: bool
    language: str
    connection: Connection | None = field(default=None)

    def load(self) -> Connection:
        self.connection = load(self.config)
        return self.connection

    @property
    def day(self) -> date:
        return self.as_of or datetime.now().astimezone().date()


@contextmanager
def guarded(call: Call) -> Iterator[None]:
    """Turns every trouble into a sentence and an exit code; never a stack trace."""
    try:
        yield
    except Refusal as error:
        _fail(call, error.code, error.message(call.language), _code_of(error))
    except KeyboardInterrupt:
        _fail(call, "stopped_by_hand", say(call.language, "stopped_by_hand"), BY_HAND)
    except typer.Exit:
        raise
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(DONE) from None
    except Exception as error:  # noqa: BLE001 - the last line of defence: a message and a log instead of a trace
        if type(error).__module__.startswith("sqlalchemy."):
            from gewerk_connect.ledger.store import unusable

            state = unusable(error)
            _fail(call, state.code, state.message(call.language), USAGE)
        log = write_log(error, call.connection, datetime.now(UTC))
        message = say(call.language, "unexpected", kind=type(error).__name__, log=log)
        _fail(call, "unexpected", message, BROKEN)


def _code_of(error: Refusal) -> int:
    if isinstance(error, SettingsError):
        return USAGE
    if isinstance(error, SourceError):
        return SOURCE
    from gewerk_connect.push import TargetError

    return TARGET if isinstance(error, TargetError) else USAGE


def _fail(call: Call, code: str, message: str, exit_code: int) -> NoReturn:
    if call.as_json:
        print_json({"error": {"code": code, "message": message}})
    typer.echo(message, err=True)
    raise typer.Exit(exit_code)


def print_json(data: Any) -> None:
    text = orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(text.decode())
    else:  # JSON is UTF-8 whatever the terminal speaks
        sys.stdout.flush()
        buffer.write(text)
        buffer.flush()


def print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def _end(call: Call, findings: int) -> None:
    if call.strict and findings:
        raise typer.Exit(FINDINGS)


class _Source:
    """The upper river bound to one export."""

    def __init__(self, connection: Connection) -> None:
        from gewerk_connect import stock
        from gewerk_connect.sources import open_source

        self.source = open_source(connection.source, connection.snapshot_folder())
        self._settings = connection.settings
        self._stock = stock

    def fetch(self, now: datetime, progress: Callable[[str, int, int | None], None]) -> None:
        self.source = self.source.fetched(now, progress)

    @property
    def hides(self) -> bool:
        return self.source.absence_is_doubtful

    def in_doubt(self, objects: Sequence[tuple[str, ...]]) -> list[bool]:
        return self.source.in_doubt(objects)

    def fingerprint(self) -> str:
        return self._stock.fingerprint(self.source)

    def row_fingerprint(self) -> str | None:
        return self._stock.row_fingerprint(self.source)

    def judge(self, as_of: date, progress: Callable[[str, int, int], None] | None) -> Any:
        return self._stock.judge(self.source, self._settings, as_of, progress=progress)


# check-source, sources


def check_source(call: Call) -> None:
    from gewerk_connect.canonical import PUSH_ORDER, Verdict
    from gewerk_connect.cli.progress import progress
    from gewerk_connect.report.findings import gather

    with guarded(call):
        connection = call.load()
        upper = _Source(connection)
        with progress(wanted=not call.as_json) as show:
            upper.fetch(datetime.now(UTC), show)
            stock = upper.judge(call.day, lambda what, done, total: show(what, done, total))
        kept, skipped, codes = gather(stock, ())
        counts = {
            entity.value: sum(judged.verdict is Verdict.SEND for judged in stock.stream(entity))
            for entity in PUSH_ORDER
        }
        if call.as_json:
            print_json(
                {
                    "kind": connection.source.kind,
                    "as_of": call.day.isoformat(),
                    "rows": stock.source_rows,
                    "counts": counts,
                    "skipped": skipped,
                    "let_units": stock.let_units,
                    "vacant_units": stock.vacant_units,
                    "findings": {"total": sum(codes.values()), "by_code": codes},
                    "safe_separators": list(stock.safe_separators),
                }
            )
        else:
            from gewerk_connect.report.text import finding_lines, skipped_lines

            language = call.language
            print_lines([say(language, "source_ok", name=upper.source.erp_name), "", say(language, "source_rows")])
            print_lines(
                f"  {count:>7}  {say(language, f'rows_of_{table}')}" for table, count in stock.source_rows.items()
            )
            print_lines(["", say(language, "would_send")])
            print_lines(f"  {count:>7}  {say(language, entity)}" for entity, count in counts.items())
            if stock.let_units is not None:
                print_lines(["", say(language, "occupancy", let=stock.let_units, vacant=stock.vacant_units)])
            print_lines(skipped_lines(skipped, language))
            print_lines(finding_lines(codes, kept, language))
            print_lines(["", say(language, "safe_separators", separators=" ".join(stock.safe_separators) or "-")])
        _end(call, sum(codes.values()))


def sources(as_json: bool, language: str) -> None:
    from gewerk_connect.sources import kinds

    call = Call(Path(), None, as_json, False, language)
    with guarded(call):
        found = kinds()
        if as_json:
            print_json(
                [
                    {
                        "kind": m.kind,
                        "erp_name": m.erp_name,
                        "form": m.form,
                        "yields": list(m.yields),
                        "needs": list(m.needs),
                        "verified": list(m.verified),
                        "assumed": list(m.assumed),
                    }
                    for m in found.values()
                ]
            )
        else:
            width = max(len(kind) for kind in found)
            print_lines(f"{m.kind:<{width}}  {m.erp_name} ({m.form})" for m in found.values())


def targets(as_json: bool, language: str) -> None:
    from gewerk_connect.targets import kinds

    call = Call(Path(), None, as_json, False, language)
    with guarded(call):
        found = kinds().values()
        if as_json:
            print_json([m.as_json() for m in found])
            return
        for m in found:
            print_lines([f"{m.kind}: {m.name}. {m.summary(language)}"])
            for title, lines in (
                ("verified", m.verified),
                ("assumed", m.assumed),
                ("untried", m.untried),
                ("cannot", m.cannot),
            ):
                print_lines([f"  {say(language, title)}", *(f"    {line}" for line in lines)] if lines else [])


# plan, apply


def plan(call: Call, offline: bool, whole: bool, examples: int) -> None:
    _run(call, offline, whole, examples=examples, confirm_fuse=False, productive=False)


def apply(call: Call, offline: bool, whole: bool, confirm_fuse: bool) -> None:
    _run(call, offline, whole, examples=0, confirm_fuse=confirm_fuse, productive=True)


def _run(call: Call, offline: bool, whole: bool, *, examples: int, confirm_fuse: bool, productive: bool) -> None:
    from gewerk_connect import run
    from gewerk_connect.cli.progress import progress
    from gewerk_connect.report import outcome_text
    from gewerk_connect.report.text import fuse_lines
    from gewerk_connect.targets import open_target, shape_of

    # a stock lives until it is compared: looking through it for rubbish again and again finds none
    gc.set_threshold(50_000, 20, 20)
    with guarded(call):
        connection = call.load()
        upper = _Source(connection)
        target = None
        if connection.target is not None and (productive or not offline):
            target = open_target(connection.target, language=call.language)
        with progress(wanted=not call.as_json) as show:
            river = run.River(
                connection=connection,
                upper=upper,
                target=target,
                as_of=call.day,
                now=lambda: datetime.now(UTC),
                read_target=not offline,
                whole=whole,
                confirm_fuse=confirm_fuse,
                shape=shape_of(connection.target),
                examples=0 if call.as_json else examples,
                language=call.language,
                progress=show,
            )
            outcome = run.apply(river) if productive else run.plan(river)
        findings = run.findings_of(river, outcome)
        if call.as_json:
            print_json(outcome.as_json())
        else:
            print_lines(outcome_text(outcome, connection.name, call.language, findings))
        if outcome.posted is False:
            typer.echo(say(call.language, "not_posted"), err=True)
        if call.as_json:
            for line in filter(None, fuse_lines(outcome, call.language)):
                typer.echo(line, err=True)
        if outcome.status == "stopped_by_fuse":
            raise typer.Exit(FUSE)
        _end(call, outcome.findings_total)


# explain, report


def explain(call: Call, entity: str, external_id: str, wanted_field: str | None) -> None:
    from gewerk_connect import stock
    from gewerk_connect.canonical import Entity
    from gewerk_connect.explain import explain as explain_record
    from gewerk_connect.explain import explanation_text
    from gewerk_connect.ledger import Runs, open_store
    from gewerk_connect.targets import shape_of

    with guarded(call):
        connection = call.load()
        upper = _Source(connection)
        with open_store(connection.state_url(), connection.id, _base_url(connection), make=False) as store:
            last = Runs(store).last_finished()
            day = call.as_of or (last.as_of if last else call.day)
            trace = stock.trace(upper.source, connection.settings, day, Entity(entity), external_id)
            moved = last is not None and last.read_another(upper.fingerprint())
            found = explain_record(
                store,
                trace,
                Entity(entity),
                external_id,
                wanted_field,
                source_moved=moved,
                shape=shape_of(connection.target),
            )
        if call.as_json:
            print_json(found.as_json())
        else:
            print_lines(explanation_text(found, call.language))


def report(call: Call, xlsx: Path | None = None) -> None:
    from gewerk_connect.ledger import Runs, open_store
    from gewerk_connect.report import run_body
    from gewerk_connect.report.text import report_text

    with guarded(call):
        connection = call.load()
        with open_store(connection.state_url(), connection.id, _base_url(connection), make=False) as store:
            runs = Runs(store)
            last = runs.last()
            if last is None:
                if call.as_json:
                    print_json(None)
                else:
                    typer.echo(say(call.language, "no_run"))
                return
            found: Sequence[Any] = list(runs.findings(last.no))
            refused = list(runs.refusals(last.no))
        if xlsx is not None:
            write_xlsx(xlsx, last, found, connection.name, call.language)
        if call.as_json:
            print_json(run_body(last, found))
        elif xlsx is not None:
            print_lines([say(call.language, "xlsx_written", file=xlsx)])
        else:
            print_lines(report_text(last, found, refused, connection.name, call.language))
        _end(call, len(found))


def write_xlsx(path: Path, run: Any, findings: Sequence[Any], name: str, language: str) -> None:
    """Raises ``SettingsError`` where the file cannot be written."""
    from gewerk_connect.report.workbook import write_workbook

    try:
        write_workbook(path, run, findings, name, language)
    except OSError as error:
        raise SettingsError(
            "file_unwritable",
            f"{path.name} lässt sich nicht schreiben ({type(error).__name__}). Ist die Datei noch geöffnet?",
            f"{path.name} cannot be written ({type(error).__name__}). Is the file still open?",
        ) from error


def _base_url(connection: Connection) -> str:
    return connection.target.base_url.rstrip("/") if connection.target else ""
