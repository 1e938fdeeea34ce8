"""Whoever issues links in the tests: a key pair, and links with whatever claims."""

import base64
import json
import secrets
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Issuing:
    """An issuer's private side."""

    def __init__(self, name: str = "gewerk") -> None:
        self.name = name
        self._key = Ed25519PrivateKey.generate()
        self.public_key = base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    def claims(self, audience: str, at: datetime, **further: Any) -> dict[str, Any]:
        moment = int(at.timestamp())
        return {
            "iss": self.name,
            "aud": audience,
            "org": "org-1",
            "role": "admin",
            "lang": "de",
            "jti": secrets.token_urlsafe(24),
            "iat": moment,
            "exp": moment + 60,
            **further,
        }

    def sign(self, claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
        head = unpadded(json.dumps(header or {"alg": "EdDSA", "typ": "JWT"}).encode())
        body = unpadded(json.dumps(claims).encode())
        signature = self._key.sign(f"{head}.{body}".encode())
        return f"{head}.{body}.{unpadded(signature)}"

    def token(self, audience: str, at: datetime, **further: Any) -> str:
        return self.sign(self.claims(audience, at, **further))
