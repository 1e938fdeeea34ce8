"""Take a received file over into the storage. The bytes lie there before the row does, and nothing stays when the row does not."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from gewerk.files import storage
from gewerk.files.incoming import no_space
from gewerk.files.limits import most_stored_bytes
from gewerk.files.models import StoredFile, StoreUse
from gewerk.files.receive import Received
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.refusals import Refusal, RefusalKind


class StoreIsFull(Refusal):
    kind = RefusalKind.CONFLICT
    code = "store_full"
    message = _("The room for files of this organisation is used up. Its administrator or the operator can make more.")


def store(*, actor: Actor, received: Received, now: datetime) -> StoredFile:
    """The stored file; the one that is there already where the same bytes were sent before. Raises StoreIsFull, NoSpace."""
    known = _known(actor.organisation_id, received.sha256)
    if known is not None:
        return known
    file = StoredFile(
        organisation_id=actor.organisation_id,
        kind=received.kind,
        media_type=received.media_type,
        sha256=received.sha256,
        size=received.size,
        stored_bytes=received.stored_bytes,
        width=received.width,
        height=received.height,
        created_at=now,
        unlinked_at=now,
    )
    keys = {name: storage.key_of(file, name) for name in received.pieces}
    try:
        with transaction.atomic():
            _count(actor.organisation_id, received.stored_bytes)
            file.save(force_insert=True)
            record(
                actor=actor,
                event="file.stored",
                object_type="file",
                object_id=file.pk,
                now=now,
                data={"kind": file.kind, "bytes": file.stored_bytes},
            )
            for name, path in received.pieces.items():
                storage.put(path, keys[name])
    except IntegrityError:
        # Somebody stored the same bytes at the same moment; the database let one of us through.
        storage.remove(list(keys.values()))
        winner = _known(actor.organisation_id, received.sha256)
        if winner is None:
            raise
        return winner
    except OSError as full:
        storage.remove(list(keys.values()))
        raise no_space(full) from full
    except BaseException:
        storage.remove(list(keys.values()))
        raise
    return file


def _known(organisation_id: UUID, sha256: str) -> StoredFile | None:
    """Locked, so that no sweep takes it before it is linked."""
    return (
        StoredFile.objects.select_for_update(of=("self",))
        .filter(organisation_id=organisation_id, sha256=sha256)
        .first()
    )


def _count(organisation_id: UUID, stored_bytes: int) -> None:
    """One conditional statement: however many upload at once, the sum never passes the limit."""
    StoreUse.objects.get_or_create(organisation_id=organisation_id)
    rows = StoreUse.objects.filter(organisation_id=organisation_id)
    limit = most_stored_bytes()
    if limit is not None:
        rows = rows.filter(stored_bytes__lte=limit - stored_bytes)
    if not rows.update(stored_bytes=F("stored_bytes") + stored_bytes):
        raise StoreIsFull
