"""Write the published schema to ``openapi.json``, or compare with it (``--check``)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gewerk.entrypoints.api.openapi import text_of
from gewerk.entrypoints.api.versions import LATEST, VERSIONS


class Command(BaseCommand):
    help = "Writes openapi.json; with --check fails when it is not what the code says."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", default="openapi.json", type=Path)
        parser.add_argument("--check", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["path"]
        text = text_of(VERSIONS[LATEST])
        if not options["check"]:
            path.write_bytes(text)
        elif not path.exists() or path.read_bytes() != text:
            raise CommandError(f"{path} is not what the code says. Run: ./gewerk manage export_openapi")
