"""``python -m gewerk.entrypoints.worker [--once]``."""

import argparse
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gewerk.config.settings")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="gewerk-worker")
    parser.add_argument("--once", action="store_true", help="do what is due, then end")
    given = parser.parse_args(arguments)

    import django

    from gewerk.config.translations import compile_catalogues

    compile_catalogues()
    django.setup()
    from gewerk.entrypoints.worker.loop import run_forever, run_once

    if given.once:
        run_once()
    else:
        run_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
