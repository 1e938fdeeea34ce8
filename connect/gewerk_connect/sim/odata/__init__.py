"""The part of OData v4 that the simulated ERP speaks; what it cannot do it refuses. Knows no ERP.

Read first: ``options.py`` (what a request may ask), then ``pages.py`` (how it is answered).
"""
