"""What every answer says to the browser: the policy, who may show it in a frame, and that pages are nobody's to keep."""

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gewerk_connect.service.configuration import Configuration

LARGEST_BODY = 2 * 1024 * 1024
"""Bytes of a request; the largest is a mapping file."""


class Headers:
    def __init__(self, app: ASGIApp, configuration: Configuration) -> None:
        self._app = app
        ancestors = " ".join(configuration.frame_ancestors) or "'none'"
        self._fixed = {
            "content-security-policy": (
                "default-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; object-src 'none';"
                f" frame-ancestors {ancestors}"
            ),
            "x-content-type-options": "nosniff",
            # with no-referrer a browser would not say where a form comes from
            "referrer-policy": "same-origin",
        }
        if not configuration.frame_ancestors:
            self._fixed["x-frame-options"] = "DENY"
        if configuration.secure:
            self._fixed["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        if _length(scope) > LARGEST_BODY:
            await Response(status_code=413)(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > LARGEST_BODY:
                raise HTTPException(413)
            return message

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._fixed.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, counted, with_headers)


def _length(scope: Scope) -> int:
    text = dict(scope["headers"]).get(b"content-length", b"0")
    return int(text) if text.isdigit() else 0
