"""What is to be done, by whom, for how much: work orders (Aufträge) with items, variations, approvals, defects; later projects.

Owns: ``WorkOrder`` with its append-only history, its sums, who may spend how much. Never: books visits (``scheduling`` moves
awarded, booked, in progress and done through ``operations.take_step``), asks for quotes (``marketplace``), sends mail.
Read first: ``states.py`` (which step may follow which, by whom, with what, whom it tells), ``models/``, ``access.py`` (whose
order it is, who sees a tenant's contact), then ``operations/``.
"""
