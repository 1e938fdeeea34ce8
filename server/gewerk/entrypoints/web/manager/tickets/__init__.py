"""The manager's pages of tickets: list, one ticket, a report taken by phone, links and QR codes for the stairwell.

Owns: how tickets read (``words.py``) and which columns, filters and bulk actions their list has (``listing.py``). Never:
decides which step may be taken; the table of states does, for the button and for the guard alike. Read first: ``page.py``.
"""
