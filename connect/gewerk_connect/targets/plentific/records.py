"""A record there and back: Gewerk's fields into theirs, and theirs into Gewerk's, by the mapping's rules alone."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from gewerk_connect.targets.plentific.mapping_file import EntityMapping, FieldRule, TargetMapping

Resolve = Callable[[str, str], str | None]
"""(entity, id on one side) -> id on the other side; None when it has none there."""


class UnknownReference(Exception):
    """A record refers to one that is not over there."""

    def __init__(self, field: str, entity: str) -> None:
        super().__init__(field)
        self.field = field
        self.entity = entity


class PlentificShape:
    """What Plentific can hold of a record, by the mapping. Its law: what ``read`` gives of a record sent is ``fits``."""

    def __init__(self, mapping: TargetMapping) -> None:
        self._mapping = mapping

    @property
    def fingerprint(self) -> str:
        return self._mapping.fingerprint

    def fits(self, entity: str, record: Mapping[str, Any]) -> dict[str, Any]:
        mapped = self._mapping.of(entity)
        fitting: dict[str, Any] = {}
        for name, rule in mapped.fields.items() if mapped else ():
            if has(record, name):
                put(fitting, name, _shown(rule, get(record, name)))
        return fitting


def write(mapped: EntityMapping, record: Mapping[str, Any], id_of: Resolve) -> dict[str, Any]:
    """The body without its external id. Raises ``UnknownReference``."""
    body: dict[str, Any] = dict(mapped.constants)
    for name, rule in mapped.fields.items():
        if has(record, name):
            put(body, rule.to, _sent(name, rule, get(record, name), id_of))
    return body


def read(mapped: EntityMapping, held: Mapping[str, Any], external_id_of: Resolve) -> dict[str, Any]:
    """Gewerk's fields of a record as it stands over there."""
    record: dict[str, Any] = {}
    for name, rule in mapped.fields.items():
        put(record, name, _read(rule, get(held, rule.shown_at), external_id_of))
    return record


def is_archived(mapped: EntityMapping, held: Mapping[str, Any]) -> bool:
    return mapped.archived is not None and get(held, mapped.archived.field) == mapped.archived.value


def _shown(rule: FieldRule, value: Any) -> Any:
    """What becomes of a value that goes there and comes back."""
    if rule.values is not None:
        return _back(rule.values, rule.values.get(str(value)))
    if rule.pick is not None:
        picked = _picked(value, rule.pick)
        return [] if picked is None else [{rule.pick: picked}]
    if isinstance(value, list):
        ids = value[:1] if rule.first else value
        return sorted(ids) if rule.refers_to else ids
    return value


def _sent(name: str, rule: FieldRule, value: Any, id_of: Resolve) -> Any:
    if rule.values is not None:
        return rule.values.get(str(value))
    if rule.pick is not None:
        return _picked(value, rule.pick)
    if rule.refers_to is not None:
        names = [value] if isinstance(value, str) else list(value or ())
        ids = [_known(name, rule.refers_to, one, id_of) for one in (names[:1] if rule.first else names)]
        return ids if isinstance(value, list) and not rule.first else next(iter(ids), None)
    if isinstance(value, list) and rule.first:
        return next(iter(value), None)
    return _number(value) if rule.number else value


def _read(rule: FieldRule, value: Any, external_id_of: Resolve) -> Any:
    if rule.values is not None:
        return _back(rule.values, value)
    if rule.pick is not None:
        return [] if value is None else [{rule.pick: value}]
    if rule.refers_to is not None and isinstance(value, list):
        return sorted(name for name in (external_id_of(rule.refers_to, str(one)) for one in value) if name)
    if rule.refers_to is not None:
        found = external_id_of(rule.refers_to, str(value)) if value is not None else None
        return ([found] if found else []) if rule.first else found
    return ([] if value is None else [value]) if rule.first else value


def _known(field: str, entity: str, external_id: str, id_of: Resolve) -> str:
    found = id_of(entity, external_id)
    if found is None:
        raise UnknownReference(field, entity)
    return found


def _back(values: Mapping[str, Any], value: Any) -> str | None:
    """Where two of ours are one of theirs, the first in the table stands for both."""
    return next((ours for ours, theirs in values.items() if value is not None and theirs == value), None)


def _picked(value: Any, name: str) -> Any:
    return next((one[name] for one in value or () if isinstance(one, Mapping) and one.get(name)), None)


def _number(value: Any) -> Any:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return value
    return int(number) if number == number.to_integral_value() else float(number)


def has(record: Mapping[str, Any], path: str) -> bool:
    """Whether the dotted path leads to a field, be it empty."""
    *way, last = path.split(".")
    for part in way:
        inner = record.get(part)
        if not isinstance(inner, Mapping):
            return False
        record = inner
    return last in record


def get(record: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path; None where there is none. An empty path is the record itself."""
    value: Any = record
    for part in path.split(".") if path else ():
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def put(record: dict[str, Any], path: str, value: Any) -> None:
    *way, last = path.split(".")
    for part in way:
        record = record.setdefault(part, {})
    record[last] = value
