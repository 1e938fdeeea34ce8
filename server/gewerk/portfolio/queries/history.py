"""What was changed on records, by whom and when: the changes of one moment form one step."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gewerk.identity.models import ApiKey, Person
from gewerk.journal.actor import Actor, ActorKind
from gewerk.portfolio.access import sub_properties
from gewerk.portfolio.models import FieldChange, SubProperty

STEPS = 20
"""So many steps are shown at once; older ones a page further."""
_CHANGES = 400


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Step:
    """What one actor changed on one record at one moment."""

    at: datetime
    actor_kind: str
    actor_name: str
    """The person's name, or the API key's."""
    actor_initials: str
    object_type: str
    object_id: UUID
    object_name: str
    """Empty for the record whose page this is."""
    changes: tuple[Change, ...]

    @property
    def by_program(self) -> bool:
        """By an API key: the connector, or another program."""
        return self.actor_kind == ActorKind.KEY


@dataclass(frozen=True, slots=True)
class History:
    steps: tuple[Step, ...]
    older: int | None
    """Give it as ``before`` to see what came earlier; empty at the end."""


def history(actor: Actor, objects: Iterable[UUID], *, own: UUID, who: str = "", before: int | None = None) -> History:
    """Steps of these records, the newest first: at most four queries.

    ``who``: ``program`` for what came through the API, ``person`` for what was changed by hand, empty for all.
    """
    rows = FieldChange.objects.filter(organisation_id=actor.organisation_id, object_id__in=list(objects))
    if who == "program":
        rows = rows.filter(actor_kind=ActorKind.KEY)
    elif who == "person":
        rows = rows.filter(actor_kind=ActorKind.PERSON)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    steps: list[list[FieldChange]] = []
    older: int | None = None
    for change in rows.order_by("-pk")[:_CHANGES]:
        if steps and _one_step(steps[-1][0], change):
            steps[-1].append(change)
        elif len(steps) == STEPS:
            older = steps[-1][-1].pk
            break
        else:
            steps.append([change])
    people, keys, names = _names(actor, [s[0] for s in steps], own)
    return History(
        steps=tuple(
            Step(
                at=first.at,
                actor_kind=first.actor_kind,
                actor_name=people[first.actor_id].name if first.actor_id in people else keys.get(first.actor_id, ""),
                actor_initials=people[first.actor_id].initials if first.actor_id in people else "",
                object_type=first.object_type,
                object_id=first.object_id,
                object_name=names.get(first.object_id, ""),
                changes=tuple(Change(c.field, c.old, c.new) for c in reversed(group)),
            )
            for group in steps
            for first in group[:1]
        ),
        older=older,
    )


def _one_step(first: FieldChange, other: FieldChange) -> bool:
    return (first.at, first.actor_id, first.object_id) == (other.at, other.actor_id, other.object_id)


def _names(
    actor: Actor, firsts: list[FieldChange], own: UUID
) -> tuple[dict[UUID | None, Person], dict[UUID | None, str], dict[UUID, str]]:
    acting = {f.actor_id for f in firsts if f.actor_id and f.actor_kind == ActorKind.PERSON}
    calling = {f.actor_id for f in firsts if f.actor_id and f.actor_kind == ActorKind.KEY}
    people: dict[UUID | None, Person] = {p.pk: p for p in Person.objects.filter(pk__in=acting)} if acting else {}
    keys: dict[UUID | None, str] = (
        dict(ApiKey.objects.filter(organisation_id=actor.organisation_id, pk__in=calling).values_list("pk", "name"))
        if calling
        else {}
    )
    others = {f.object_id for f in firsts} - {own}
    rows: Iterable[SubProperty] = (
        sub_properties(actor).filter(pk__in=others).only("name", "external_id") if others else ()
    )
    return people, keys, {row.pk: row.name or row.external_id or "" for row in rows}
