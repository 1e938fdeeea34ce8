"""Where a customer's connection may reach: export folders below the operator's roots, hosts that the operator allows.

The pages belong to customers, the machine to the operator: nobody reads its files or environment through a connection.
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.service.configuration import Configuration

_FILES = ("path", "ca_file")
_ADDRESSES = ("url", "token_url", "base_url")
_DATABASES = ("postgresql", "mysql", "mariadb", "mssql", "oracle", "sqlite")
_DATABASE_OPTIONS = frozenset({"driver", "charset", "sslmode", "service_name", "Encrypt", "TrustServerCertificate"})
"""What may stand behind the question mark; others read files of this machine or load code."""


def check_places(configuration: Configuration, *entries: Mapping[str, Any]) -> None:
    """Raises ``SettingsError`` for an entry of ``[source]`` or ``[target]`` that leads where it may not."""
    for entry in entries:
        for name in entry:
            if name.endswith(("_env", "_file")) and name not in _FILES:
                raise SettingsError(
                    "entry_not_allowed",
                    f"{name} ist hier nicht erlaubt: Zugangsdaten werden auf der Seite eingegeben.",
                    f"{name} is not allowed here: credentials are entered on the page.",
                )
        for name in _FILES:
            if entry.get(name):
                check_file(configuration, Path(str(entry[name])))
        for name in _ADDRESSES:
            if entry.get(name):
                _check_address(configuration, str(entry[name]))


def check_file(configuration: Configuration, path: Path) -> Path:
    """The path with its links followed; one that does not lie below a root is refused, whether it exists or not."""
    if not path.is_absolute() and configuration.roots:
        path = configuration.roots[0] / path
    found = path.resolve()
    if not any(found.is_relative_to(root.resolve()) for root in configuration.roots):
        listed = ", ".join(str(root) for root in configuration.roots)
        raise SettingsError(
            "path_not_allowed",
            f"Dieser Ordner ist für Exporte nicht freigegeben. Freigegeben: {listed or 'keiner; bitten Sie den Betreiber darum'}.",
            f"This folder is not open for exports. Open are: {listed or 'none; ask the operator for one'}.",
        )
    return found


def folders(configuration: Configuration) -> Iterator[str]:
    """Folders below the roots that may hold an export, two levels deep, for the page to suggest."""
    for root in configuration.roots:
        if root.is_dir():
            yield str(root)
            for pattern in ("*", "*/*"):
                yield from (str(found) for found in sorted(root.glob(pattern)) if found.is_dir())


def _check_address(configuration: Configuration, address: str) -> None:
    if urlsplit(address).scheme in ("http", "https"):
        _check_host(configuration, urlsplit(address).hostname or "")
        return
    try:
        database = make_url(address)
    except ArgumentError:
        return  # no address at all: whoever reads it says so
    kind = database.get_backend_name()
    if kind not in _DATABASES or set(database.query) - _DATABASE_OPTIONS:
        raise SettingsError(
            "database_not_allowed",
            f"Diese Datenbank-Adresse ist hier nicht erlaubt. Möglich sind {', '.join(_DATABASES)} mit den Angaben"
            f" {', '.join(sorted(_DATABASE_OPTIONS))}.",
            f"This database address is not allowed here. Possible are {', '.join(_DATABASES)} with the options"
            f" {', '.join(sorted(_DATABASE_OPTIONS))}.",
        )
    if kind == "sqlite":
        check_file(configuration, Path(database.database or "/"))
    else:
        _check_host(configuration, database.host or "")


def _check_host(configuration: Configuration, host: str) -> None:
    if configuration.hosts and not any(fnmatchcase(host.lower(), pattern.lower()) for pattern in configuration.hosts):
        raise SettingsError(
            "host_not_allowed",
            f"Der Rechner {host} ist für Anbindungen nicht freigegeben. Bitten Sie den Betreiber darum (hosts).",
            f"The host {host} is not open for connections. Ask the operator for it (hosts).",
        )
