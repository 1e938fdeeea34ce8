"""The connector's pages and engine beside the platform: where they listen, what they are told."""

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from gewerk.entrypoints.cli.ports import HeldPort
from gewerk.entrypoints.cli.texts import CommandError

_PORTS_TRIED = 50


@dataclass(frozen=True)
class Pages:
    """Where the connector's pages lie."""

    base_url: str
    held: HeldPort

    @property
    def port(self) -> int:
        return self.held.port


def find_pages(*, host: str, port: int, base_url: str, connector_url: str) -> Pages:
    """On the next free port after the platform's; it is held. Raises CommandError when all the next ones are taken."""
    for candidate in range(port + 1, min(port + 1 + _PORTS_TRIED, 65536)):
        with suppress(OSError):
            held = HeldPort(host, candidate)
            parts = urlsplit(base_url)
            name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
            return Pages(connector_url.rstrip("/") or f"{parts.scheme}://{name}:{candidate}", held)
    raise CommandError(
        f"Für den Konnektor ist kein Port nach {port} frei.", f"No port after {port} is free for the connector."
    )


def write_configuration(
    folder: Path,
    pages: Pages,
    *,
    host: str,
    platform_url: str,
    public_key: str,
    language: str,
    roots: list[Path],
    adopt: tuple[Path, str] | None,
) -> Path:
    """The connector's configuration, written anew at each start; an operator's own entries are ``GEWERK_CONNECT_*``.

    ``adopt``: the configuration file of a connection that was run before, and the organisation it belongs to.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    listen = f"[{host}]" if ":" in host else host
    lines = [
        "# Von ./gewerk up geschrieben, bei jedem Start neu. Eigene Angaben: Umgebungsvariablen GEWERK_CONNECT_*",
        'data = "."',
        f"base_url = {json.dumps(pages.base_url)}",
        f"listen = {json.dumps(f'{listen}:{pages.port}')}",
        f"language = {json.dumps(language)}",
        f"roots = {json.dumps([str(root) for root in roots])}",
        "",
        "[[issuers]]",
        'name = "gewerk"',
        f"public_key = {json.dumps(public_key)}",
        f"home = {json.dumps(f'{platform_url}/integrations/')}",
    ]
    # shorter than the patience of ``up`` when it ends its parts; what is left the next start carries on
    lines += ["", "[engine]", "drain_seconds = 3"]
    if adopt is not None:
        file, organisation = adopt
        lines += ["", "[[adopt]]", f"file = {json.dumps(str(file))}", 'realm = "gewerk"']
        lines += [f"organisation = {json.dumps(organisation)}"]
    path = folder / "service.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def start_connector(configuration: Path, pages: Pages, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = Path(sys.executable).with_name("gewerk-connect")
    pages.held.release()
    return subprocess.Popen(
        [str(command), "serve", "--config", str(configuration)],
        env=environment,
        stdin=subprocess.DEVNULL,
        # Ctrl+C reaches the process in front alone; it stops its parts in order.
        start_new_session=True,
    )
