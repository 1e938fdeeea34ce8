"""All that a record holds as one value to look things up by: what looks the same is kept under it, and nothing goes stale."""

from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Model

_PLAIN = frozenset({str, int, float, bool, type(None), UUID, date, datetime, time, Decimal, bytes})


def fingerprint(value: Any) -> Hashable:
    """Of a model's instance the values of its loaded fields and of the records loaded with it; of a dataclass those of its fields.

    Raises TypeError for anything that does not say what it holds.
    """
    return _told(value, ())


def _told(value: Any, inside: tuple[int, ...]) -> Hashable:
    kind = type(value)
    if kind in _PLAIN or issubclass(kind, str | date):
        return value  # type: ignore[no-any-return]
    if issubclass(kind, Model):
        return (kind, *_held(value, inside))
    if is_dataclass(kind):
        return (kind, *(_told(getattr(value, name), inside) for name in _names(kind)))
    if issubclass(kind, Mapping):
        return (kind, *((name, _told(one, inside)) for name, one in value.items()))
    if issubclass(kind, list | tuple):
        return (kind, *(_told(one, inside) for one in value))
    raise TypeError(f"{kind.__name__} does not say what it holds")


def _held(record: Model, inside: tuple[int, ...]) -> tuple[Hashable, ...]:
    """Records may know each other (one to one): one that is met again inside itself is not told again."""
    if id(record) in inside:
        return ()
    number = vars(record).get("held")  # ``Prepared.seen`` gives one for all the values
    if number is not None:
        return (number,)
    own = [one if type(one) in _PLAIN else _told(one, inside) for name, one in vars(record).items() if name != "_state"]
    further = (*inside, id(record))
    return (*own, *(_told(one, further) for one in record._state.fields_cache.values()))


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))
