"""Lookups that Django has not.

``external_id__among=frozenset(...)``, ``pk__among=ids``: as ``in``, but all values are one parameter, however many.
``trades__names_any_of=[...]``: a JSON list of texts holds one of these.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson
from django.db.models import CharField, JSONField, Lookup, UUIDField

from gewerk.kit.prepared import Given


class GivenMany(Given):
    """Of a prepared query: the values of ``among``."""

    def bind(self, value: Any, connection: Any) -> Any:
        return list(value) if connection.vendor == "postgresql" else _as_json(value)


def _as_json(values: Iterable[Any]) -> str:
    # SQLite keeps an id as its 32 digits.
    return orjson.dumps([one.hex if isinstance(one, UUID) else one for one in values]).decode()


@CharField.register_lookup
@UUIDField.register_lookup
class Among(Lookup):
    """Django prepares each value of ``in`` (and of a list) on its own, which costs more than the query does; and 5,000 are too many."""

    lookup_name = "among"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, Any]:
        if isinstance(value, GivenMany):
            return ("ANY(%s)" if connection.vendor == "postgresql" else "(SELECT value FROM json_each(%s))"), [value]
        if connection.vendor == "postgresql":
            return "ANY(%s)", [list(value)]
        return "(SELECT value FROM json_each(%s))", [_as_json(value)]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, params = self.process_lhs(compiler, connection)
        right, values = self.get_db_prep_lookup(self.rhs, connection)
        sign = "=" if connection.vendor == "postgresql" else "IN"
        return f"{left} {sign} {right}", [*params, *values]


@JSONField.register_lookup
class NamesAnyOf(Lookup):
    """Django's own ``has_any_keys`` reads lists on PostgreSQL only."""

    lookup_name = "names_any_of"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, Any]:
        if connection.vendor == "postgresql":
            return "%s", [list(value)]
        return "%s", [orjson.dumps(list(value)).decode()]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, params = self.process_lhs(compiler, connection)
        _right, values = self.get_db_prep_lookup(self.rhs, connection)
        if connection.vendor == "postgresql":
            return f"{left} ?| %s::text[]", [*params, *values]
        asked = f"EXISTS (SELECT value FROM json_each({left}) INTERSECT SELECT value FROM json_each(%s))"  # noqa: S608 - a column
        return asked, [*params, *values]
