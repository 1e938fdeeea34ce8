"""That a contractor saw a tenant's contact data is noted, without the data: once per person, order and day."""

from dataclasses import replace
from datetime import datetime, timedelta

from gewerk.journal.actor import Actor
from gewerk.journal.models import Entry
from gewerk.journal.operations import record
from gewerk.projects.access import is_contractor
from gewerk.projects.models import WorkOrder

EVENT = "work_order.contact_seen"


def note_contact_look(*, actor: Actor, order: WorkOrder, now: datetime) -> bool:
    """Whether an entry was written: not for the manager's people, and not again within a day."""
    if not is_contractor(actor, order):
        return False
    seen = Entry.objects.filter(
        organisation_id=order.organisation_id,
        object_type="work_order",
        object_id=order.pk,
        event=EVENT,
        actor_id=actor.id,
        at__gt=now - timedelta(days=1),
    )
    if seen.exists():
        return False
    record(
        actor=replace(actor, organisation_id=order.organisation_id),
        event=EVENT,
        object_type="work_order",
        object_id=order.pk,
        now=now,
        data={"for_organisation_id": str(actor.organisation_id)},
    )
    return True
