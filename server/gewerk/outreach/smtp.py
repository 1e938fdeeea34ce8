"""A mail server from one address: smtp:// (STARTTLS), smtps:// (TLS at once), smtp+plain:// (no encryption, for loopback)."""

import smtplib
import ssl
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 20
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


def connect(url: str) -> smtplib.SMTP:
    """A connection, encrypted and logged in as the address says. Raises ValueError for another scheme, OSError, SMTPException."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(
            "GEWERK_SMTP_URL must look like smtp://user:password@host:587, smtps://... or smtp+plain://..."
        )
    port = parts.port or _PORTS[parts.scheme]
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        context = ssl.create_default_context()
        server = smtplib.SMTP_SSL(parts.hostname, port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(parts.hostname, port, timeout=TIMEOUT_SECONDS)
    try:
        if parts.scheme == "smtp":
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server
