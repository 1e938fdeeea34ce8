"""``external_id__among=frozenset(...)``, ``pk__among=ids``: as ``in``, but all values are one parameter, however many."""

from typing import Any
from uuid import UUID

import orjson
from django.db.models import CharField, Lookup, UUIDField


@CharField.register_lookup
@UUIDField.register_lookup
class Among(Lookup):
    """Django prepares each value of ``in`` (and of a list) on its own, which costs more than the query does; and 5,000 are too many."""

    lookup_name = "among"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, Any]:
        if connection.vendor == "postgresql":
            return "ANY(%s)", [list(value)]
        # SQLite keeps an id as its 32 digits.
        values = [one.hex if isinstance(one, UUID) else one for one in value]
        return "(SELECT value FROM json_each(%s))", [orjson.dumps(values).decode()]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, params = self.process_lhs(compiler, connection)
        right, values = self.get_db_prep_lookup(self.rhs, connection)
        sign = "=" if connection.vendor == "postgresql" else "IN"
        return f"{left} {sign} {right}", [*params, *values]
