"""Who leads for a field: the ERP for those that it sends (spec 01, rule 5), the clerk for the rest."""

from collections.abc import Iterable

from gewerk.portfolio.models import Source
from gewerk.portfolio.models.record import Record

ALWAYS = frozenset({"external_id"})
"""Of a record that came from the ERP, sent or not."""

_NAME_PARTS = frozenset({"company_name", "first_name", "last_name"})


def led_by_erp(record: Record) -> frozenset[str]:
    """Columns (and ``property``, ``units``, ``groups``) that the next run would overwrite, hence locked. Empty for manual records."""
    if record.source != Source.ERP:
        return frozenset()
    led = ALWAYS | frozenset(record.erp_fields)
    return led | {"name"} if led & _NAME_PARTS else led


def sent(fields: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Columns sent now and before, sorted, as ``erp_fields`` holds them."""
    return tuple(sorted({*fields, *known}))
