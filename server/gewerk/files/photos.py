"""A photo as it is kept: upright, JPEG, without anything but the picture; and its two smaller copies.

Metadata (EXIF with the place, thumbnails, comments, films that telephones hide behind the picture) never gets in: a JPEG
that is upright keeps its very pixels and loses all segments that are not picture; anything else is written anew.
"""

import io
import re
import threading
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy as _
from pi_heif import register_heif_opener
from PIL import Image, ImageOps

from gewerk.files.limits import MOST_PIXELS
from gewerk.files.storage import VARIANTS
from gewerk.kit.refusals import Refusal

register_heif_opener()

_FORMATS = ["JPEG", "PNG", "GIF", "WEBP", "HEIF", "AVIF"]
_LONGEST_SIDE = 4096
"""Of the kept original: sixteen megapixels, enough to print a page and to see a hairline crack."""
_QUALITY = {"": 88, "large": 82, "small": 78}
_BYTES_A_PIXEL = 0.7
"""What a JPEG of ``_QUALITY`` takes at most: pure noise."""
_ORIENTATION = 0x0112

_one_at_a_time = threading.Semaphore(2)
"""Decoding takes much memory: two pictures at once in a process, the others wait."""


class PhotoIsBroken(Refusal):
    code = "photo_broken"
    message = _("This photo cannot be opened; it is damaged or was not sent whole. Take it again or choose another.")


class PhotoHasTooManyPixels(Refusal):
    code = "photo_too_many_pixels"
    message = _("This photo has more than 64 megapixels. Take it with a lower resolution.")


@dataclass(frozen=True, slots=True)
class Photo:
    """Pixels of the kept original, upright."""

    width: int
    height: int


def keep_photo(sent: Path, folder: Path) -> Photo:
    """Write ``original``, ``large`` and ``small`` into ``folder``. Raises PhotoIsBroken, PhotoHasTooManyPixels, OSError (no room)."""
    raw = sent.read_bytes()
    with _one_at_a_time:
        made = _made(raw)
    for name, content in made.pieces.items():
        (folder / name).write_bytes(content)
    return made.photo


@dataclass(frozen=True, slots=True)
class _Made:
    photo: Photo
    pieces: dict[str, bytes]


def _made(raw: bytes) -> _Made:
    try:
        with Image.open(io.BytesIO(raw), formats=_FORMATS) as head:
            if head.width * head.height > MOST_PIXELS:
                raise PhotoHasTooManyPixels
            is_jpeg, mode = head.format in {"JPEG", "MPO"}, head.mode
            upright = head.getexif().get(_ORIENTATION, 1) == 1
            size = head.size
        if is_jpeg and upright and mode in {"RGB", "L"} and max(size) <= _LONGEST_SIDE:
            original, pixels = without_metadata(raw), size
            copies = {name: side for name, side in VARIANTS.items() if not _is_its_own_copy(original, size, side)}
            # The decoder may leave out what the copies do not need; a damaged picture fails all the same.
            picture = _decoded(raw, at_least=max(copies.values(), default=1))
        else:
            picture = _decoded(raw)
            picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE), Image.Resampling.BICUBIC)
            original, pixels, copies = _jpeg(picture, _QUALITY[""]), picture.size, VARIANTS
        pieces = {"original": original} | dict.fromkeys(VARIANTS, original)
        for name, side in copies.items():
            picture.thumbnail((side, side), Image.Resampling.BICUBIC, reducing_gap=2.0)
            pieces[name] = _jpeg(picture, _QUALITY[name])
    except Refusal:
        raise
    except Image.DecompressionBombError as bomb:
        raise PhotoHasTooManyPixels from bomb
    except Exception as broken:
        # Decoders raise whatever they stumble over: OSError, SyntaxError, ValueError, struct.error, zlib.error ...
        raise PhotoIsBroken from broken
    return _Made(Photo(*pixels), pieces)


def _is_its_own_copy(original: bytes, size: tuple[int, int], side: int) -> bool:
    """Made anew it would lose quality and save nothing."""
    return max(size) <= side and len(original) <= size[0] * size[1] * _BYTES_A_PIXEL


def _decoded(raw: bytes, *, at_least: int | None = None) -> Image.Image:
    """Upright, RGB, transparent parts white."""
    picture = Image.open(io.BytesIO(raw), formats=_FORMATS)
    if at_least is not None:
        picture.draft("RGB", (at_least, at_least))
    picture.load()
    if picture.width * picture.height > MOST_PIXELS:
        raise PhotoHasTooManyPixels
    upright: Image.Image = ImageOps.exif_transpose(picture)
    if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
        seen = upright.convert("RGBA")
        white = Image.new("RGB", seen.size, "white")
        white.paste(seen, mask=seen.getchannel("A"))
        return white
    return upright.convert("RGB")


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    """Nothing of ``picture.info`` is handed on: no EXIF, no XMP, no comment; only the colour profile stays."""
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=quality, progressive=False, icc_profile=picture.info.get("icc_profile"))
    return written.getvalue()


_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_WITHOUT_LENGTH = {0xD8, 0x01}
_PICTURE_ENDS = 0xD9
_SCAN = 0xDA


def without_metadata(jpeg: bytes) -> bytes:
    """The same picture without APP segments (but JFIF, colour profile and Adobe's colour order) and comments, cut off at its end.

    ITU T.81, annex B. Raises ValueError for what is no JPEG.
    """
    if jpeg[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    kept = [b"\xff\xd8"]
    at = 2
    while True:
        found = _MARKER.search(jpeg, at)
        if found is None:
            raise ValueError("the picture has no end")
        marker, at = jpeg[found.start() + 1], found.start() + 2
        if marker == _PICTURE_ENDS:
            kept.append(b"\xff\xd9")
            return b"".join(kept)
        if marker in _WITHOUT_LENGTH:
            continue
        length = int.from_bytes(jpeg[at : at + 2], "big")
        end = at + length
        if length < 2 or end > len(jpeg):
            raise ValueError("a segment is longer than the file")
        if _belongs_to_the_picture(marker, jpeg[at + 2 : at + 16]):
            kept.append(b"\xff" + bytes([marker]) + jpeg[at:end])
        if marker == _SCAN:
            after = _MARKER.search(jpeg, end)
            if after is None:
                raise ValueError("the picture has no end")
            kept.append(jpeg[end : after.start()])
            end = after.start()
        at = end


def _belongs_to_the_picture(marker: int, begin: bytes) -> bool:
    if marker == 0xE0:
        return begin.startswith(b"JFIF\x00")
    if marker == 0xE2:
        return begin.startswith(b"ICC_PROFILE\x00")
    if marker == 0xEE:
        return begin.startswith(b"Adobe")
    return not (0xE0 <= marker <= 0xEF or marker == 0xFE)
