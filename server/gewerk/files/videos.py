"""A video is kept as it is, but for the boxes that tell where and with what it was taken: these are overwritten in place.

Sizes stay, so no offset in the file has to be corrected. ISO/IEC 14496-12 (boxes), QuickTime File Format (``udta``, ``meta``),
Matroska (``Tags``). Tracks of moments with a place of their own (drones, action cameras) are cut off from the film.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from gewerk.kit.refusals import Refusal


class VideoIsBroken(Refusal):
    code = "video_broken"
    message = _("This video is damaged or was not sent whole. Send it again or choose another.")


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    """Of its head."""
    content: int
    end: int


_TELLS = {b"udta", b"meta", b"uuid"}
_OPENED = {b"moov", b"trak", b"mdia"}
_BLANK = bytes(64 * 1024)
_MOST_BOXES = 20_000


def clean_video(path: Path, media_type: str) -> None:
    """Overwrite in ``path`` what tells more than the film. Raises VideoIsBroken."""
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        try:
            if media_type == "video/webm":
                _clean_matroska(file, size)
            else:
                _clean_boxes(file, size)
        except (ValueError, IndexError) as broken:
            raise VideoIsBroken from broken


def _clean_boxes(file: BinaryIO, size: int) -> None:
    boxes = list(_boxes(file, 0, size))
    if not {b"moov", b"mdat"} <= {box.kind for box in boxes} and not any(box.kind == b"moof" for box in boxes):
        raise ValueError("no film")
    _blank_below(file, boxes)


def _blank_below(file: BinaryIO, boxes: list[_Box]) -> None:
    for box in boxes:
        if box.kind in _TELLS or (box.kind == b"trak" and _is_data_track(file, box)):
            _blank(file, box)
        elif box.kind in _OPENED:
            _blank_below(file, list(_boxes(file, box.content, box.end)))


def _is_data_track(file: BinaryIO, track: _Box) -> bool:
    """A track that is neither picture nor sound: its handler (``hdlr``) is ``meta`` or another of timed data."""
    for media in (b for b in _boxes(file, track.content, track.end) if b.kind == b"mdia"):
        for handler in (b for b in _boxes(file, media.content, media.end) if b.kind == b"hdlr"):
            file.seek(handler.content + 8)
            return file.read(4) in {b"meta", b"camm", b"data"}
    return False


def _blank(file: BinaryIO, box: _Box) -> None:
    """A ``free`` box of the same size: players skip it."""
    file.seek(box.start + 4)
    file.write(b"free")
    _zero(file, box.content, box.end)


def _zero(file: BinaryIO, start: int, end: int) -> None:
    file.seek(start)
    left = end - start
    while left > 0:
        left -= file.write(_BLANK[: min(left, len(_BLANK))])


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    """The boxes from ``start`` to ``end``. Raises ValueError where one is longer than what holds it."""
    count = 0
    while start < end:
        count += 1
        if count > _MOST_BOXES:
            raise ValueError("too many boxes")
        file.seek(start)
        head = file.read(16)
        if len(head) < 8:
            if not any(head):
                return  # padding at the end of a user data box
            raise ValueError("a box has no head")
        length, kind, content = int.from_bytes(head[:4], "big"), head[4:8], start + 8
        if length == 1:
            length, content = int.from_bytes(head[8:16], "big"), start + 16
        elif length == 0:
            length = end - start
        if length < content - start or start + length > end:
            raise ValueError("a box is longer than the file")
        yield _Box(kind, start, content, start + length)
        start += length


_SEGMENT, _TAGS, _CLUSTER, _VOID = 0x18538067, 0x1254C367, 0x1F43B675, 0xEC


def _clean_matroska(file: BinaryIO, size: int) -> None:
    at = _element(file, 0)[2]  # past the EBML head
    if at is None:
        raise ValueError("no head")
    number, content, end = _element(file, at)
    if number != _SEGMENT:
        raise ValueError("no segment")
    if end is not None and end > size:
        raise ValueError("the segment is longer than the file")
    start, seen = content, 0
    while start < (end or size):
        number, content, stop = _element(file, start)
        seen += number == _CLUSTER
        if stop is None:
            break  # written while it was recorded: what follows is film to the end
        if stop > size:
            raise ValueError("an element is longer than the file")
        if number == _TAGS and stop - start >= 9:
            file.seek(start)
            file.write(bytes([_VOID, 0x01]) + (stop - start - 9).to_bytes(7, "big"))
            _zero(file, start + 9, stop)
        start = stop
    if not seen:
        raise ValueError("no film")


def _element(file: BinaryIO, at: int) -> tuple[int, int, int | None]:
    """Number, where its content begins, where it ends (None: unknown). RFC 8794, sections 4 to 6."""
    file.seek(at)
    head = file.read(12)
    if len(head) < 2 or not head[0]:
        raise ValueError("an element has no head")
    width = 9 - head[0].bit_length()
    number = int.from_bytes(head[:width], "big")
    mark = head[width]
    if width > 4 or not mark:
        raise ValueError("an element has no number")
    length_width = 9 - mark.bit_length()
    if len(head) < width + length_width:
        raise ValueError("an element is cut off")
    length = int.from_bytes(head[width : width + length_width], "big") & ((1 << 7 * length_width) - 1)
    content = at + width + length_width
    unknown = length == (1 << 7 * length_width) - 1
    return number, content, None if unknown else content + length
