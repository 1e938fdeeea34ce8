"""The upper river in one call: read, translate, rules, map; what comes out is a judged stock (spec 01, "A run").

Owns the order of the stages and what they hold in memory. Never compares with an earlier run and never sends.
Read first: ``judge`` in ``judge.py``, then ``Stock`` in ``stock.py``; ``trace.py`` answers ``explain``.
"""

from gewerk_connect.stock.fingerprint import fingerprint, row_fingerprint
from gewerk_connect.stock.stock import Group, Stock, judge
from gewerk_connect.stock.trace import RawRow, Step, Trace, trace

__all__ = ["Group", "RawRow", "Step", "Stock", "Trace", "fingerprint", "judge", "row_fingerprint", "trace"]
