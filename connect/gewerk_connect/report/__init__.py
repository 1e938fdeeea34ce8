"""What a plan or a run came to, for people, for scripts and for the platform.

Owns the JSON contract of spec 01 ("For scripts"), the text on the screen, and the body the platform gets.
Never shows a value of a record (``explain`` does, on the screen only).
Read first: ``outcome.py``.
"""

from gewerk_connect.report.outcome import COUNTED, Change, Counts, Outcome
from gewerk_connect.report.platform import run_body
from gewerk_connect.report.text import outcome_text

__all__ = ["COUNTED", "Change", "Counts", "Outcome", "outcome_text", "run_body"]
