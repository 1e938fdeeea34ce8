"""What becomes of bytes that have arrived: their kind is found, a virus check asked, the picture cleaned and made smaller.

Everything here works on the incoming folder, outside any transaction. What comes out is handed to ``operations.store``.
"""

import logging
import re
import shlex
import subprocess
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from gewerk.config.installation import installation
from gewerk.files import photos, videos
from gewerk.files.incoming import Incoming, no_space, path_of
from gewerk.files.models import FileKind
from gewerk.files.sniff import HEAD_BYTES, kind_of, media_type_of_head
from gewerk.files.storage import ORIGINAL, VARIANTS
from gewerk.kit.refusals import Refusal, RefusalKind

log = logging.getLogger("gewerk.files")

ANY_KIND = frozenset(FileKind)
PICTURES = frozenset({FileKind.IMAGE, FileKind.VIDEO})
_CHECK_SECONDS = 120


class FileIsEmpty(Refusal):
    code = "file_empty"
    message = _("This file is empty. Choose another.")


class KindNotTaken(Refusal):
    code = "file_kind_not_taken"
    message = _("This kind of file is not taken here. Photos (JPEG, PNG, HEIC, WebP) and videos (MP4, MOV, WebM) are.")


class DocumentKindNotTaken(KindNotTaken):
    message = _(
        "This kind of file is not taken here. Photos (JPEG, PNG, HEIC, WebP), videos (MP4, MOV, WebM) and PDF are."
    )


class DocumentIsBroken(Refusal):
    code = "document_broken"
    message = _("This PDF is damaged or was not sent whole. Send it again.")


class FileIsInfected(Refusal):
    code = "file_infected"
    message = _("The virus check found something in this file. It was not saved.")


class NotChecked(Refusal):
    kind = RefusalKind.UNAVAILABLE
    code = "virus_check_unavailable"
    message = _("Files cannot be checked for viruses at the moment, so none are taken. Try again in a few minutes.")


@dataclass(frozen=True, slots=True)
class Received:
    """A checked file that waits in its incoming folder to be stored."""

    name: str
    kind: FileKind
    media_type: str
    sha256: str
    size: int
    stored_bytes: int
    width: int | None
    height: int | None
    pieces: dict[str, Path]
    """Variant ("" is the original) -> where it lies."""


def receive(incoming: Incoming, *, kinds: frozenset[FileKind] = PICTURES) -> Received:
    """Check a file that has arrived whole. Raises a Refusal that says what is wrong with it; the caller discards ``incoming``."""
    incoming.finish()
    if incoming.size == 0:
        raise FileIsEmpty
    with incoming.path.open("rb") as file:
        media_type = media_type_of_head(file.read(HEAD_BYTES))
    if media_type is None or kind_of(media_type) not in kinds:
        raise DocumentKindNotTaken if FileKind.DOCUMENT in kinds else KindNotTaken
    _check_for_viruses(incoming.path)
    kind = kind_of(media_type)
    pieces = {ORIGINAL: incoming.path}
    width = height = None
    try:
        if kind == FileKind.IMAGE:
            photo = photos.keep_photo(incoming.path, incoming.folder)
            media_type, width, height = "image/jpeg", photo.width, photo.height
            pieces = {ORIGINAL: path_of(incoming, "original")} | {name: path_of(incoming, name) for name in VARIANTS}
        elif kind == FileKind.VIDEO:
            videos.clean_video(incoming.path, media_type)
        else:
            _check_pdf(incoming.path)
    except OSError as full:
        raise no_space(full) from full
    sizes = {name: path.stat().st_size for name, path in pieces.items()}
    return Received(
        name=harmless_name(incoming.name, media_type),
        kind=kind,
        media_type=media_type,
        sha256=incoming.sha256,
        size=sizes[ORIGINAL],
        stored_bytes=sum(sizes.values()),
        width=width,
        height=height,
        pieces=pieces,
    )


def _check_pdf(path: Path) -> None:
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, 2) - 2048))
        if b"%%EOF" not in file.read():
            raise DocumentIsBroken


def _check_for_viruses(path: Path) -> None:
    command = installation().virus_check
    if not command:
        return
    try:
        done = subprocess.run(
            [*shlex.split(command), str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_CHECK_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        log.error("The virus check did not run: %s", type(failure).__name__)
        raise NotChecked from failure
    if done.returncode == 1:
        raise FileIsInfected
    if done.returncode != 0:
        log.error("The virus check ended with %s", done.returncode)
        raise NotChecked


_ENDING = {"image/jpeg": ".jpg", "video/mp4": ".mp4", "video/quicktime": ".mov", "video/webm": ".webm"}
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')


def harmless_name(sent: str, media_type: str) -> str:
    """A name to show and to download under: no folders, no control or turning signs, with the ending of what it is."""
    shown = unicodedata.normalize("NFC", sent).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in shown if unicodedata.category(c)[0] != "C")
    shown = _FORBIDDEN.sub(" ", shown).strip(" .")
    stem = shown.rpartition(".")[0] or shown
    ending = _ENDING.get(media_type, ".pdf")
    return f"{stem[:120].strip(' .') or 'datei'}{ending}"
