"""What the connector says to people, German and English side by side.

Owns the words of reports, plans and the command line, and for each kind of finding what is to be done about it.
Never holds a value of a record. Refusals carry their own two texts (``canonical/refusals.py``).
Read first: ``words.py``; ``findings.py`` feeds the reference pages too.
"""

from gewerk_connect.messages.findings import FINDINGS, FindingText
from gewerk_connect.messages.words import language_from, say, table

__all__ = ["FINDINGS", "FindingText", "language_from", "say", "table"]
