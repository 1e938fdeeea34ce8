"""Property groups with how much stands in them."""

from django.db.models import Count, Q, QuerySet

from gewerk.journal.actor import Actor
from gewerk.portfolio.access import property_groups
from gewerk.portfolio.models import PropertyGroup
from gewerk.portfolio.queries.search import contains_all


def listed_groups(actor: Actor, *, text: str = "", archived: bool = False) -> QuerySet[PropertyGroup]:
    """Groups by name, each with ``members`` (live properties), in one query."""
    return (
        property_groups(actor)
        .filter(contains_all(text), archived_at__isnull=not archived)
        .annotate(members=Count("properties", filter=Q(properties__archived_at__isnull=True)))
        .order_by("name", "external_id", "pk")
    )
