"""What the operator sees of the organisations: names and numbers of people, never a stock."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from gewerk.identity.access import operates, require
from gewerk.identity.models import Organisation
from gewerk.journal.actor import Actor


def organisations(actor: Actor, *, now: datetime) -> QuerySet[Organisation]:
    """All of the installation, with ``people`` (live memberships) and ``invited`` (open invitations)."""
    require(operates(actor))
    live = Q(memberships__ended_at__isnull=True) | Q(memberships__ended_at__gt=now)
    waiting = Q(
        invitation__accepted_at__isnull=True, invitation__withdrawn_at__isnull=True, invitation__expires_at__gt=now
    )
    return Organisation.objects.annotate(
        people=Count("memberships__person", filter=live, distinct=True),
        invited=Count("invitation", filter=waiting, distinct=True),
    ).order_by("kind", "name")
