"""One fetch from a database: SQLite, PostgreSQL, MariaDB, and by their drivers SQL Server and Oracle."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Entries
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, create_engine, event, make_url
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from gewerk_connect.canonical.refusals import SourceError
from gewerk_connect.source_settings import SourceSettings
from gewerk_connect.sources.cells import cell_text
from gewerk_connect.sources.mapping_file import Mapping, TableMapping, unusable
from gewerk_connect.sources.snapshot import Contents, Snapshot, Writer
from gewerk_connect.sources.source import FetchProgress

ROWS_AT_A_TIME = 2000
_EXTRA = {"mysql": "mariadb", "mariadb": "mariadb", "mssql": "sqlserver", "oracle": "oracle"}
"""Dialect -> the extra of the package that brings its driver."""
_READ_ONLY = {
    "postgresql": ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",),
    "oracle": ("SET TRANSACTION READ ONLY",),
    "sqlite": ("PRAGMA query_only = ON",),
}
"""What begins a transaction that cannot write and sees one moment, by dialect."""
_SELECT = re.compile(r"\s*(?:--[^\n]*\n\s*)*(?:select|with)\b", re.IGNORECASE)


class DatabaseFetch:
    """How a source is read from a database. Nothing is asked before ``fetch``."""

    def __init__(self, settings: SourceSettings, mapping: Mapping) -> None:
        self._settings = settings
        self._mapping = mapping
        for table in mapping.tables.values():
            _check(mapping, table)

    def fetch(self, writer: Writer, former: Snapshot | None, now: datetime, progress: FetchProgress) -> None:
        """Writes every table. Raises ``SourceError`` and ``SettingsError``."""
        engine = _engine(_url(self._settings))
        try:
            with self._reading(engine) as connection:
                for table in self._mapping.tables.values():
                    self._table(connection, table, writer, now, progress)
                    self._check_empty(table, writer, former)
        finally:
            engine.dispose()

    def gone(self, current: Snapshot, objects: Sequence[Entries[str, str]]) -> list[bool]:
        """A table has no rights per row that we could ask for: what it lacks, it lacks."""
        del current
        return [False] * len(objects)

    @contextmanager
    def _reading(self, engine: Engine) -> Iterator[Connection]:
        """A connection in its read-only transaction."""
        try:
            connection = engine.connect()
        except DBAPIError as error:
            raise _unreachable(error, engine.url) from None
        with connection:
            try:
                for statement in _READ_ONLY.get(engine.dialect.name, ()):
                    connection.exec_driver_sql(statement)
            except DBAPIError as error:
                raise _unreachable(error, engine.url) from None
            yield connection
            connection.rollback()

    def _table(
        self, connection: Connection, table: TableMapping, writer: Writer, now: datetime, progress: FetchProgress
    ) -> None:
        wanted = list(dict.fromkeys(name for names in table.columns.values() for name in names))
        rows = 0
        # the query is the customer's own text: no colon and no percent sign of it means anything to us
        options = {"no_parameters": True, "stream_results": True, "yield_per": ROWS_AT_A_TIME}
        try:
            result = connection.execution_options(**options).exec_driver_sql(table.query or "")
            names = [name.strip().casefold() for name in tuple(result.keys())]
            places = [(name, names.index(name.casefold())) for name in wanted if name.casefold() in names]
            progress(table.resource, 0, None)
            with writer.resource(table.resource) as out:
                for part in result.partitions(ROWS_AT_A_TIME):
                    out.add([[cell_text(row[at]) for _, at in places] for row in part])
                    rows += len(part)
                    progress(table.resource, rows, None)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise _unreachable(error, connection.engine.url) from None
            raise (_busy(table) if _is_held(error) else _refused(self._mapping, table, error)) from None
        writer.contents[table.resource] = Contents(
            rows, [name for name, _ in places], {}, parts={"": rows}, whole_at=now.isoformat()
        )

    def _check_empty(self, table: TableMapping, writer: Writer, former: Snapshot | None) -> None:
        """A table that was filled and is empty now is not believed: it may be a right taken away, or a reload under way."""
        if writer.contents[table.resource].rows or table.resource in self._settings.empty_allowed:
            return
        known = former.contents.get(table.resource) if former else None
        before = known.rows if known else 0
        if before:
            raise SourceError(
                "table_suddenly_empty",
                f"Die Abfrage liefert keine Zeile, beim letzten Mal waren es {before}. Sie wird nicht übernommen, sonst "
                "würde archiviert, was es noch gibt. Prüfen Sie die Rechte des Benutzers; ist die Tabelle wirklich leer, "
                f'tragen Sie in [source] ein: empty_allowed = ["{table.resource}"].',
                f"The query yields no row, last time there were {before}. It is not taken over, or what still exists would "
                "be archived. Check the user's rights; if the table is empty indeed, put into [source]: "
                f'empty_allowed = ["{table.resource}"].',
                file=table.resource,
            )


def _check(mapping: Mapping, table: TableMapping) -> None:
    place = f"[tables.{table.table}]"
    if not table.query:
        raise unusable(mapping.file, f"{place} braucht query", f"{place} needs query")
    if not _SELECT.match(table.query):
        raise unusable(
            mapping.file,
            f"{place} query muss mit SELECT oder WITH beginnen",
            f"{place} query must begin with SELECT or WITH",
        )
    if table.each is not None:
        raise unusable(mapping.file, f"{place} each gibt es nur bei Listen", f"{place} each is for lists only")
    if len(mapping.tables_of(table.resource)) > 1:
        raise unusable(
            mapping.file, f"{place} file {table.resource} steht zweimal", f"{place} file {table.resource} stands twice"
        )


def _url(settings: SourceSettings) -> URL:
    address = settings.address("database")
    try:
        url = make_url(address)
    except ArgumentError:
        raise _no_address() from None
    user, password = settings.credential("user"), settings.credential("password")
    if user:
        url = url.set(username=user)
    return url.set(password=password) if password else url


def _engine(url: URL) -> Engine:
    dialect = url.get_backend_name()
    options: dict[str, Any] = {"poolclass": NullPool}
    if dialect == "sqlite" and url.database and not url.database.startswith("file:"):
        # a database that is not there is not made, and one that is there is not touched
        url = url.set(database=f"file:{quote(url.database)}", query={**url.query, "mode": "ro", "uri": "true"})
    try:
        engine = create_engine(url, **options)
    except ArgumentError:
        raise _no_address() from None
    except (NoSuchModuleError, ModuleNotFoundError):
        extra = _EXTRA.get(dialect)
        how = f'pip install "gewerk-connect[{extra}]"' if extra else "den Treiber installieren"
        how_en = f'pip install "gewerk-connect[{extra}]"' if extra else "install the driver"
        raise SourceError(
            "database_driver",
            f"Der Treiber für diese Datenbank ({url.drivername}) fehlt: {how}.",
            f"The driver for this database ({url.drivername}) is missing: {how_en}.",
        ) from None
    if dialect in ("mysql", "mariadb"):
        _begin_as(engine, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    elif dialect == "sqlite":
        _begin_as(engine, "BEGIN")
    return engine


def _no_address() -> SourceError:
    return SourceError(
        "database_url",
        "[source] url ist keine Datenbank-Adresse, wie SQLAlchemy sie schreibt (etwa "
        "postgresql+psycopg://rechner/datenbank, oder sqlite:////ordner/datei ohne user und password).",
        "[source] url is no database address as SQLAlchemy writes it (e.g. postgresql+psycopg://host/database, or "
        "sqlite:////folder/file without user and password).",
    )


def _begin_as(engine: Engine, statement: str) -> None:
    """Begins every transaction with this statement: the driver's own would not be read-only, or begin too late."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)


