"""How much may arrive: per file by its kind, per request, per organisation."""

from gewerk.config.installation import installation
from gewerk.files.models import FileKind

MEGABYTE = 1024 * 1024
MOST_BYTES = {
    FileKind.IMAGE: 25 * MEGABYTE,
    FileKind.VIDEO: 200 * MEGABYTE,
    FileKind.DOCUMENT: 25 * MEGABYTE,
}
FILES_PER_REQUEST = 12
BYTES_PER_REQUEST = 260 * MEGABYTE
"""One video of the greatest size and some photos."""
MOST_PIXELS = 64_000_000
"""Asked of the picture's head before anything is decoded: 64 megapixels take 192 MB of memory. Telephones make 12 to 50."""


def most_stored_bytes() -> int | None:
    """Of one organisation; None: no limit."""
    gigabytes = installation().storage_limit_gb
    return gigabytes * 1024 * MEGABYTE if gigabytes else None
