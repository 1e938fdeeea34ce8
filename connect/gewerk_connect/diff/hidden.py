"""Objects that the source no longer lists and may only hide from us (spec 01, "Sources": rights taken away).

They and what lies below them are kept as they were last confirmed, until somebody or the ERP says that they are gone.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from gewerk_connect.canonical import Entity, Key
from gewerk_connect.ledger import Confirmed, State
from gewerk_connect.ledger.outbox import GROUP


class Hidden:
    """Ask in the order of the push: a tenant is kept for the sake of a unit that was."""

    def __init__(self, objects: Iterable[Confirmed], payload: Callable[[int | None], Mapping[str, Any] | None]) -> None:
        """``payload`` gives what was confirmed last by the number of its intent."""
        self._keys: dict[Key, str] = {key_of(known): known.external_id for known in objects}
        self._units: set[str] = set()
        self._payload = payload

    @property
    def objects(self) -> list[str]:
        """External ids of the objects, sorted."""
        return sorted(self._keys.values())

    def keeps(self, entity: str, known: Confirmed) -> bool:
        """Whether a record that the source lacks belongs to such an object."""
        if not self._keys or known.state == State.ARCHIVED:
            return False
        if entity == GROUP:
            group = key_of(known)
            return any(key[: len(group)] == group for key in self._keys)
        if entity == Entity.PROPERTY:
            return key_of(known) in self._keys
        if entity == Entity.UNIT:
            if key_of(known)[:-1] in self._keys:
                self._units.add(known.external_id)
                return True
            return False
        payload = self._payload(known.intent) or {}
        return any(unit in self._units for unit in payload.get("unit_external_ids", ()))


def missing_objects(listed: Iterable[str], known: Iterable[Confirmed]) -> list[Confirmed]:
    """The objects in force that are not listed, by external id."""
    present = set(listed)
    return [one for one in known if one.external_id not in present and one.state != State.ARCHIVED]


def key_of(known: Confirmed) -> Key:
    return tuple(orjson.loads(known.key))
