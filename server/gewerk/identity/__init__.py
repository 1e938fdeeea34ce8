"""Who acts: people, organisations, roles, API keys, their sessions and secrets.

Never: decides what there is to act on. Permission is asked where an object is fetched (``access``).
Read first: ``models.py``, then ``access.py``.
"""
