"""The values that occur in a column, as a filter offers them."""

from typing import Any

from django.db.models import QuerySet

MOST = 200
"""A filter offers at most so many values; the search finds the rest."""


def values_of(rows: QuerySet[Any], field: str) -> list[str]:
    """The distinct values of the live records, in their order, without the empty one."""
    found = rows.filter(archived_at__isnull=True).exclude(**{field: ""}).order_by(field).values_list(field, flat=True)
    return list(found.distinct()[:MOST])
