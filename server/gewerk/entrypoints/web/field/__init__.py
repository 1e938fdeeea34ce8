"""On site (Vor Ort): the fitter's and caretaker's app on the phone, which works without network and sends later.

Owns the app's shell with its service worker, the list of jobs it takes along, and the three calls by which it sends what was
captured. Its script is ``ui/src/field/``. Decides nothing. Read first: ``sync.py``, then ``ui/src/field/sync.js``.
"""
