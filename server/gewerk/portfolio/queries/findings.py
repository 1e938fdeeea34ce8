"""Which records the last run of the connector found fault with."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from gewerk.journal.actor import Actor
from gewerk.portfolio.access import integration_runs, sub_properties
from gewerk.portfolio.models import IntegrationRun, SubProperty, SubPropertyType

UNTRACEABLE = frozenset({"tenant_without_email"})
"""Findings about records that were not sent: no record here bears them."""


@dataclass(frozen=True, slots=True)
class FoundFault:
    """External ids with a finding, by entity."""

    by_entity: dict[str, frozenset[str]]

    def of(self, entity: str) -> frozenset[str]:
        return self.by_entity.get(entity, frozenset())


def latest_runs(actor: Actor) -> list[IntegrationRun]:
    """The last run of every integration, the newest first, without the findings themselves."""
    later = IntegrationRun.objects.filter(integration=OuterRef("integration"), number__gt=OuterRef("number"))
    return list(integration_runs(actor).filter(~Exists(later)).defer("findings").order_by("-started_at", "-id"))


def found_fault(actor: Actor) -> FoundFault:
    """What the last run of every integration named, in one query."""
    later = IntegrationRun.objects.filter(integration=OuterRef("integration"), number__gt=OuterRef("number"))
    found: dict[str, set[str]] = {}
    for items in integration_runs(actor).filter(~Exists(later)).values_list("findings", flat=True):
        for item in items:
            if item.get("external_id") and item.get("code") not in UNTRACEABLE:
                found.setdefault(str(item.get("entity") or ""), set()).add(str(item["external_id"]))
    return FoundFault({entity: frozenset(ids) for entity, ids in found.items()})


def property_has_finding(actor: Actor, fault: FoundFault) -> Q:
    """Condition on properties: they, one of their units, or somebody there has a finding."""
    units = sub_properties(actor).filter(type=SubPropertyType.UNIT, external_id__in=fault.of("unit"))
    held = SubProperty.objects.filter(organisation_id=actor.organisation_id, type=SubPropertyType.UNIT).filter(
        Q(holders__party__type=SubPropertyType.TENANT, holders__party__external_id__in=fault.of("tenant"))
        | Q(holders__party__type=SubPropertyType.LANDLORD, holders__party__external_id__in=fault.of("landlord"))
    )
    condition = Q(external_id__in=fault.of("property")) | Q(pk__in=units.values("property_id"))
    if fault.of("tenant") or fault.of("landlord"):
        condition |= Q(pk__in=held.values("property_id"))
    return condition
