"""Work orders, approvals, firms and prices for programs (spec 04): everything that the pages can do.

Read first: ``bodies.py`` (what is sent), ``answers.py`` (what comes back), then ``work_orders.py``.
"""
