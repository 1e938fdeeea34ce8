"""Pages of visits, for whoever meets them: a tenant by the link of a mail, the manager, the firm, the caretaker.

Owns the visit's own page (``by_link`` without login, ``steps`` for the rest), the card that order pages show (``card``), and the
calendar. Decides nothing: one call of a journey or an operation each. Read first: ``card.py``.
"""
