"""Files come to an order: the links and the order's history change together. The firm that has the order sees them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from gewerk.files.models import FileLink, StoredFile
from gewerk.files.operations.link import link
from gewerk.journal.actor import Actor
from gewerk.projects.operations.tell_of_files import tell_of_files

ORDER = "work_order"


def keep_order_files(
    *, actor: Actor, order_id: UUID, files: Sequence[tuple[StoredFile, str]], purpose: str = "added", now: datetime
) -> list[FileLink]:
    """``files`` are (file, name), kept by the manager's organisation. Raises OrderNotFound."""
    if not files:
        return []
    order = tell_of_files(actor=actor, order_id=order_id, names=[name for _file, name in files], now=now)
    keeping = replace(actor, organisation_id=order.organisation_id)
    return [
        link(actor=keeping, file=file, object_type=ORDER, object_id=order.pk, name=name, purpose=purpose, now=now)
        for file, name in files
    ]
