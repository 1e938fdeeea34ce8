"""From intents to receipts: batches over HTTP, in the order parents first, with patience where patience helps.

Owns what to do about each kind of answer: wait, try again, split, keep as refused, or stop. Never decides what is to
be sent and never sends anything that is not an intent in the ledger.
Read first: ``sender.py``; ``patience.py`` for waiting, ``target.py`` for what a target is and reading what it holds.
"""

from gewerk_connect.push.patience import Patience
from gewerk_connect.push.sender import push
from gewerk_connect.push.target import (
    Abilities,
    Shape,
    TakesReports,
    Target,
    TargetError,
    authorize,
    explain_error,
    no_such_api,
    read_target,
)

__all__ = [
    "Abilities",
    "Patience",
    "Shape",
    "TakesReports",
    "Target",
    "TargetError",
    "authorize",
    "explain_error",
    "no_such_api",
    "push",
    "read_target",
]
