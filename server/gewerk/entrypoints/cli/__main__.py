"""``./gewerk up | demo | backup | restore``: reads the arguments, sets the environment, makes one call."""

import argparse
import os
import sys
from pathlib import Path

from pydantic import ValidationError

from gewerk.config.installation import Installation, wrong_settings
from gewerk.entrypoints.cli.texts import CommandError, say

PROJECT = Path(__file__).resolve().parents[4]
DEMO_DATA = Path(os.environ.get("GEWERK_DEMO_DATA", PROJECT / ".demo"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./gewerk")
    commands = parser.add_subparsers(dest="command", required=True)

    up = commands.add_parser(
        "up", help="Gewerk starten (ohne --data: die Demo) / start Gewerk (without --data: the demo)"
    )
    up.add_argument(
        "--data", type=Path, help="Datenordner einer eigenen Installation / data folder of an installation of your own"
    )
    up.add_argument("--port", type=int, default=8000)
    up.add_argument("--host", default="127.0.0.1", help="Adresse, auf der gelauscht wird / address to listen on")
    up.add_argument("--base-url", help="Adresse, die Nutzer aufrufen / address that users open")
    up.add_argument(
        "--connector-url",
        default="",
        help="Adresse, unter der Nutzer die Seiten des Konnektors aufrufen / address under which users open the connector's pages",
    )
    up.add_argument("--lang", choices=("de", "en"), default="de")

    demo = commands.add_parser("demo", help="die Demo / the demo")
    demo.add_argument(
        "--reset", action="store_true", required=True, help="alle Daten der Demo löschen / delete all data of the demo"
    )

    backup = commands.add_parser("backup", help="alles in eine Datei sichern / save everything into one file")
    backup.add_argument("target", type=Path)
    backup.add_argument("--data", type=Path, default=DEMO_DATA)

    restore = commands.add_parser(
        "restore", help="eine Sicherung in einen leeren Ordner holen / restore into an empty folder"
    )
    restore.add_argument("archive", type=Path)
    restore.add_argument("--data", type=Path, required=True)
    return parser


def main(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    os.environ["DJANGO_SETTINGS_MODULE"] = "gewerk.config.settings"
    try:
        if given.command == "up":
            from gewerk.entrypoints.cli.up import Start, up

            return up(
                Start(
                    data=(given.data or DEMO_DATA).resolve(),
                    demo=given.data is None,
                    host=given.host,
                    port=given.port,
                    base_url=given.base_url
                    or f"http://{given.host if given.host != '0.0.0.0' else '127.0.0.1'}:{given.port}",  # noqa: S104
                    language=given.lang,
                    demo_export=PROJECT / "demo" / "sigma",
                    connector_url=given.connector_url or os.environ.get("GEWERK_CONNECTOR_URL", ""),
                )
            )
        if given.command == "demo":
            from gewerk.entrypoints.cli.demo import reset

            reset(DEMO_DATA)
            return 0
        from gewerk.entrypoints.cli import archive

        if given.command == "backup":
            archive.backup(data=given.data.resolve(), target=given.target.resolve())
        else:
            archive.restore(archive=given.archive.resolve(), data=given.data.resolve())
        return 0
    except CommandError as error:
        say(error.german, error.english)
        return 1
    except ValidationError as error:
        if error.title != Installation.__name__:
            raise
        named = "\n".join(f"  {line}" for line in wrong_settings(error))
        say(
            "Gewerk startet nicht, eine Einstellung ist falsch:", f"Gewerk does not start, a setting is wrong:\n{named}"
        )
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
