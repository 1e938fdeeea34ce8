"""The simulator on a port: HTTP/1.1, a thread per connection, so that an answer may be slow or cut off."""

import socket
import threading
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from gewerk_connect.sim.by_hand import answer_by_hand
from gewerk_connect.sim.dialects import KINDS
from gewerk_connect.sim.exports import Export, open_export
from gewerk_connect.sim.request import Answer, Request
from gewerk_connect.sim.simulator import Simulator

_LARGEST_BODY = 1 << 20


def _now() -> datetime:
    return datetime.now(UTC)


class SimulatedErp:
    """``with SimulatedErp(folder) as erp: ... erp.url``: served by threads of this process until the block ends."""

    def __init__(
        self,
        data: Path | Export,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        dialects: Collection[str] = KINDS,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """``data``: an export's folder or file, or one that is loaded already, for several servers to share.

        Raises ``SettingsError`` for data that are no export, ``OSError`` for a port that is taken."""
        self.simulator = Simulator(
            open_export(data) if isinstance(data, Path) else data, clock=clock, dialects=dialects
        )
        simulator = self.simulator

        class Handler(_Handler):
            serving = simulator

        self._server = _Server((host, port), Handler)
        self.url = f"http://{host}:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.simulator.stop()
        self._server.shutdown()
        self._server.server_close()

    def wait(self) -> None:
        """Until the process is told to end."""
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


class _Handler(BaseHTTPRequestHandler):
    serving: Simulator
    protocol_version = "HTTP/1.1"
    timeout = 300

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True  # a client that was killed is no news

    def log_message(self, *_: object) -> None:
        """Nothing: keys and names of persons stand in addresses."""

    def _serve(self) -> None:
        length = self.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _LARGEST_BODY or "transfer-encoding" in self.headers:
            self.close_connection = True
            self._send(Answer.json(413, {"status": 413, "message": "a body of known length up to 1 MB is needed"}))
            return
        parts = urlsplit(self.path)
        host, port = self.connection.getsockname()[:2]
        request = Request(
            method=self.command,
            base=f"http://{self.headers.get('host') or f'{host}:{port}'}",
            path=parts.path,
            parts=tuple(unquote(part) for part in parts.path.strip("/").split("/")),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(length)),
        )
        if request.parts[0] == "_sim":
            self._send(answer_by_hand(self.serving, request))
        else:
            self._send(self.serving.answer(request))

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _serve

    def _send(self, answer: Answer) -> None:
        headers = {
            "Content-Type": answer.content_type,
            "Content-Length": str(len(answer.body)),
            "Date": format_datetime(datetime.now(UTC), usegmt=True),
            **answer.headers,
        }
        lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        body = answer.body
        if answer.cut:
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)
