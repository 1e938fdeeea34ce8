"""One file on its way in: written to a folder of its own piece by piece, counted and hashed; gone with the folder when refused."""

import errno
import hashlib
import shutil
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from gewerk.files import storage
from gewerk.files.limits import MEGABYTE, MOST_BYTES
from gewerk.files.models import FileKind
from gewerk.files.sniff import HEAD_BYTES, kind_of_head
from gewerk.kit.refusals import Refusal, RefusalKind


class FileTooLarge(Refusal):
    kind = RefusalKind.TOO_LARGE
    code = "file_too_large"


class PhotoTooLarge(FileTooLarge):
    message = _("This photo is larger than 25 MB. Take it with a lower resolution, or send a smaller copy.")


class VideoTooLarge(FileTooLarge):
    message = _("This video is larger than 200 MB. Send a shorter one: 30 seconds show most damage well.")


class DocumentTooLarge(FileTooLarge):
    message = _("This document is larger than 25 MB. Split it, or save it with smaller pictures.")


class NoSpace(Refusal):
    """The disk is full, or cannot be written."""

    kind = RefusalKind.UNAVAILABLE
    code = "no_space"
    message = _("The file could not be saved: there is no room left at the moment. Your text is kept; try again later.")


_TOO_LARGE: dict[str, type[FileTooLarge]] = {
    FileKind.IMAGE: PhotoTooLarge,
    FileKind.VIDEO: VideoTooLarge,
    FileKind.DOCUMENT: DocumentTooLarge,
}
MOST_OF_ANY = max(MOST_BYTES.values())


class Incoming:
    """Use as a context, or call ``discard``. Raises a kind of ``FileTooLarge`` as soon as it is clear, and ``NoSpace``."""

    def __init__(self, name: str) -> None:
        self.name = name
        """As it was sent: untrusted, and never a path."""
        self.size = 0
        self._hash = hashlib.sha256()
        self._head = b""
        try:
            self.folder = storage.new_incoming()
            self.path = self.folder / "sent"
            self._file: BinaryIO | None = self.path.open("wb", buffering=256 * 1024)
        except OSError as full:
            raise no_space(full) from full

    def write(self, piece: bytes) -> None:
        if self._file is None:
            raise ValueError("the file was finished")
        self.size += len(piece)
        self._hash.update(piece)
        if len(self._head) < HEAD_BYTES:
            self._head += piece[: HEAD_BYTES - len(self._head)]
        kind = kind_of_head(self._head) or FileKind.VIDEO
        if self.size > MOST_BYTES[kind]:
            raise _TOO_LARGE[kind]
        try:
            self._file.write(piece)
        except OSError as full:
            raise no_space(full) from full

    def finish(self) -> None:
        """Everything has arrived."""
        if self._file is not None:
            try:
                self._file.close()
            except OSError as full:
                raise no_space(full) from full
            finally:
                self._file = None

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def discard(self) -> None:
        """Leave nothing behind. May be called twice."""
        try:
            if self._file is not None:
                self._file.close()
        except OSError:
            pass
        finally:
            self._file = None
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Incoming":
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()


def no_space(failure: OSError) -> Refusal:
    """The refusal for a write that failed for want of room; anything else is a fault and stays one."""
    if failure.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return NoSpace()
    raise failure


def too_large_for_request() -> Refusal:
    return Refusal(
        _("Too much at once: at most %(files)s files and %(megabytes)s MB. Send them one after the other.")
        % {"files": 12, "megabytes": 260},
        kind=RefusalKind.TOO_LARGE,
        code="request_too_large",
    )


def path_of(incoming: Incoming, name: str) -> Path:
    """Where a piece made from it lies until it is taken over."""
    return incoming.folder / name


assert MOST_OF_ANY >= MEGABYTE
