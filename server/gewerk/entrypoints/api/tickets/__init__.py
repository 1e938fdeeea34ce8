"""Tickets, their files and the links through which people report, for programs: whatever the pages can do (spec 02).

Owns: what is sent (``bodies``), what is answered (``answers``). Never: decides anything. Read first: ``tickets.py``.
"""
