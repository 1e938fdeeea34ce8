"""Who does the work: firms as organisations of their own, a manager's own list of them with prices agreed, and own crews.

A firm is an organisation of kind ``firm``: one login serves many managers. Owns: its profile (trades, services, area, contact),
its ``Evidence`` with who confirmed it, the gates (``gates``: may this firm take this service on that day?), each manager's
``ListedFirm`` (preferred, approved, blocked), ``FrameworkPrice``, ``GateOverride``, and ``Crew`` (caretakers, Regiebetrieb),
which take orders without quote and invoice. Never: awards (``projects`` does), shows one manager another's list or prices, lets
anybody confirm their own evidence. Read first: ``models/``, ``access.py``, ``gates.py``.
"""
