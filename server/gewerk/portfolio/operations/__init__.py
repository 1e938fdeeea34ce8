"""Verbs of the portfolio, one file each. ``upsert`` and ``archive`` are the ERP's door, ``edit`` is the clerk's.

Never: several domains at once. Read first: ``outcome.py``, then ``upsert.py``.
"""
