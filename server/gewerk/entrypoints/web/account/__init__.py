"""Getting in, and one's own account: login, profile, security, company, team, property types, API keys.

Of allauth only the views are mounted that these pages need (``urls.py`` lists them). Read first: ``entrance.py``.
"""
