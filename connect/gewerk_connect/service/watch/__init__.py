"""Looks after the service: metrics, logs, health, notices and mails, and what is tidied away at night.

Owns what is worth telling (``matters.py``), that it is told once (``notices.py``, ``mails.py``), and what machines ask
(``health.py``, ``metrics.py``). Never starts, changes or stops a run, and tells nobody anything about a person of the stock.
Read first: ``watch.py`` (one round), then ``matters.py``; ``logs.py`` is what keeps personal data out of the logs.
"""

from gewerk_connect.service.watch.logs import write_logs
from gewerk_connect.service.watch.watch import Watch

__all__ = ["Watch", "write_logs"]
