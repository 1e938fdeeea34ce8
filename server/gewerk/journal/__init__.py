"""What happened: audit trail and outbox in one table.

Owns: ``Entry``. Never: personal data, decisions, sending. Every operation writes its entry in its own transaction by
``operations.record``; who listens (mail, later webhooks) reads it afterwards. Read first: ``models.py``.
"""
