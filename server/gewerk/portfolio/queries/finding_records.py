"""The records that findings speak of, where they exist here."""

from typing import Any
from uuid import UUID

from gewerk.journal.actor import Actor
from gewerk.portfolio.access import properties, sub_properties


def finding_records(actor: Actor, items: list[dict[str, Any]]) -> dict[tuple[str, str], UUID]:
    """(entity, external id) of the findings to the record's id: two queries. What was held back is not here."""
    wanted: dict[str, set[str]] = {}
    for item in items:
        if item.get("external_id"):
            wanted.setdefault(str(item.get("entity") or ""), set()).add(str(item["external_id"]))
    found: dict[tuple[str, str], UUID] = {}
    buildings = properties(actor).filter(external_id__in=wanted.pop("property", set()))
    for external_id, pk in buildings.values_list("external_id", "pk"):
        found["property", external_id or ""] = pk
    rest = set().union(*wanted.values())
    for kind, external_id, pk in (
        sub_properties(actor).filter(external_id__in=rest).values_list("type", "external_id", "pk")
    ):
        if external_id in wanted.get(kind, ()):
            found[kind, external_id or ""] = pk
    return found
