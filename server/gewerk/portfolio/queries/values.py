"""The values that occur in a column, as a filter offers them."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from gewerk.journal.actor import Actor
from gewerk.kit.prepared import PreparedBy

MOST = 200
"""A filter offers at most so many values; the search finds the rest."""

Source = Callable[[Actor], QuerySet[Any]]

_asked = PreparedBy()


def values_of(actor: Actor, source: Source, field: str) -> list[str]:
    """The distinct values of the live records that ``source`` shows the actor, in their order, without the empty one."""
    return _asked.of((actor, source, field), lambda: _values(source(actor), field))()


def _values(rows: QuerySet[Any], field: str) -> QuerySet[Any]:
    found = rows.filter(archived_at__isnull=True).exclude(**{field: ""}).order_by(field).values_list(field, flat=True)
    return found.distinct()[:MOST]
