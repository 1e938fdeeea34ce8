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
        vars(person)[_FOUND] = found
        return person


_FOUND = "memberships_found"


def memberships_at_the_door(person: Person) -> list[Membership]:
    """Those that give access now: what ``get_user`` found, once; whoever asks again asks the database."""
    found: list[Membership] | None = vars(person).pop(_FOUND, None)
    return live_memberships(person, now=timezone.now()) if found is None else found
