"""One run per connection at a time. The lock dies with its process, also by ``kill -9``."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from gewerk_connect.ledger.store import Store

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]
    import msvcrt


class Busy(Exception):
    """Another process is running this connection."""


@contextmanager
def run_lock(store: Store) -> Iterator[None]:
    """Holds the connection's lock. Raises ``Busy`` at once when somebody else has it."""
    if store.dialect == "postgresql":
        with _advisory(store):
            yield
    elif store.path is None:  # in memory: nobody else can see it
        yield
    else:
        name = f"{store.path.name}.{_digest(store.connection_id).hex()}.lock"
        with file_lock(store.path.with_name(name), store.connection_id):
            yield


@contextmanager
def _advisory(store: Store) -> Iterator[None]:
    number = int.from_bytes(_digest(store.connection_id), "big", signed=True)
    # a connection of its own: the lock belongs to the session and ends with it
    with store.engine.connect() as connection:
        taken = connection.exec_driver_sql("SELECT pg_try_advisory_lock(%s)", (number,)).scalar()
        connection.commit()
        if not taken:
            raise Busy(store.connection_id)
        try:
            yield
        finally:
            connection.exec_driver_sql("SELECT pg_advisory_unlock(%s)", (number,))
            connection.commit()


@contextmanager
def file_lock(path: Path, what: str) -> Iterator[None]:
    """Holds a lock that is a file. Raises ``Busy`` at once when somebody else has it; ``what`` names what it guards."""
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as handle:
        try:
            _take(handle)
        except OSError as error:
            raise Busy(what) from error
        yield  # closing the file gives the lock back


def _take(handle: IO[bytes]) -> None:
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:
        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)


def _digest(connection_id: str) -> bytes:
    return hashlib.blake2b(connection_id.encode(), digest_size=8).digest()
