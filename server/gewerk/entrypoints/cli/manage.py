"""Django's own commands, with the installation's settings."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gewerk.config.settings")


def main() -> None:
    from django.core.management import execute_from_command_line

    from gewerk.config.translations import compile_catalogues

    compile_catalogues()
    execute_from_command_line(["./gewerk manage", *sys.argv[1:]])


if __name__ == "__main__":
    main()
