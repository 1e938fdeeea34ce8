"""The state database, opened for one connection (one ERP into one target)."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, insert, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from gewerk_connect.canonical.refusals import Refusal
from gewerk_connect.ledger import schema

CACHE_KIB = 4_000
"""SQLite's page cache per connection; three are open while comparing. More makes a full run no faster."""
PAGE_BYTES = 16_384
"""An intent takes half a kilobyte: with SQLite's usual 4,096 a fifth more work goes into turning pages."""


LASTING = {
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 40_000,
    "options": (
        "-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4"
        " -c tcp_user_timeout=40000 -c idle_in_transaction_session_timeout=120000"
    ),
}
"""For PostgreSQL, both ends: a machine that vanished from the network holds its locks for less than a minute, not for hours."""


class StateError(Refusal):
    """The state database cannot be used."""


class Store:
    """An engine, and which of the connections kept there is meant. Written by one thread only."""

    def __init__(self, engine: Engine, path: Path | None, connection_id: str, base_url: str) -> None:
        self.engine = engine
        self.path = path
        self.connection_id = connection_id
        self.base_url = base_url
        self.dialect = engine.dialect.name
        self.no = self._connection_no()

    def _connection_no(self) -> int:
        table = schema.connections
        wanted = (table.c.external_id == self.connection_id) & (table.c.base_url == self.base_url)
        with self.engine.begin() as connection:
            found = connection.execute(select(table.c.no).where(wanted)).scalar()
            if found is not None:
                return int(found)
        try:
            with self.engine.begin() as connection:
                connection.execute(insert(table).values(external_id=self.connection_id, base_url=self.base_url))
        except IntegrityError:  # somebody was faster
            pass
        with self.engine.begin() as connection:
            return int(connection.execute(select(table.c.no).where(wanted)).scalar_one())

    def sql(self, text: str) -> str:
        """A statement written with ``?`` in the driver's own style."""
        return text.replace("?", "%s") if self.dialect == "postgresql" else text

    def clock(self) -> datetime:
        """The database server's clock, the same for all machines that share it; with SQLite this machine's."""
        if self.dialect != "postgresql":
            return datetime.now(UTC)
        with self.engine.connect() as connection:
            found: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
            return found

    def stamp(self, moment: datetime) -> Any:
        """A moment as the driver takes it in a statement of its own."""
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ") if self.dialect == "sqlite" else moment

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def erase(self) -> Iterator[Connection]:
        """Like ``write``; what is deleted is written over, else SQLite leaves it in its file until the room is needed."""
        with self.write() as connection:
            if self.dialect == "sqlite":
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            yield connection

    def many(self, connection: Connection, text: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """The driver's own ``executemany``: a SQLAlchemy insert builds a dict per row and takes five times as long."""
        if rows:
            connection.exec_driver_sql(self.sql(text), list(rows))

    def load(self, connection: Connection, table: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Inserts many rows the fastest way the database has."""
        if self.dialect == "postgresql":
            driver: Any = connection.connection.driver_connection
            with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            blanks = ", ".join("?" * len(columns.split(",")))
            self.many(connection, f"INSERT INTO {table} ({columns}) VALUES ({blanks})", rows)  # noqa: S608 - our own names

    def stream(self, text: str, parameters: tuple[Any, ...], *, at_a_time: int = 5_000) -> Iterator[Any]:
        """Rows of a query on a connection of its own, never all in memory, while others write."""
        with self.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            # PostgreSQL hands over all rows at once unless the cursor has a name and so stays on the server
            cursor = driver.cursor("stream") if self.dialect == "postgresql" else driver.cursor()
            try:
                cursor.execute(self.sql(text), parameters)
                while rows := cursor.fetchmany(at_a_time):
                    yield from rows
            finally:
                cursor.close()

    # the connection's own row

    def facts(self) -> dict[str, Any]:
        with self.engine.connect() as connection:
            row = connection.execute(select(schema.connections).where(schema.connections.c.no == self.no)).one()
            return dict(row._mapping)

    def note(self, **values: Any) -> None:
        with self.write() as connection:
            connection.execute(update(schema.connections).where(schema.connections.c.no == self.no).values(**values))

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def open_store(url: str, connection_id: str, base_url: str, *, make: bool = True) -> Iterator[Store]:
    """Opens the state; ``make=False`` leaves no file behind where there is none yet (an empty one in memory instead)."""
    engine, path = open_engine(url, make=make)
    try:
        try:
            make_tables(engine, schema.metadata)
            store = Store(engine, path, connection_id, base_url)
        except SQLAlchemyError as error:
            raise unusable(error) from error
        yield store
    finally:
        engine.dispose()


_MAKING_TABLES = 0x6765_7765
"""PostgreSQL's advisory lock under which tables are made: several workers may start at once."""


def make_tables(engine: Engine, metadata: MetaData) -> None:
    """Makes the tables that are not there yet."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_MAKING_TABLES,))
        metadata.create_all(connection)


def open_engine(url: str, *, make: bool) -> tuple[Engine, Path | None]:
    """The state database's engine, and its file where it is one. Raises ``StateError``."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            made = parsed.set(drivername="postgresql+psycopg")
            return create_engine(made, hide_parameters=True, pool_pre_ping=True, connect_args=dict(LASTING)), None
        if parsed.get_backend_name() != "sqlite":
            raise StateError(
                "state_unsupported",
                "[state] url: nur sqlite:/// und postgresql:// werden unterstützt.",
                "[state] url: only sqlite:/// and postgresql:// are supported.",
            )
    except ArgumentError as error:
        raise StateError(
            "state_unsupported",
            "[state] url ist keine Datenbank-Adresse (sqlite:///datei oder postgresql://...).",
            "[state] url is no database address (sqlite:///file or postgresql://...).",
        ) from error
    name = parsed.database
    path = Path(name) if name and name != ":memory:" else None
    if path is None or (not make and not path.exists()):
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        return engine, None
    _private(path)
    engine = create_engine(parsed, hide_parameters=True, connect_args={"timeout": 30, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    return engine, path


def _private(path: Path) -> None:
    """The state holds names and addresses: made readable for its owner only."""
    if not path.exists():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise unusable(error) from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA page_size={PAGE_BYTES}")  # counts for a new file only
    cursor.execute("PRAGMA journal_mode=WAL")
    # a killed process loses nothing; after a power cut the last receipts may be missing and are fetched again
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    cursor.close()


def unusable(error: Exception) -> StateError:
    """The refusal for an error of the database or the disk; names its kind only, for its text quotes values."""
    kind = type(error).__name__
    return StateError(
        "state_unusable",
        f"Der Zustand ([state] url) ist nicht verwendbar ({kind}). Prüfen Sie Pfad, Rechte und freien Platz.",
        f"The state ([state] url) cannot be used ({kind}). Check its path, rights and free space.",
    )
