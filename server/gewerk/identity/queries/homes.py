"""To whose organisation an address belongs."""

from datetime import datetime

from gewerk.identity.models import ROLES_OF, Invitation, Organisation, OrganisationKind


def home_of_address(email: str, kind: OrganisationKind, *, now: datetime) -> Organisation | None:
    """The organisation of that kind in which this address is somebody, or for which it holds an open invitation."""
    homes = Organisation.objects.filter(kind=kind).order_by("created_at", "id")
    member = homes.filter(
        memberships__person__email=email, memberships__role__in=ROLES_OF[kind], memberships__ended_at__isnull=True
    ).first()
    if member is not None:
        return member
    waiting = Invitation.objects.filter(
        email=email,
        organisation__kind=kind,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=now,
    ).select_related("organisation")
    found = waiting.order_by("created_at").first()
    return found.organisation if found else None
