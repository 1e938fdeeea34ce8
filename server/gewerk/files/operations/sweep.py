"""Clear what nothing links to: files left by drafts that were never sent, bytes left by a process that was killed in between."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F

from gewerk.files import storage
from gewerk.files.models import FileLink, StoredFile, StoreUse

LINKED_WITHIN = timedelta(days=1)
"""A file that was stored and not linked for so long will not be."""
_WRITTEN_WITHIN = timedelta(days=1)
"""Bytes without a row for so long belong to nobody: the row is written a moment after them."""


def sweep(*, now: datetime, limit: int = 500) -> int:
    """Remove up to ``limit`` unlinked files and everything that lies in the storage without a row. Returns how many went."""
    gone = sum(_sweep_one(now=now) for _ in range(limit))
    return gone + _sweep_storage(now=now) + storage.clear_incoming(before=now - _WRITTEN_WITHIN)


def _sweep_one(*, now: datetime) -> int:
    """One file: the row first, its bytes when that is certain."""
    due = StoredFile.objects.filter(unlinked_at__lt=now - LINKED_WITHIN).order_by("unlinked_at", "id")
    if not due.exists():
        return 0
    with transaction.atomic():
        locked = due.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        file = locked.first()
        if file is None:
            return 0
        if FileLink.objects.filter(file=file).exists():
            StoredFile.objects.filter(pk=file.pk).update(unlinked_at=None)
            return 0
        keys = storage.keys_of(file)
        StoreUse.objects.filter(organisation_id=file.organisation_id).update(
            stored_bytes=F("stored_bytes") - file.stored_bytes
        )
        StoredFile.objects.filter(pk=file.pk).delete()
        transaction.on_commit(lambda: storage.remove(keys))
    return 1


def _sweep_storage(*, now: datetime) -> int:
    lying = list(storage.stored_ids(before=now - _WRITTEN_WITHIN))
    known: set[object] = set()
    ids = [file_id for file_id, _key in lying]
    for start in range(0, len(ids), 500):
        known |= set(StoredFile.objects.filter(pk__in=ids[start : start + 500]).values_list("pk", flat=True))
    orphans = [key for file_id, key in lying if file_id not in known]
    storage.remove(orphans)
    return len(orphans)
