"""Who belongs to the actor's organisation, and who is invited."""

from datetime import datetime

from django.db.models import Q, QuerySet

from gewerk.identity.access import manages_team, require
from gewerk.identity.models import ROLES_OF, Invitation, Membership
from gewerk.journal.actor import Actor

TEAM_ROLES = frozenset[str]().union(*ROLES_OF.values())


def team(actor: Actor, *, now: datetime) -> QuerySet[Membership]:
    """Live memberships with their people, tenants left out."""
    require(manages_team(actor))
    return (
        Membership.objects.filter(
            Q(ended_at__isnull=True) | Q(ended_at__gt=now), organisation_id=actor.organisation_id, role__in=TEAM_ROLES
        )
        .select_related("person")
        .order_by("person__last_name", "person__first_name", "role")
    )


def open_invitations(actor: Actor, *, now: datetime) -> QuerySet[Invitation]:
    """Neither accepted nor withdrawn nor run out."""
    require(manages_team(actor))
    return (
        Invitation.objects.filter(
            organisation_id=actor.organisation_id,
            accepted_at__isnull=True,
            withdrawn_at__isnull=True,
            expires_at__gt=now,
        )
        .select_related("invited_by")
        .order_by("-created_at")
    )
