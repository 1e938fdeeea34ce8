"""Many rows in one go, without model instances: ``executemany`` on SQLite, ``COPY`` on PostgreSQL.

For batches that validated their values before: no signals, no defaults, no ``save``. The caller opens the transaction.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, models

_Prepare = Callable[[Any], Any]


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def _hex(value: UUID | None) -> str | None:
    return None if value is None else value.hex


def _naive(value: datetime | None) -> str | None:
    return None if value is None else str(value.astimezone(UTC).replace(tzinfo=None))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _decimal(places: int) -> _Prepare:
    step = Decimal(1).scaleb(-places)
    return lambda value: None if value is None else format(value.quantize(step), "f")


def _preparation(field: "models.Field[Any, Any]") -> _Prepare | None:
    """How a Python value becomes what the driver stores, exactly as Django's own ``save`` would; None: as it is."""
    if isinstance(field, models.ForeignKey):
        field = field.target_field
    if isinstance(field, models.JSONField):
        # A null in the column, not JSON's null.
        return lambda value: None if value is None else _json(value)
    if connection.vendor == "postgresql":
        return None
    if isinstance(field, models.UUIDField):
        return _hex
    if isinstance(field, models.DateTimeField):
        return _naive
    if isinstance(field, models.DateField):
        return _text
    if isinstance(field, models.DecimalField):
        return _decimal(field.decimal_places)
    return None


@lru_cache
def _columns(
    model: type[models.Model], names: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[tuple[int, _Prepare], ...]]:
    columns, prepared = [], []
    for place, name in enumerate(names):
        field = model._meta.get_field(name)
        assert isinstance(field, models.Field)
        columns.append(connection.ops.quote_name(field.column))
        if prepare := _preparation(field):
            prepared.append((place, prepare))
    return tuple(columns), tuple(prepared)


def _prepare(rows: Iterable[Sequence[Any]], prepared: tuple[tuple[int, _Prepare], ...]) -> list[list[Any]]:
    """Constants such as ``{}`` and one ``now`` for all recur within a batch: prepared once by identity."""
    seen: dict[tuple[int, int], Any] = {}
    ready = []
    for row in rows:
        new = list(row)
        for place, prepare in prepared:
            value = new[place]
            if value is None:
                continue
            if isinstance(value, UUID):
                new[place] = prepare(value)
                continue
            mark = (place, id(value))
            stored = seen.get(mark)
            if stored is None:
                # The value is kept beside, so that its ``id`` is not given to another one meanwhile.
                stored = seen[mark] = (prepare(value), value)
            new[place] = stored[0]
        ready.append(new)
    return ready


def insert(model: type[models.Model], names: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
    """Insert ``rows``, each with a value for every field of ``names`` (``organisation_id`` or ``organisation``, both do)."""
    if not rows:
        return
    columns, prepared = _columns(model, names)
    table = connection.ops.quote_name(model._meta.db_table)
    ready = _prepare(rows, prepared)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in ready:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", ready)  # noqa: S608 - names of our own tables


def update(
    model: type[models.Model],
    names: tuple[str, ...],
    rows: Sequence[tuple[Sequence[Any], UUID]],
    *,
    version: bool = True,
    kept_if_none: frozenset[str] = frozenset(),
) -> None:
    """Set ``names`` of each row (values, primary key), and count its ``version`` up unless told not to.

    A None for one of ``kept_if_none`` leaves that column as it is.
    """
    if not rows:
        return
    key = model._meta.pk
    columns, prepared = _columns(model, (*names, key.name))
    table = connection.ops.quote_name(model._meta.db_table)
    sets = [
        f"{column} = COALESCE(%s, {column})" if name in kept_if_none else f"{column} = %s"
        for name, column in zip(names, columns, strict=False)
    ]
    if version:
        sets.append("version = version + 1")
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {', '.join(sets)} WHERE {columns[-1]} = %s",  # noqa: S608
            _prepare([[*values, pk] for values, pk in rows], prepared),
        )


def delete_pairs(model: type[models.Model], names: tuple[str, str], pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Delete the rows whose two columns hold one of ``pairs``."""
    if not pairs:
        return
    columns, prepared = _columns(model, names)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"DELETE FROM {table} WHERE {columns[0]} = %s AND {columns[1]} = %s",  # noqa: S608
            _prepare(pairs, prepared),
        )
