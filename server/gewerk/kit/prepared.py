"""Queries that every page asks: Django writes their SQL once, not with every request.

Building a query and writing its SQL costs about as much as all else that a page of a few rows does. ``prepared`` keeps the written SQL
of a query whose values are ``Given`` by name::

    _LIVE = prepared(lambda: Membership.objects.filter(person_id=Given("person", UUIDField())))
    rows = _LIVE(person=person.pk)

What comes back are the model's instances (or ``values``), as from the query itself.
"""

import copy
import sys
from collections.abc import Callable, Hashable
from itertools import count
from threading import Lock
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.sql.constants import MULTI

from gewerk.kit.plans import KeepingPlans, with_constants

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
        asking = self._asking(values)
        return _read(*asking) if asking else []

    def seen(self, **values: Any) -> "list[Any]":
        """The rows as instances to look at, never to change: one that holds what one before held, with all that was loaded with it, is
        that same instance, and is not made again. Its ``held`` is a number that no instance with other values has. What was not
        loaded with it, it does not load later (NotLoaded): that could be of another day. Rows with a value that can be changed in its
        place (JSON, a list) are made each time, without a number.
        """
        asking = self._asking(values)
        if asking is None:
            return []
        rows, own = asking
        sql = own.as_sql()[0]
        read = [(sql, tuple(row)) for row in own.results_iter(own.execute_sql(MULTI))]
        try:
            distinct = dict.fromkeys(read)
        except TypeError:
            return _made(rows, own, [row for _sql, row in read])
        known = _instances.by_row
        if new := [one for one in distinct if one not in known]:
            made = dict(zip(new, _made(rows, own, [row for _sql, row in new]), strict=True))
            for instance in made.values():
                instance.held = next(_numbers)
                _close(instance)
            if len(known) + len(made) > _MOST_SEEN:
                # Another thread may still read the old ones: they are left as they are.
                stay = {one: known[one] for one in distinct if one in known}
                go = max(_MOST_SEEN // 10, len(known) + len(made) - _MOST_SEEN)
                newest = dict(list(known.items())[go:])
                known = _instances.by_row = {**newest, **stay}
            known.update(made)
        return [known[one] for one in read]

    def _asking(self, values: dict[str, Any]) -> tuple["QuerySet[Row, Any]", Any] | None:
        """The query and its compiler, which writes nothing any more; None for a query that can find nothing, whatever is given."""
        rows, compiler, sql, params = self._of_database("default")
        if not sql:
            return None
        connection = connections["default"]
        bound = tuple(one.bind(values[one.name], connection) if isinstance(one, Given) else one for one in params)
        own = copy.copy(compiler)
        own.connection = KeepingPlans(connection) if connection.vendor == "postgresql" else connection
        own.as_sql = lambda *_args, **_kwargs: (sql, bound)
        return rows.all(), own

    def _of_database(self, using: str) -> tuple["QuerySet[Row, Any]", Any, str, tuple[Any, ...]]:
        vendor = connections[using].vendor
        found = self._written.get(vendor)
        if found is None:
            with self._lock:
                rows = self._build()
                compiler = rows.query.get_compiler(using=using)
                try:
                    sql, params = compiler.as_sql()
                except EmptyResultSet:
                    sql, params = "", ()
                if vendor == "postgresql":
                    sql, params = with_constants(sql, params, connections[using], Given)
                found = self._written[vendor] = (rows, compiler, sys.intern(sql), tuple(params))
        return found


def _read(rows: "QuerySet[Any, Any]", compiler: Any) -> "list[Any]":
    rows.query.get_compiler = lambda *_args, **_kwargs: compiler  # type: ignore[method-assign]
    return list(rows)


def _made(rows: "QuerySet[Any, Any]", compiler: Any, read: list[tuple[Any, ...]]) -> "list[Any]":
    """The instances of rows that have been read already."""
    compiler.execute_sql = lambda *_args, **_kwargs: read
    compiler.results_iter = lambda results, **_kwargs: iter(results)
    return _read(rows, compiler)


class NotLoaded(LookupError):
    """A row to look at was asked for what its query does not load."""


class _Loaded(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        raise NotLoaded(name)


def _close(instance: Model) -> None:
    """It, and what was loaded with it, asks the database no more."""
    state = instance._state
    relations = (one for one in instance._meta.concrete_fields if one.is_relation)
    nobody = {one.name: None for one in relations if instance.__dict__.get(one.attname, one) is None}
    state.fields_cache = _Loaded({**nobody, **state.fields_cache})
    instance.refresh_from_db = _not_loaded  # type: ignore[method-assign, assignment]
    for related in state.fields_cache.values():
        if isinstance(related, Model) and not isinstance(related._state.fields_cache, _Loaded):
            _close(related)


def _not_loaded(fields: Any = (), **_how: Any) -> None:
    raise NotLoaded(*fields)


class _Instances:
    """What was seen, of all prepared queries: by what was asked and what was read. The same question in the same words, whoever asks."""

    def __init__(self) -> None:
        self.by_row: dict[tuple[str, tuple[Any, ...]], Any] = {}


_instances = _Instances()
_MOST_SEEN = 5_000
"""Some 8 KB each with what is loaded with it."""
_numbers = count(1)


class PreparedBy:
    """A prepared query for each key, where its form depends on who asks: what the key does not say must not change the query."""

    _MOST = 200

    def __init__(self) -> None:
        self._by: dict[Hashable, Prepared[Any]] = {}

    def of(self, key: Hashable, build: Callable[[], "QuerySet[Any, Any]"]) -> Prepared[Any]:
        found = self._by.get(key)
        if found is None:
            if len(self._by) >= self._MOST:
                self._by = {}
            found = self._by[key] = Prepared(build)
        return found


def prepared(build: Callable[[], "QuerySet[Row, Any]"]) -> Prepared[Row]:
    return Prepared(build)
