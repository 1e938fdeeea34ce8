"""The public door of damage: the guided report (link, QR code, logged-in tenant) and the status page, both without a password.

Owns: the order of the questions (``flow.py``), their pages (``guided.py``, ``photos.py``), the status page (``status.py``).
Never: shows anybody's data but the reporter's own; decides how urgent something is. Read first: ``entrance.py`` (who
reports where), then ``flow.py``.
"""
