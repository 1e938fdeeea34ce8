"""Who may do what here: a page's button and its guard ask the same question. Tenants are kept apart by ``mine``."""

from gewerk_connect.canonical.refusals import Refusal
from gewerk_connect.service.connections import ConnectionRow, Connections
from gewerk_connect.service.links import Role
from gewerk_connect.service.sessions import Session


class NotFound(Refusal):
    """Unknown and somebody else's are the same answer."""

    def __init__(self) -> None:
        super().__init__(
            "not_found",
            "Hier ist nichts. Die Adresse stimmt nicht, oder was hier war, gibt es nicht mehr.",
            "There is nothing here. The address is wrong, or what was here has gone.",
        )


class NotAllowed(Refusal):
    """The role does not include it."""

    def __init__(self) -> None:
        super().__init__(
            "not_allowed",
            "Das darf nur die Administration Ihrer Organisation. Bitten Sie dort darum.",
            "Only your organisation's administrators may do this. Ask them.",
        )


def sets_up(session: Session) -> bool:
    """Activate, enter credentials, change settings, mapping and schedule, confirm the fuse, sign off."""
    return session.role is Role.ADMIN


def runs(session: Session) -> bool:
    """Look at a plan, start a run, stop it, pause and resume."""
    return session.role in (Role.ADMIN, Role.CLERK)


def mine(connections: Connections, session: Session, connection_id: str) -> ConnectionRow:
    """The only way a page gets a connection. Raises ``NotFound``."""
    found = connections.of_tenant(session.tenant, connection_id)
    if not found:
        raise NotFound
    return found[0]


def require(allowed: bool) -> None:
    """Raises ``NotAllowed`` unless ``allowed``."""
    if not allowed:
        raise NotAllowed
