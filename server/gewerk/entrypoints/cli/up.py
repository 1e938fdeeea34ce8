"""``./gewerk up``: prepare the data folder, start the platform and its worker, fill a demo through the connector, stay in front."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gewerk.entrypoints.cli.connector import Pages, find_pages, start_connector, write_configuration
from gewerk.entrypoints.cli.lock import lock
from gewerk.entrypoints.cli.ports import HeldPort
from gewerk.entrypoints.cli.texts import CommandError, say
from gewerk.entrypoints.cli.web_server import web_processes, web_server_command


@dataclass(frozen=True)
class Start:
    """How to start: where the data lie, on which address, as a demo or not."""

    data: Path
    demo: bool
    host: str
    port: int
    base_url: str
    language: str
    demo_export: Path
    connector_url: str = ""
    """Address under which browsers reach the connector's pages; empty: the next free port beside the platform's."""


def up(start: Start) -> int:
    """Run until Ctrl+C, SIGTERM or the end of a part. Returns the exit code."""
    with lock(start.data):
        held = _hold_port(start)
        pages = find_pages(host=start.host, port=start.port, base_url=start.base_url, connector_url=start.connector_url)
        environment = _environment(start, pages)
        setup_code = prepare(start)
        children: list[subprocess.Popen[bytes]] = []
        try:
            held.release()
            children.append(_server(start, environment))
            children.append(
                subprocess.Popen(
                    [sys.executable, "-m", "gewerk.entrypoints.worker"], env=environment, start_new_session=True
                )
            )
            signal.signal(signal.SIGTERM, _interrupt)
            _await_health(start.host, start.port, children)
            configuration = _configure_connector(
                start, pages, _fill_demo(start, pages, environment) if start.demo else ""
            )
            children.append(start_connector(configuration, pages, environment))
            _await_health(start.host, pages.port, children)
            _announce(start, setup_code)
            return _watch(children)
        except KeyboardInterrupt:
            return 0
        finally:
            _stop(children)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _environment(start: Start, pages: Pages) -> dict[str, str]:
    os.environ.update(
        GEWERK_CONNECTOR_URL=pages.base_url,
        GEWERK_DATA=str(start.data),
        GEWERK_DEMO="true" if start.demo else "false",
        GEWERK_BASE_URL=start.base_url,
        GEWERK_LANGUAGE=start.language,
    )
    if start.host not in {"127.0.0.1", "localhost"}:
        os.environ.setdefault("GEWERK_ALLOWED_HOSTS", start.host)
    return dict(os.environ)


def prepare(start: Start) -> str | None:
    """Bring texts, database and static files up to date. Returns the code for the first-operator page of an empty installation."""
    import django

    from gewerk.config.installation import installation
    from gewerk.config.translations import compile_catalogues
    from gewerk.entrypoints.cli.owner_role import migrate_as_owner

    compile_catalogues()
    django.setup()
    from django.core.management import call_command

    say("Bereite Datenbank und Seiten vor ...", "Preparing database and pages ...")
    if installation().database_owner_url:
        migrate_as_owner(installation().database_owner_url, installation().database_url)
    else:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if start.demo:
        return None
    from gewerk.identity.operations.first_operator import setup_code_if_empty

    code: str | None = setup_code_if_empty()
    return code


def _hold_port(start: Start) -> HeldPort:
    try:
        return HeldPort(start.host, start.port)
    except OSError as taken:
        raise CommandError(
            f"Port {start.port} auf {start.host} ist nicht frei. Nehmen Sie einen anderen: ./gewerk up --port {start.port + 1}",
            f"Port {start.port} on {start.host} is not free. Take another: ./gewerk up --port {start.port + 1}",
        ) from taken


def _server(start: Start, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    from gewerk.config.installation import installation

    return subprocess.Popen(
        web_server_command(start.host, start.port, processes=web_processes(installation())),
        env=environment,
        # Ctrl+C reaches this process alone; it stops its parts in order.
        start_new_session=True,
    )


def _await_health(host: str, port: int, children: list[subprocess.Popen[bytes]]) -> None:
    host = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/health"
    patience = time.monotonic() + 60
    while time.monotonic() < patience:
        if any(child.poll() is not None for child in children):
            break
        with (
            suppress(urllib.error.URLError, ConnectionError, TimeoutError),
            urllib.request.urlopen(address, timeout=2) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise CommandError(
        "Gewerk ist nicht gestartet; der Grund steht oben.", "Gewerk did not start; the reason is above."
    )


def _fill_demo(start: Start, pages: Pages, environment: dict[str, str]) -> str:
    """Returns the organisation whose stock it is."""
    from django.utils import timezone

    from gewerk.journeys.fill_demo import fill_demo
    from gewerk.journeys.set_up_demo import set_up_demo

    folder = start.data / "connect"
    folder.mkdir(exist_ok=True)
    access = set_up_demo()
    secret = folder / "client_secret"
    secret.touch(mode=0o600)
    secret.write_text(access.client_secret)
    config = folder / "demo.toml"
    config.write_text(
        f'name = "Stammdaten aus Wodis Sigma"\npage_url = "{pages.base_url}/connections/demo"\n\n'
        f'[source]\nkind = "wodis-sigma"\npath = "{start.demo_export}"\n\n'
        f'[target]\nkind = "gewerk"\nbase_url = "{start.base_url}"\nclient_id = "{access.client_id}"\n'
        'client_secret_file = "client_secret"\n\n'
        '[settings]\nseparator = "-"\nclients = []\n'
    )
    connect = Path(sys.executable).with_name("gewerk-connect")
    done = subprocess.run(
        [str(connect), "apply", "--config", str(config), "--lang", start.language],
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        raise CommandError(
            "Der Abgleich der Demo ist gescheitert; der Grund steht oben.",
            "The demo's sync failed; the reason is above.",
        )
    fill_demo(now=timezone.now())
    return access.organisation_id


def _configure_connector(start: Start, pages: Pages, demo_organisation: str) -> Path:
    from gewerk.identity.connector_links import connector_public_key

    folder = start.data / "connect"
    exports = start.data / "exports"
    exports.mkdir(mode=0o700, exist_ok=True)
    return write_configuration(
        folder,
        pages,
        host=start.host,
        platform_url=start.base_url,
        public_key=connector_public_key(),
        language=start.language,
        roots=[exports, *([start.demo_export.parent] if start.demo else [])],
        adopt=(folder / "demo.toml", demo_organisation) if start.demo else None,
    )


def _announce(start: Start, setup_code: str | None) -> None:
    if setup_code:
        say(
            f"Richten Sie Gewerk ein: {start.base_url}/first-operator/ (Code {setup_code})",
            f"Set Gewerk up: {start.base_url}/first-operator/ (code {setup_code})",
        )
    elif start.demo:
        say(f"Anmelden für jede Rolle: {start.base_url}/", f"Log in for every role: {start.base_url}/")
    sys.stdout.write(f"ready {start.base_url}/\n")
    sys.stdout.flush()


def _watch(children: list[subprocess.Popen[bytes]]) -> int:
    while True:
        for child in children:
            if child.poll() is not None:
                say(
                    "Ein Teil von Gewerk ist stehen geblieben; ich beende den Rest.",
                    "A part of Gewerk has stopped; ending the rest.",
                )
                return 1
        time.sleep(0.5)


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
