"""Queries that every page asks: Django writes their SQL once, not with every request.

Building a query and writing its SQL costs about as much as all else that a page of a few rows does. ``prepared`` keeps the written SQL
of a query whose values are ``Given`` by name::

    _LIVE = prepared(lambda: Membership.objects.filter(person_id=Given("person", UUIDField())))
    rows = _LIVE(person=person.pk)

What comes back are the model's instances (or ``values``), as from the query itself.
"""

import copy
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import Expression, Field, Model, QuerySet

Row = TypeVar("Row", bound=Model)


class Given(Expression):
    """A value of the query that is known with each call only. Prepared as a value of ``output_field`` would be."""

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:  # noqa: ARG002 - Django's signature
        return "%s", [self]

    def bind(self, value: Any, connection: Any) -> Any:
        """As the database's driver takes it."""
        return self.output_field.get_db_prep_value(value, connection)


class Prepared(Generic[Row]):
    def __init__(self, build: Callable[[], "QuerySet[Row, Any]"]) -> None:
        self._build = build
        self._written: dict[str, tuple[QuerySet[Row, Any], Any, str, tuple[Any, ...]]] = {}
        self._lock = Lock()

    def __call__(self, **values: Any) -> "list[Any]":
        """The rows. Raises KeyError where a value is missing."""
        rows, compiler, sql, params = self._of_database("default")
        connection = connections["default"]
        bound = tuple(one.bind(values[one.name], connection) if isinstance(one, Given) else one for one in params)
        asked = rows.all()
        own = copy.copy(compiler)
        own.connection = connection
        own.as_sql = lambda *_args, **_kwargs: (sql, bound)
        asked.query.get_compiler = lambda *_args, **_kwargs: own  # type: ignore[method-assign]
        return list(asked)

    def _of_database(self, using: str) -> tuple["QuerySet[Row, Any]", Any, str, tuple[Any, ...]]:
        vendor = connections[using].vendor
        found = self._written.get(vendor)
        if found is None:
            with self._lock:
                rows = self._build()
                compiler = rows.query.get_compiler(using=using)
                sql, params = compiler.as_sql()
                found = self._written[vendor] = (rows, compiler, sql, tuple(params))
        return found


def prepared(build: Callable[[], "QuerySet[Row, Any]"]) -> Prepared[Row]:
    return Prepared(build)
