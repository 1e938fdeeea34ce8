"""The connector's service that really runs beside an installation, and an ERP's window that shows its pages in a frame."""

import base64
import json
import os
import secrets
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import URLError

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from stories.installation import CONNECT, free_port


def _unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Issuing:
    """Somebody who issues links: the platform's key, or an ERP's own."""

    def __init__(self, name: str, private: bytes | None = None) -> None:
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(private) if private else Ed25519PrivateKey.generate()

    @property
    def public_key(self) -> str:
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def link(self, base_url: str, organisation: str, **further: Any) -> str:
        at = int(time.time())
        claims = {
            "iss": self.name,
            "aud": base_url,
            "org": organisation,
            "role": "admin",
            "lang": "de",
            "jti": secrets.token_urlsafe(24),
            "iat": at,
            "exp": at + 60,
            **further,
        }
        signed = ".".join(_unpadded(json.dumps(part).encode()) for part in ({"alg": "EdDSA"}, claims))
        return f"{base_url}/open?link={signed}.{_unpadded(self._key.sign(signed.encode()))}"


@dataclass
class Connector:
    """``gewerk-connect serve`` with a configuration of its own. ``tls``: it speaks HTTPS with a certificate made here."""

    folder: Path
    roots: list[Path]
    issuers: list[dict[str, str]]
    port: int = field(default_factory=free_port)
    tls: bool = False
    frame_ancestors: list[str] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"https://localhost:{self.port}" if self.tls else f"http://127.0.0.1:{self.port}"

    def start(self) -> "Connector":
        self.folder.mkdir(parents=True, exist_ok=True)
        entries: dict[str, Any] = {
            "data": ".",
            "base_url": self.base_url,
            "listen": f"127.0.0.1:{self.port}",
            "roots": [str(root) for root in self.roots],
            "frame_ancestors": self.frame_ancestors,
        }
        if self.tls:
            _make_certificate(self.folder)
            entries |= {"certificate": "certificate.pem", "certificate_key": "key.pem"}
        lines = [f"{name} = {json.dumps(value)}" for name, value in entries.items()]
        lines += ["[engine]", "poll_seconds = 0.1", "drain_seconds = 3"]
        for issuer in self.issuers:
            lines += ["[[issuers]]", *(f"{name} = {json.dumps(value)}" for name, value in issuer.items())]
        config = self.folder / "service.toml"
        config.write_text("\n".join(lines) + "\n")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GEWERK_")}
        self.process = subprocess.Popen([str(CONNECT), "serve", "--config", str(config)], env=kept)
        trusting = ssl._create_unverified_context()  # the certificate was made a moment ago
        patience = time.monotonic() + 90
        while time.monotonic() < patience:
            assert self.process.poll() is None, "the connector ended"
            with (
                suppress(URLError, ConnectionError, TimeoutError),
                urllib.request.urlopen(f"{self.base_url}/health", context=trusting if self.tls else None),
            ):
                return self
            time.sleep(0.2)
        raise AssertionError("the connector did not answer")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=30)


def _make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(names, critical=False)
        .sign(key, SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@contextmanager
def erp_window(link: str) -> Iterator[int]:
    """An ERP's page that shows what ``link`` opens in a frame; yields its port on every loopback name."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = (
                '<!doctype html><html lang="de"><title>ERP</title><h1>Mein ERP</h1>'
                f'<iframe title="Abgleich" width="1100" height="900" src="{link}"></iframe>'
            ).encode()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
