"""What a file is, by its first bytes; its name and the type that was claimed say nothing."""

from gewerk.files.models import FileKind

HEAD_BYTES = 4096

_HEIF = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"avif", b"avis"}
_QUICKTIME = b"qt  "
_MP4 = {
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"MSNV",
    b"3gp4",
    b"3gp5",
    b"3gp6",
}


def media_type_of_head(head: bytes) -> str | None:
    """The media type, or None for what is not taken."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:6] in {b"GIF87a", b"GIF89a"}:
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return "video/webm"
    if head[4:8] == b"ftyp":
        return _of_brands(head)
    # QuickTime of old cameras begins without a brand.
    if head[4:8] in {b"moov", b"mdat", b"wide"}:
        return "video/quicktime"
    return None


def _of_brands(head: bytes) -> str | None:
    size = int.from_bytes(head[:4], "big")
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(size, 256, len(head)), 4))]
    if brands[0] in _HEIF:
        return "image/avif" if brands[0] in {b"avif", b"avis"} else "image/heic"
    if brands[0] == _QUICKTIME:
        return "video/quicktime"
    if any(brand in _MP4 for brand in brands):
        return "video/mp4"
    if _QUICKTIME in brands:
        return "video/quicktime"
    return None


def kind_of(media_type: str) -> FileKind:
    if media_type.startswith("image/"):
        return FileKind.IMAGE
    return FileKind.VIDEO if media_type.startswith("video/") else FileKind.DOCUMENT


def kind_of_head(head: bytes) -> FileKind | None:
    found = media_type_of_head(head)
    return None if found is None else kind_of(found)
