"""Common to all tests: an own data folder per process, texts compiled, static files from source."""

import os
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="gewerk-test-"))
os.environ.setdefault("GEWERK_DATA", str(_folder))
os.environ["GEWERK_STATIC_FROM_SOURCE"] = "1"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gewerk.config.settings")


def pytest_configure() -> None:
    from gewerk.config.translations import compile_catalogues

    compile_catalogues()
