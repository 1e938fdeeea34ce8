"""Take in positions of postcodes from a file of GeoNames: a further country, or a newer table of one that is delivered."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gewerk.config.installation import installation
from gewerk.places import table
from gewerk.places.geonames import NotGeoNames, read


class Command(BaseCommand):
    help = "Reads a file of GeoNames' postal codes (DE.txt); its countries replace those that were known. All of it, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="DE.txt, allCountries.txt ...: tab separated, twelve columns")
        parser.add_argument(
            "--country", action="append", default=[], help="only this one (ISO 3166-1); may be repeated"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["path"]
        only = {country.upper() for country in options["country"]}
        try:
            with path.open("rb") as lines:
                found = read(lines, only=only)
        except OSError as wrong:
            raise CommandError(
                _("%(path)s cannot be read: %(reason)s") % {"path": path, "reason": wrong.strerror}
            ) from wrong
        except NotGeoNames as wrong:
            raise CommandError("\n".join(_said(wrong))) from wrong
        folder = table.own_folder(installation().data)
        for country, rows in sorted(found.items()):
            table.write(folder, country, rows)
            said = ngettext("%(country)s: %(n)s postcode", "%(country)s: %(n)s postcodes", len(rows))
            self.stdout.write(said % {"country": country, "n": len(rows)})
        self.stdout.write(_("Start Gewerk anew, so that all its processes read them."))


def _said(wrong: NotGeoNames) -> list[str]:
    lines = [_("line %(n)s: %(what)s") % {"n": fault.line, "what": fault.words} for fault in wrong.faults]
    if wrong.count > len(wrong.faults):
        lines.append(_("... and %(n)s more") % {"n": wrong.count - len(wrong.faults)})
    return [
        *lines,
        _("Nothing was taken in. Expected is a file of https://download.geonames.org/export/zip/, unpacked (DE.txt)."),
    ]
