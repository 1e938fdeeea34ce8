"""Small tools that know no domain: ids, refusals, folding for search, secrets.

Never imports a domain. Read first: ``refusals.py``.
"""
