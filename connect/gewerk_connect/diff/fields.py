"""When two values are the same, and the bytes and hashes that stand for a payload."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson
import xxhash

_EMPTY: tuple[Any, ...] = (None, "", [], {})


def payload_bytes(record: Mapping[str, Any]) -> bytes:
    """The record as it is sent: keys sorted; an empty text is null, for NULL and '' are one thing."""
    data = orjson.dumps(record, option=orjson.OPT_SORT_KEYS, default=str)
    if b'""' in data:
        data = orjson.dumps(_without_empty_text(orjson.loads(data)), option=orjson.OPT_SORT_KEYS)
    return data


def _without_empty_text(value: Any) -> Any:
    if value == "":
        return None
    if isinstance(value, dict):
        return {key: _without_empty_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_empty_text(inner) for inner in value]
    return value


def digest(data: bytes) -> bytes:
    """Stable over versions and machines (xxh3, 128 bit): kept in the ledger for years."""
    return xxhash.xxh3_128_digest(data)


def same(wanted: Any, held: Any) -> bool:
    """Whether the target holds what is wanted.

    Empty is empty; 64.35 is "64.350"; of a nested object only the wanted fields count.
    """
    if wanted == held and type(wanted) is type(held):
        return True
    if isinstance(wanted, dict) and (isinstance(held, dict) or held in _EMPTY):
        return all(same(value, (held or {}).get(key)) for key, value in wanted.items())
    if wanted in _EMPTY or held in _EMPTY:
        return wanted in _EMPTY and held in _EMPTY
    if isinstance(wanted, list) and isinstance(held, list):
        return len(wanted) == len(held) and all(same(a, b) for a, b in zip(wanted, held, strict=True))
    if isinstance(wanted, bool) or isinstance(held, bool):
        return wanted is held
    return _same_number(wanted, held)


def _same_number(wanted: Any, held: Any) -> bool:
    """A number may travel as text one way and come back otherwise; two texts must look like decimals to be one."""
    if isinstance(wanted, str) and isinstance(held, str) and ("." not in wanted and "." not in held):
        return wanted == held  # "007" is not "7"
    try:
        return Decimal(str(wanted)) == Decimal(str(held))
    except InvalidOperation:
        return False


def changed_fields(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[str]:
    """Names of the fields that differ, nested ones as ``address.street``; without an old payload all that are filled."""
    names: list[str] = []
    for name in sorted({*(old or {}), *new}):
        was, becomes = (old or {}).get(name), new.get(name)
        if isinstance(was, dict) and isinstance(becomes, dict):
            names += [f"{name}.{inner}" for inner in changed_fields(was, becomes)]
        elif not same(becomes, was):
            names.append(name)
    return names


def held_differs(payload: bytes, held: bytes) -> bytes | None:
    """None when the target's record holds the payload; else the hash of what it holds in the payload's fields."""
    wanted = orjson.loads(payload)
    record = orjson.loads(held)
    if all(same(value, record.get(name)) for name, value in wanted.items()):
        return None
    return digest(orjson.dumps({name: record.get(name) for name in wanted}, option=orjson.OPT_SORT_KEYS))
