"""Who does the work: firms as organisations of their own, a manager's own list of them with prices agreed, and own crews.

A firm is an organisation of kind ``firm``: one login serves many managers. Owns: its profile (trades, area, contact), each
manager's ``ListedFirm`` (preferred, approved, blocked), ``FrameworkPrice``, and ``Crew`` (caretakers, Regiebetrieb), which take
orders without quote and invoice. Later: evidence and gates per trade hang on ``FirmTrade``. Never: awards (``projects`` does),
shows one manager another's list or prices. Read first: ``models/``, ``access.py``, ``trades.py``.
"""
