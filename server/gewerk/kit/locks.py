"""Who writes the same thing at the same time waits."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from uuid import UUID

from django.db import connection, transaction

_turn = threading.RLock()


def writers_turn() -> AbstractContextManager[object]:
    """On SQLite: of the threads of this process one writes, the others wait here. On PostgreSQL nothing.

    SQLite lets one write at a time and makes the others poll for it, sleeping ever longer; waiting here nobody sleeps while
    it is free, and nobody is overtaken for ever. Taken before a large body is checked, too: SQLite's driver gives up
    Python's lock at every row, and another thread that computes keeps it for 5 ms each time.
    """
    return _turn if connection.vendor == "sqlite" else nullcontext()


@contextmanager
def writing_transaction() -> Iterator[None]:
    """The one transaction of a request, opened at the door, in the writer's turn."""
    with writers_turn(), transaction.atomic():
        yield


def one_at_a_time(purpose: str, organisation_id: UUID) -> None:
    """Until the transaction ends nobody else holds this lock of this organisation.

    PostgreSQL: an advisory lock. SQLite: nothing to do, every writing transaction begins IMMEDIATE and so waits already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{purpose}:{organisation_id}"])
