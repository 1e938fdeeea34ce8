"""Verbs of orders, one file each. ``take_step`` moves an order along ``states.STEPS``; what needs more has a file of its own.

Never: several domains at once. Read first: ``moving.py`` (what every step passes), then ``award.py``.
"""
