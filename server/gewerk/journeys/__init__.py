"""What crosses domains: one file, one function, one transaction, reading like the sentence a manager would say.

Never: decides what a domain decides, opens a transaction of its own unless no door did. Read first: ``take_organisation_in.py``.
"""
