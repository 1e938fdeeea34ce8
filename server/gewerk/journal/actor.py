"""Who acts: the one argument that every operation and every list takes."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    PERSON = "person"
    KEY = "key"
    SYSTEM = "system"
    GUEST = "guest"
    """Somebody with a signed link instead of a login; what it opens stands in ``scopes`` (``visit:<id>``)."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in an organisation, an API key, or the installation itself. Permission rules read ``roles`` and ``scopes``."""

    kind: ActorKind
    id: UUID | None
    organisation_id: UUID
    roles: frozenset[str] = field(default_factory=frozenset)
    scopes: frozenset[str] = field(default_factory=frozenset)
    client_number: str | None = None
    """An API key may be limited to one client (Mandant) of the ERP."""


def by_link(organisation_id: UUID, object_id: UUID, scope: str) -> Actor:
    """Whoever holds a signed link; the id is of what it opens, the scope what one may do with it."""
    return Actor(kind=ActorKind.GUEST, id=object_id, organisation_id=organisation_id, scopes=frozenset({scope}))


def system(organisation_id: UUID) -> Actor:
    return Actor(kind=ActorKind.SYSTEM, id=None, organisation_id=organisation_id)
