"""Who writes the same thing at the same time waits."""

from uuid import UUID

from django.db import connection


def one_at_a_time(purpose: str, organisation_id: UUID) -> None:
    """Until the transaction ends nobody else holds this lock of this organisation.

    PostgreSQL: an advisory lock. SQLite: nothing to do, every writing transaction begins IMMEDIATE and so waits already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{purpose}:{organisation_id}"])
