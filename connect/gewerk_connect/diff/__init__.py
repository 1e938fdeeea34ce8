"""Source now against what was last confirmed against the target now: what is to be created, changed, archived.

Owns the three-way comparison and the fuse. Never reads the source, writes the ledger or talks to the target: three
sorted streams go in, intents come out.
Read first: ``decide.py`` (the rules), then ``merge.py``; ``fields.py`` says when two values are the same.
"""

from gewerk_connect.diff.decide import Comparison, Mark
from gewerk_connect.diff.fields import changed_fields
from gewerk_connect.diff.fuse import Tripped, check_fuse
from gewerk_connect.diff.merge import compare
from gewerk_connect.diff.seen import Seen, TargetView

__all__ = [
    "Comparison",
    "Mark",
    "Seen",
    "TargetView",
    "Tripped",
    "changed_fields",
    "check_fuse",
    "compare",
]
