"""Who is logged in, found together with what they may do: every page asks both."""

from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.utils import timezone

from gewerk.identity.access import live_memberships, memberships_of
from gewerk.identity.models import Membership, Person


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's own, but for one query in place of two."""

    def get_user(self, user_id: UUID) -> Any:
        found = memberships_of(user_id, now=timezone.now())
        if not found:
            return super().get_user(user_id)
        person = found[0].person
        if not self.user_can_authenticate(person):
            return None
        person.memberships_found = found  # type: ignore[attr-defined]
        return person


def memberships_at_the_door(person: Person) -> list[Membership]:
    """Those that give access now: what ``get_user`` found, once; whoever asks again asks the database."""
    found: list[Membership] | None = getattr(person, "memberships_found", None)
    if found is None:
        return live_memberships(person, now=timezone.now())
    del person.memberships_found  # type: ignore[attr-defined]
    return found
