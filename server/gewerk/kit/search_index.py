"""An index for words within a text, where the database has one: PostgreSQL's trigrams. SQLite reads its few thousand rows."""

import logging

from django.db import DatabaseError, connections, transaction

SUFFIX = "_search_words"
"""Of the index's name. A restored backup leaves these out: the next start makes them, as far as it may."""

_log = logging.getLogger(__name__)


def ensure_search_index(table: str, *, using: str) -> None:
    """With it ``LIKE '%word%'`` on the folded column ``search`` reads the index instead of every row.

    Needs the extension pg_trgm, which the owner of a database may create since PostgreSQL 13. It is no migration: where somebody
    forbids it, everything else goes on (searches are slower, not wrong), and once it is allowed the next start makes the index.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{table}{SUFFIX}"])
        if cursor.fetchone()[0]:
            return
    try:
        with transaction.atomic(using), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(f'CREATE INDEX "{table}{SUFFIX}" ON "{table}" USING gin (search gin_trgm_ops)')
    except DatabaseError as error:
        _log.warning("No index for the words of %s, searches will be slower: %s", table, error)
