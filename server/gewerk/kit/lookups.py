"""A lookup that Django has not.

``external_id__among=frozenset(...)``, ``pk__among=ids``: as ``in``, but all values are one parameter, however many.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson
from django.db.models import CharField, Lookup, UUIDField

from gewerk.kit.prepared import Given


class GivenMany(Given):
    """Of a prepared query: the values of ``among``."""

    def bind(self, value: Any, connection: Any) -> Any:
        return _as_array(value) if connection.vendor == "postgresql" else _as_json(value)


def _as_json(values: Iterable[Any]) -> str:
    # SQLite keeps an id as its 32 digits.
    return orjson.dumps([one.hex if isinstance(one, UUID) else one for one in values]).decode()


def _as_array(values: Iterable[Any]) -> Any:
    """Ids are written down here: the driver asks of each whether it needs quotes, which takes longer than the query."""
    listed = list(values)
    return f"{{{','.join([one.hex for one in listed])}}}" if listed and isinstance(listed[0], UUID) else listed


@CharField.register_lookup
@UUIDField.register_lookup
class Among(Lookup):
    """Django prepares each value of ``in`` (and of a list) on its own, which costs more than the query does; and 5,000 are too many."""

    lookup_name = "among"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, Any]:
        if connection.vendor == "postgresql":
            array = value if isinstance(value, GivenMany) else _as_array(value)
            return f"ANY(%s::{'uuid' if isinstance(self.lhs.output_field, UUIDField) else 'text'}[])", [array]
        return "(SELECT value FROM json_each(%s))", [value if isinstance(value, GivenMany) else _as_json(value)]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, params = self.process_lhs(compiler, connection)
        right, values = self.get_db_prep_lookup(self.rhs, connection)
        sign = "=" if connection.vendor == "postgresql" else "IN"
        return f"{left} {sign} {right}", [*params, *values]
