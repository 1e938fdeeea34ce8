"""Values that must be shown again are kept encrypted (Fernet: AES-128-CBC with HMAC-SHA256); the key never lies in the database."""

from functools import lru_cache

from cryptography.fernet import Fernet

from gewerk.config.installation import installation


@lru_cache
def _fernet() -> Fernet:
    return Fernet(installation().secret("encryption_key").encode())


def encrypt(plain: str) -> bytes:
    return _fernet().encrypt(plain.encode())


def decrypt(sealed: bytes | memoryview) -> str:
    """Raises ``cryptography.fernet.InvalidToken`` when the key of the installation is another."""
    return _fernet().decrypt(bytes(sealed)).decode()
