"""Prepared queries as PostgreSQL takes them: it keeps their plans, too.

Planning a query of a few rows takes it about as long as answering it.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from psycopg import Cursor
from psycopg.sql import Literal

_PARAMETER = re.compile("%%|%s")
_MOST_PLANS = 400
"""On a connection; as many as there are prepared queries, and some."""


def with_constants(sql: str, params: Sequence[Any], connection: Any, kind: type) -> tuple[str, list[Any]]:
    """What is not of ``kind``, and so the same with each call, becomes part of the text, as the driver writes it: the database plans with
    it (an index of what is open serves only who asks for what is open). Also the parameters that are left."""
    connection.ensure_connection()
    rest = iter(params)
    left: list[Any] = []

    def written(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return found[0]
        value = next(rest)
        if isinstance(value, kind):
            left.append(value)
            return found[0]
        return Literal(value).as_string(connection.connection).replace("%", "%%")

    return _PARAMETER.sub(written, sql), left


class KeepingPlans:
    """Django's connection for a prepared query: values are the database's parameters and not part of the text, so that after some times
    it keeps the plan (psycopg's ``prepare_threshold``, see ``config.databases``)."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def cursor(self) -> Any:
        wrapped = self._connection.cursor()
        raw = self._connection.connection
        if raw.prepared_max != _MOST_PLANS:
            raw.prepared_max = _MOST_PLANS
            raw.adapters.register_loader("timestamptz", Moments)
        wrapped.cursor = _Cursor(raw)
        return wrapped


class Moments(BaseTzLoader):  # type: ignore[misc]
    """Moments as the driver reads them for Django, ten times as fast: a page reads some hundred."""

    timezone = UTC

    def load(self, data: Any) -> Any:
        text = str(data, "ascii")
        try:
            return datetime.fromisoformat(text).replace(tzinfo=UTC) if text.endswith("+00") else super().load(data)
        except ValueError:
            # A year beyond 9999, or infinity: the driver has words for it.
            return super().load(data)


class _Cursor(Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
        done = super().execute(query, params, **how)
        # Django's log of queries reads there what was asked; of a kept plan the driver leaves it empty.
        self._query = SimpleNamespace(query=query.encode())  # type: ignore[assignment]
        return done
