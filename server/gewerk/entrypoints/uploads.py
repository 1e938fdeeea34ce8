"""Uploads at any door: each file streams to its own incoming folder, is counted while it arrives, and is gone when refused.

Used by the pages and by the API; neither imports the other.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from gewerk.files.incoming import Incoming, too_large_for_request
from gewerk.files.limits import BYTES_PER_REQUEST, FILES_PER_REQUEST
from gewerk.kit.refusals import Refusal

View = Callable[..., HttpResponseBase]


class UploadWasCut(Refusal):
    """The line broke, or the form was damaged on the way."""

    code = "upload_cut"
    message = _("The upload broke off before everything had arrived. Please send the file again.")


class ArrivedFile(UploadedFile):  # type: ignore[type-arg]
    """A file that has arrived whole. Closed with its request: what nobody stored is gone."""

    def __init__(self, incoming: Incoming, content_type: str | None) -> None:
        super().__init__(None, incoming.name, content_type, incoming.size)
        self.incoming = incoming

    def close(self) -> None:
        self.incoming.discard()


class StreamedUpload(FileUploadHandler):
    """Django's side of receiving: one ``Incoming`` after the other. What is refused stands in ``refusal`` afterwards."""

    chunk_size = 256 * 1024

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.refusal: Refusal | None = None
        self._incoming: Incoming | None = None
        self._files = 0
        self._bytes = 0

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ARG002 - Django's signature
        META: Any,  # noqa: ARG002
        content_length: int,
        boundary: Any,  # noqa: ARG002
        encoding: str | None = None,  # noqa: ARG002
    ) -> None:
        if content_length > BYTES_PER_REQUEST:
            self._refuse(too_large_for_request())

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._files += 1
        if self._files > FILES_PER_REQUEST:
            self._refuse(too_large_for_request())
        try:
            self._incoming = Incoming(self.file_name or "")
        except Refusal as refusal:
            self._refuse(refusal)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's signature
        assert self._incoming is not None
        self._bytes += len(raw_data)
        if self._bytes > BYTES_PER_REQUEST:
            self._refuse(too_large_for_request())
        try:
            self._incoming.write(raw_data)
        except Refusal as refusal:
            self._refuse(refusal)

    def file_complete(self, file_size: int) -> ArrivedFile | None:  # noqa: ARG002 - Django's signature
        incoming, self._incoming = self._incoming, None
        return None if incoming is None else ArrivedFile(incoming, self.content_type)

    def upload_interrupted(self) -> None:
        """The last file has no end."""
        self.discard()
        self.refusal = self.refusal or UploadWasCut()

    def discard(self) -> None:
        if self._incoming is not None:
            self._incoming.discard()
            self._incoming = None

    def _refuse(self, refusal: Refusal) -> None:
        """The rest of the body is read and thrown away, so that whoever sent it can read the answer."""
        self.discard()
        self.refusal = refusal
        raise StopUpload(connection_reset=False)


def receive_upload(request: HttpRequest) -> None:
    """Read a multipart body: its files arrive as ``ArrivedFile``. Raises UploadWasCut.

    ``request.upload_refusal`` is what was refused on the way in, or None.
    """
    handler = StreamedUpload(request)
    request.upload_handlers = [handler]
    try:
        files = request.FILES
    except (MultiPartParserError, UnreadablePostError, OSError) as cut:
        handler.discard()
        raise UploadWasCut from cut
    except BaseException:
        handler.discard()
        raise
    if handler.refusal is not None:
        for _field, sent in files.lists():
            for file in sent:
                file.close()
    request.upload_refusal = handler.refusal  # type: ignore[attr-defined]


def streamed(view: View, *, forgery_checked: bool = True) -> View:
    """Around a view that takes files: they arrive as ``ArrivedFile``. ``forgery_checked``: a form of the pages (CSRF).

    ``request.upload_refusal`` is what was refused on the way in, or None; the view says it in its own words or raises it.
    """
    inner = csrf_protect(view) if forgery_checked else view

    @csrf_exempt
    @wraps(view)
    def receiving(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.upload_refusal = None  # type: ignore[attr-defined]
        if request.method != "POST" or request.content_type != "multipart/form-data":
            return inner(request, *args, **kwargs)
        receive_upload(request)
        return inner(request, *args, **kwargs)

    return receiving


def arrived(request: HttpRequest, field: str) -> list[Incoming]:
    """The files of one field of the form, in the order sent. Raises what was refused on the way in."""
    refusal: Refusal | None = getattr(request, "upload_refusal", None)
    if refusal is not None:
        raise refusal
    return [file.incoming for file in request.FILES.getlist(field) if isinstance(file, ArrivedFile)]
