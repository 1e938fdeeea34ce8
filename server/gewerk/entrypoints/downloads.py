"""A stored file as an answer, at any door. The door has asked whether this actor may see it.

Photos and videos are shown, everything else is kept (``attachment``); nothing is ever taken for a page (``nosniff``, a
policy that allows nothing). Ranges (RFC 9110, section 14) so that a video can be wound forward.
"""

import re
from collections.abc import Iterator
from typing import IO, Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from gewerk.files import storage
from gewerk.files.access import FileNotFound
from gewerk.files.models import FileKind, FileLink
from gewerk.files.storage import ORIGINAL, VARIANTS
from gewerk.marketplace.gaeb.bill import Bill
from gewerk.marketplace.queries.bills import MEDIA_TYPES, written

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_PIECE = 64 * 1024


def download(request: HttpRequest, link: FileLink, variant: str = ORIGINAL, *, keep: bool = False) -> HttpResponseBase:
    """``variant``: ``large`` or ``small`` of a photo, empty for the original. ``keep``: as a download. Raises FileNotFound."""
    file = link.file
    if variant and (variant not in VARIANTS or file.kind != FileKind.IMAGE):
        raise FileNotFound
    etag = f'"{file.pk.hex}-{variant}"'
    if request.headers.get("If-None-Match") == etag:
        return _dressed(HttpResponse(status=304), etag)
    try:
        lying = storage.opened(file, variant)
        size = storage.size_of(file, variant)
    except FileNotFoundError as gone:
        raise FileNotFound from gone
    media_type = "image/jpeg" if variant else file.media_type
    asked = _asked_range(request, size, etag)
    response: HttpResponseBase
    if asked is None:
        response = FileResponse(lying, content_type=media_type)
        response["Content-Length"] = str(size)
    elif asked == (-1, -1):
        lying.close()
        response = HttpResponse(status=416, content_type=media_type)
        response["Content-Range"] = f"bytes */{size}"
    else:
        first, last = asked
        response = StreamingHttpResponse(_part(lying, first, last), status=206, content_type=media_type)
        response["Content-Length"] = str(last - first + 1)
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    shown = file.kind in {FileKind.IMAGE, FileKind.VIDEO} and not keep
    response["Content-Disposition"] = str(content_disposition_header(not shown, link.name))
    response["Accept-Ranges"] = "bytes"
    return _dressed(response, etag)


def bill_download(bill: Bill, kind: str, name: str) -> HttpResponse:
    """A bill of quantities to be kept: ``kind`` csv or xlsx, whatever else is asked as GAEB of the bill's own phase."""
    kind = kind if kind in {"csv", "xlsx"} else f"x{bill.phase}"
    response = HttpResponse(written(bill, kind, now=timezone.now()), content_type=MEDIA_TYPES[kind])
    response["Content-Disposition"] = str(content_disposition_header(True, f"{name}.{kind}"))
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _dressed(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=86400"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _asked_range(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """First and last byte; None: everything; (-1, -1): not to be had. Several ranges at once are answered with everything."""
    found = _RANGE.fullmatch(request.headers.get("Range", ""))
    if found is None or request.headers.get("If-Range", etag) != etag:
        return None
    begin, end = found.groups()
    if not begin and not end:
        return None
    if not begin:
        first, last = max(0, size - int(end)), size - 1
    else:
        first, last = int(begin), min(int(end), size - 1) if end else size - 1
    return (first, last) if first <= last and first < size else (-1, -1)


def _part(lying: IO[Any], first: int, last: int) -> Iterator[bytes]:
    with lying:
        lying.seek(first)
        left = last - first + 1
        while left > 0 and (piece := lying.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece
