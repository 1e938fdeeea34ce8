"""Link a file to an object, hand links on when one object becomes another, take a link away."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from gewerk.files.access import FileNotFound
from gewerk.files.models import FileLink, StoredFile
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record


def link(
    *,
    actor: Actor,
    file: StoredFile,
    object_type: str,
    object_id: UUID,
    name: str,
    purpose: str = "",
    caption: str = "",
    now: datetime,
) -> FileLink:
    """Link a file of the actor's organisation; linked already, the link stays as it is. Raises FileNotFound for a foreign file."""
    if file.organisation_id != actor.organisation_id:
        raise FileNotFound
    made, is_new = FileLink.objects.get_or_create(
        file=file,
        object_type=object_type,
        object_id=object_id,
        purpose=purpose,
        defaults={
            "organisation_id": actor.organisation_id,
            "name": name[:200],
            "caption": caption[:300],
            "linked_at": now,
            "actor_kind": actor.kind.value,
            "actor_id": actor.id,
        },
    )
    if is_new:
        StoredFile.objects.filter(pk=file.pk).update(unlinked_at=None)
        _told(actor, "file.linked", made, now)
    return made


def hand_on(
    *,
    actor: Actor,
    from_type: str,
    from_id: UUID,
    to_type: str,
    to_id: UUID,
    purposes: Collection[str] | None = None,
    now: datetime,
) -> int:
    """Whatever hangs on the one object hangs on the other as well (a ticket becomes an order): links are added, none is lost.

    The doors fetched both objects through their ``access``. Returns how many links are new.
    """
    rows = FileLink.objects.filter(
        organisation_id=actor.organisation_id, object_type=from_type, object_id=from_id
    ).order_by("id")
    if purposes is not None:
        rows = rows.filter(purpose__in=purposes)
    there = set(FileLink.objects.filter(object_type=to_type, object_id=to_id).values_list("file_id", "purpose"))
    made = [
        FileLink(
            organisation_id=one.organisation_id,
            file_id=one.file_id,
            object_type=to_type,
            object_id=to_id,
            purpose=one.purpose,
            name=one.name,
            caption=one.caption,
            linked_at=now,
            actor_kind=actor.kind.value,
            actor_id=actor.id,
        )
        for one in rows
        if (one.file_id, one.purpose) not in there
    ]
    FileLink.objects.bulk_create(made)
    StoredFile.objects.filter(pk__in=[one.file_id for one in made]).update(unlinked_at=None)
    for one in made:
        _told(actor, "file.linked", one, now)
    return len(made)


def unlink(*, actor: Actor, link_id: int, now: datetime) -> FileLink:
    """Take one link away; a file without any is swept later. Raises FileNotFound."""
    found = FileLink.objects.filter(pk=link_id, organisation_id=actor.organisation_id).select_related("file").first()
    if found is None:
        raise FileNotFound
    gone = FileLink.objects.filter(pk=found.pk)
    gone.delete()
    if not FileLink.objects.filter(file_id=found.file_id).exists():
        StoredFile.objects.filter(pk=found.file_id).update(unlinked_at=now)
    _told(actor, "file.unlinked", found, now)
    return found


def unlink_all(*, actor: Actor, object_type: str, object_id: UUID, now: datetime) -> int:
    """Take all links of an object away (a draft that was sent or has run out)."""
    rows = FileLink.objects.filter(organisation_id=actor.organisation_id, object_type=object_type, object_id=object_id)
    ids = list(rows.values_list("pk", flat=True))
    for link_id in ids:
        unlink(actor=actor, link_id=link_id, now=now)
    return len(ids)


def _told(actor: Actor, event: str, made: FileLink, now: datetime) -> None:
    record(
        actor=actor,
        event=event,
        object_type=made.object_type,
        object_id=made.object_id,
        now=now,
        data={"file": str(made.file_id), "purpose": made.purpose},
    )
