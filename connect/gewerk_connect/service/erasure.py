"""One person out of what the service keeps of a connection: as ``forgetting`` does, and out of the plans that were looked at."""

from datetime import date

from sqlalchemy import delete, select

from gewerk_connect.canonical import Entity
from gewerk_connect.forgetting import Forgotten, forget
from gewerk_connect.service import schema
from gewerk_connect.service.connections import Connections
from gewerk_connect.service.installation import Service


def forget_in_service(
    service: Service, connections: Connections, connection_id: str, entity: Entity, external_id: str, as_of: date
) -> Forgotten:
    """Raises ``LookupError`` for a connection that is not kept here, ``SettingsError`` as ``forget`` does."""
    forgotten = forget(connections.load(connection_id), entity, external_id, as_of)
    changes, looks = schema.plan_changes, schema.looks
    mine = select(looks.c.id).where(looks.c.connection_id == connection_id)
    theirs = changes.c.look_id.in_(mine) & (changes.c.entity == entity) & (changes.c.external_id == external_id)
    with service.engine.begin() as transaction:
        transaction.execute(delete(changes).where(theirs))
    return forgotten
