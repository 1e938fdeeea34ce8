"""Where records can go: one folder per target, each with a manifest that says what is verified and what is assumed.

Owns how a target is reached and how a record looks there. Never decides what is to be sent, and keeps nothing on disk.
Read first: ``catalogue.py`` (what there is), ``registry.py`` (opening one), then ``plentific/``, which needs most; what
a target must be able to do stands in ``push/target.py``.
"""

from gewerk_connect.targets.catalogue import Country, InputField, Manifest, kinds, manifest
from gewerk_connect.targets.registry import open_target, shape_of

__all__ = ["Country", "InputField", "Manifest", "kinds", "manifest", "open_target", "shape_of"]
