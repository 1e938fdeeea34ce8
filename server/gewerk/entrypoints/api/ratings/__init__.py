"""Ratings of finished orders and firms' scores, for programs of a manager.

Answers and appeals belong to firms, which have no keys; appeals are decided in person. Read first: ``shapes.py``, ``ratings.py``.
"""
