"""The catalogue of services, and whether a firm of the own list may take them: its evidence and its gates.

Read first: ``catalogue.py``, ``evidence.py``. Confirming is done in person on the operator's pages: no key has a second person.
"""
