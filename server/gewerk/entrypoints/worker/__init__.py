"""The worker: keeps the journal's promises (mails), reminds of old keys, clears what has run out.

``python -m gewerk.entrypoints.worker`` runs until SIGTERM; ``--once`` does what is due and ends. Read first: ``loop.py``.
"""
