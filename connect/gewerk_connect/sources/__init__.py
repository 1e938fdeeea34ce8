"""The ERPs: one folder each, with ``manifest.toml read.py translate.py mapping.toml golden/`` (spec 01, "Sources").

Owns reading files and naming their columns in the connector's words. Never judges a record and never drops one.
Read first: ``source.py`` (what a source is), then ``wodis_sigma/`` as the model for the next one.
"""

from gewerk_connect.manifests import Field, Manifest, kinds, manifest
from gewerk_connect.sources.registry import open_source
from gewerk_connect.sources.source import Source

__all__ = ["Field", "Manifest", "Source", "kinds", "manifest", "open_source"]
