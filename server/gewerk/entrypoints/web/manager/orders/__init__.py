"""The manager's pages of orders: list, one order, its items and award, steps, variations, approvals, spending limits.

Decides nothing: each page fetches through ``projects.access``, makes one call, shows the answer. Read first: ``order_page.py``
and ``next_step.py`` (the one button), then ``words.py``.
"""
