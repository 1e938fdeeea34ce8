"""A pytest plugin, loaded before any other (``-p``): an own data folder, texts compiled, static files from source.

pytest-django reads the settings before the first ``conftest.py``, so this cannot stand there.
"""

import atexit
import os
import shutil
import tempfile

if "GEWERK_DATA" not in os.environ:
    os.environ["GEWERK_DATA"] = tempfile.mkdtemp(prefix="gewerk-test-")
    atexit.register(shutil.rmtree, os.environ["GEWERK_DATA"], ignore_errors=True)
os.environ["GEWERK_STATIC_FROM_SOURCE"] = "1"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gewerk.config.settings")

from gewerk.config.translations import compile_catalogues

compile_catalogues()
