# ruff: noqa: ARG002 - every operation takes the same arguments, needed or not
"""An index for words within a text, where the database has one: PostgreSQL's trigrams. SQLite reads its few thousand rows."""

import logging
from typing import Any

from django.db import NotSupportedError, ProgrammingError, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory

_log = logging.getLogger(__name__)


class SearchIndex(Operation):
    """A migration's step: ``LIKE '%word%'`` on the folded ``column`` of ``table`` reads the index instead of every row.

    Needs the extension pg_trgm, which the owner of a database may create itself since PostgreSQL 13. Where that is forbidden the
    migration goes on without the index and says so: searches are slower, not wrong.
    """

    reduces_to_sql = False
    reversible = True
    category = OperationCategory.ADDITION

    def __init__(self, table: str, column: str = "search") -> None:
        self.table, self.column = table, column

    @property
    def _index(self) -> str:
        return f"{self.table}_{self.column}_words"

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Django knows nothing of the index."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        connection = schema_editor.connection
        if connection.vendor != "postgresql":
            return
        try:
            with transaction.atomic(connection.alias), connection.cursor() as cursor:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except (ProgrammingError, NotSupportedError) as error:
            _log.warning("No index for the words of %s, searches will be slower: %s", self.table, error)
            return
        schema_editor.execute(
            f'CREATE INDEX IF NOT EXISTS "{self._index}" ON "{self.table}" USING gin ("{self.column}" gin_trgm_ops)'
        )

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f'DROP INDEX IF EXISTS "{self._index}"')

    def describe(self) -> str:
        return f"Index the words of {self.table}.{self.column}"