def _unreachable(error: DBAPIError, url: URL) -> SourceError:
    where = url.host or "diesem Rechner"
    return SourceError(
        "database_unreachable",
        f"Die Datenbank auf {where} antwortet nicht oder lehnt die Anmeldung ab ({type(error.orig).__name__}). Es wurde "
        "nichts übertragen, der nächste Lauf versucht es von selbst wieder. Prüfen Sie url, user und password in [source].",
        f"The database on {url.host or 'this machine'} does not answer or refuses the login ({type(error.orig).__name__}). "
        "Nothing was sent; the next run tries again by itself. Check url, user and password in [source].",
    )


_HELD = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, 1205, 1213, "40001", "40P01", "55P03"})
"""How the databases say that somebody else holds what we want to read: SQLite's and MariaDB's error numbers, SQLSTATEs."""


def _is_held(error: DBAPIError) -> bool:
    told = error.orig
    named = (getattr(told, "sqlite_errorcode", None), getattr(told, "sqlstate", None), *getattr(told, "args", ())[:1])
    return any(one in _HELD for one in named if isinstance(one, int | str))


def _busy(table: TableMapping) -> SourceError:
    return SourceError(
        "database_busy",
        "Die Tabelle ist gesperrt, weil ein anderes Programm gerade in die Datenbank schreibt. Es wurde nichts übertragen, "
        "der nächste Lauf versucht es von selbst wieder. Bleibt es dabei, legen Sie den Lauf auf eine ruhige Zeit.",
        "The table is locked because another program is writing to the database. Nothing was sent; the next run tries again "
        "by itself. If it stays like this, move the run to a quiet time.",
        file=table.resource,
    )


def _refused(mapping: Mapping, table: TableMapping, error: DBAPIError) -> SourceError:
    """Without the database's own words: they may quote a value."""
    return SourceError(
        "query_refused",
        f"Die Datenbank lehnt die Abfrage ab ({type(error.orig).__name__}). Probieren Sie [tables.{table.table}] query aus "
        f"{mapping.file.name} in einem SQL-Programm; meist fehlt eine Tabelle, eine Spalte oder das Recht zu lesen.",
        f"The database refuses the query ({type(error.orig).__name__}). Try [tables.{table.table}] query of "
        f"{mapping.file.name} in an SQL program; mostly a table, a column or the right to read is missing.",
        file=table.resource,
    )
