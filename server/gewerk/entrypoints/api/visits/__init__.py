"""Visits and completions for programs (spec 04): everything that the pages can do.

Read first: ``shapes.py`` (what is sent and what comes back), then ``visits.py`` and ``completions.py``.
"""
