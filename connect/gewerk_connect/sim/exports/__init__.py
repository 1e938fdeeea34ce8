"""The three shared exports, read by code of the simulator's own: standard library and openpyxl, nothing of ``sources``.

Owns: what a table's key is, and how an ERP's columns become the words of ``estate.py``. Read first: ``export.py``.
"""

from gewerk_connect.sim.exports.export import Export
from gewerk_connect.sim.exports.opening import open_export

__all__ = ["Export", "open_export"]
