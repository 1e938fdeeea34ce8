"""A pytest plugin, loaded before any other (``-p``): an own data folder, texts compiled, static files from source.

pytest-django reads the settings before the first ``conftest.py``, so this cannot stand there.
"""

import os
import tempfile

os.environ.setdefault("GEWERK_DATA", tempfile.mkdtemp(prefix="gewerk-test-"))
os.environ["GEWERK_STATIC_FROM_SOURCE"] = "1"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gewerk.config.settings")

from gewerk.config.translations import compile_catalogues

compile_catalogues()
