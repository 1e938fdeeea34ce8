"""Where the bytes lie: Django's storage named ``files``. A key is made from ids alone: no name that somebody sent becomes a path."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from gewerk.files.models import StoredFile

ORIGINAL = ""
VARIANTS = {"large": 1600, "small": 320}
"""Smaller copies of a photo, by name: pixels of the longer side at most."""

_ENDINGS = {
    "image/jpeg": "jpg",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "application/pdf": "pdf",
}


def storage() -> Storage:
    found: Storage = storages["files"]
    return found


def incoming_folder() -> Path:
    """Where files wait while they are received and checked: on the disk of the storage, so that taking them over is a rename."""
    folder = Path(settings.MEDIA_ROOT) / ".incoming"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def new_incoming() -> Path:
    """A fresh folder for one file on its way in."""
    return Path(tempfile.mkdtemp(dir=incoming_folder()))


def key_of(file: StoredFile, variant: str = ORIGINAL) -> str:
    """``<organisation>/<last two digits>/<id>[-<variant>].<ending>``. Variants are always JPEG."""
    ending = "jpg" if variant else _ENDINGS[file.media_type]
    tail = f"-{variant}" if variant else ""
    return f"{file.organisation_id.hex}/{file.pk.hex[-2:]}/{file.pk.hex}{tail}.{ending}"


def put(source: Path, key: str) -> None:
    """Take a finished file over: on a disk by renaming, elsewhere by copying. Whole under its key, or not there at all. Raises OSError."""
    where = storage()
    if isinstance(where, FileSystemStorage):
        target = Path(where.path(key))
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as file:
            os.fsync(file.fileno())
        source.replace(target)
        target.chmod(0o600)
        return
    with source.open("rb") as file:
        where.save(key, File(file))


def opened(file: StoredFile, variant: str = ORIGINAL) -> IO[Any]:
    """For reading, seekable. Raises FileNotFoundError."""
    return storage().open(key_of(file, variant), "rb")


def size_of(file: StoredFile, variant: str = ORIGINAL) -> int:
    """Bytes. Raises FileNotFoundError."""
    return file.size if variant == ORIGINAL else storage().size(key_of(file, variant))


def keys_of(file: StoredFile) -> list[str]:
    """Everything that belongs to it."""
    return [key_of(file), *(key_of(file, name) for name in (VARIANTS if file.kind == "image" else ()))]


def remove(keys: list[str]) -> None:
    for key in keys:
        with suppress(FileNotFoundError):
            storage().delete(key)


def clear_incoming(*, before: datetime) -> int:
    """Remove what a killed process left behind on the way in. Returns how many folders went."""
    gone = 0
    for folder in incoming_folder().iterdir():
        with suppress(FileNotFoundError):
            if folder.stat().st_mtime < before.timestamp():
                shutil.rmtree(folder, ignore_errors=True)
                gone += 1
    return gone


def stored_ids(*, before: datetime) -> Iterator[tuple[UUID, str]]:
    """(id, key) of everything on the disk that was last changed before then. Only a storage that lists folders can be asked."""
    where = storage()
    try:
        organisations = where.listdir("")[0]
    except (FileNotFoundError, NotImplementedError):
        return
    for organisation in organisations:
        if organisation.startswith("."):
            continue
        for shard in where.listdir(organisation)[0]:
            for name in where.listdir(f"{organisation}/{shard}")[1]:
                key = f"{organisation}/{shard}/{name}"
                with suppress(ValueError, FileNotFoundError):
                    if where.get_modified_time(key).timestamp() < before.timestamp():
                        yield UUID(hex=name[:32]), key
