"""What an insurer asks for, in one file: the order sheet and every photo and document of the order and its tickets."""

import tempfile
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import IO, Any

from gewerk.entrypoints.documents.order_sheet import order_sheet
from gewerk.files import storage
from gewerk.files.models import FileLink
from gewerk.projects.access import Contact
from gewerk.projects.models import WorkOrder


def claim_bundle(
    order: WorkOrder, links: Sequence[FileLink], *, contact: Contact | None, language: str, at: datetime
) -> IO[Any]:
    """A ZIP on disk, at its beginning; whoever answers with it closes it. Each content once, under a number and its name."""
    bundle = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    seen = set()
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(f"{order.number}.pdf", order_sheet(order, contact=contact, language=language, at=at))
        for link in links:
            if link.file_id in seen:
                continue
            seen.add(link.file_id)
            name = link.name.replace("/", "_").replace("\\", "_")
            with storage.opened(link.file) as content, archive.open(f"{len(seen):02d} {name}", "w") as target:
                while piece := content.read(1 << 16):
                    target.write(piece)
    bundle.seek(0)
    return bundle
