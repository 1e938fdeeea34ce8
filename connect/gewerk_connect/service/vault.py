"""Secrets that must be used again are kept encrypted (Fernet); the key never lies in the database."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from gewerk_connect.canonical.refusals import SettingsError


class Vault:
    """Seals and opens JSON. Several keys: the first seals, all open, so that a key can be changed."""

    def __init__(self, keys: str) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys.split()])
        except ValueError as error:
            raise SettingsError(
                "key_invalid",
                "Der Schlüssel des Dienstes ist kein Fernet-Schlüssel (32 Byte in urlsicherem Base64).",
                "The service's key is no Fernet key (32 bytes in URL-safe base64).",
            ) from error

    def seal(self, values: dict[str, Any]) -> bytes | None:
        return self._fernet.encrypt(json.dumps(values).encode()) if values else None

    def open(self, sealed: bytes | None) -> dict[str, Any]:
        """Raises ``SettingsError`` when it was sealed with a key that is not ours."""
        if sealed is None:
            return {}
        try:
            opened: dict[str, Any] = json.loads(self._fernet.decrypt(bytes(sealed)))
        except InvalidToken as error:
            raise SettingsError(
                "key_changed",
                "Die gespeicherten Zugangsdaten lassen sich nicht öffnen: Der Schlüssel des Dienstes ist ein anderer."
                " Stellen Sie den alten wieder her oder geben Sie die Zugangsdaten neu ein.",
                "The stored credentials cannot be opened: the service's key is another one. Put the old one back or"
                " enter the credentials again.",
            ) from error
        return opened


def key_in(folder: Path) -> str:
    """The key in ``folder``, made at the first call; readable for its owner only."""
    path = folder / "service.key"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        draft = folder / f".service-key-{os.getpid()}-{secrets.token_hex(4)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(Fernet.generate_key().decode())
        try:
            # a hard link fails where the file exists: of two processes starting at once exactly one wins
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")
