"""The story of an order, the newest first, with the names of who acted."""

from dataclasses import dataclass
from uuid import UUID

from gewerk.identity.models import ApiKey, Organisation, Person
from gewerk.journal.actor import Actor, ActorKind
from gewerk.projects.access import is_contractor
from gewerk.projects.models import HistoryEntry, WorkOrder
from gewerk.projects.states import BY_KEY

LINES = 60
"""So many are shown at once; older ones a page further."""

MONEY = frozenset(
    {
        "items_changed",
        "award",
        "approval_asked",
        "approved",
        "approval_refused",
        "variation_asked",
        "variation_approved",
        "variation_refused",
        "variation_withdrawn",
        "invoice",
        "reject_invoice",
        "pay",
    }
)
"""Events in which money moves."""


@dataclass(frozen=True, slots=True)
class Line:
    entry: HistoryEntry
    name: str
    """Of the person within the reader's organisation; of others the organisation's."""
    initials: str
    mine: bool


@dataclass(frozen=True, slots=True)
class History:
    lines: tuple[Line, ...]
    older: int | None
    """Give it as ``before`` to see what came earlier; empty at the end."""


def history_of(actor: Actor, order: WorkOrder, *, kind: str = "", before: int | None = None) -> History:
    """``kind``: ``steps``, ``money`` or empty for all. A contractor does not see the internal lines. At most four queries."""
    rows = HistoryEntry.objects.filter(order=order)
    if is_contractor(actor, order):
        rows = rows.filter(internal=False)
    if kind == "steps":
        rows = rows.filter(event__in=BY_KEY)
    elif kind == "money":
        rows = rows.filter(event__in=MONEY)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-id")[: LINES + 1])
    shown = found[:LINES]
    own = {line.actor_id for line in shown if line.actor_organisation_id == actor.organisation_id and line.actor_id}
    people: dict[UUID | None, Person] = {p.pk: p for p in Person.objects.filter(pk__in=own)} if own else {}
    calling = {line.actor_id for line in shown if line.actor_kind == ActorKind.KEY and line.actor_id}
    keys: dict[UUID | None, str] = (
        dict(ApiKey.objects.filter(pk__in=calling).values_list("pk", "name")) if calling else {}
    )
    others = {line.actor_organisation_id for line in shown} - {actor.organisation_id}
    firms = dict(Organisation.objects.filter(pk__in=others).values_list("pk", "name")) if others else {}
    lines = []
    for entry in shown:
        person = people.get(entry.actor_id)
        if entry.actor_organisation_id != actor.organisation_id:
            name = firms.get(entry.actor_organisation_id, "")
        elif person is not None:
            name = person.name
        else:
            name = keys.get(entry.actor_id, "") or "Gewerk"
        lines.append(Line(entry, name, person.initials if person else "", entry.actor_id == actor.id))
    return History(tuple(lines), shown[-1].pk if len(found) > LINES else None)
