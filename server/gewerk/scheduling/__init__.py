"""When somebody comes, and what was done: visits with their slots, notice periods, the calendar, completions.

Owns: ``Visit`` with its slots and append-only history, ``Completion`` (also captured without network and sent later), the
calendar feeds. Never: moves an order (the journeys ``agree_visit`` and ``complete_visit`` do), sends mail.
Read first: ``states.py`` (which step may follow which, by whom), ``wall_time.py`` (local times and DST), ``notice.py``
(how long before entering a flat it must be said), then ``operations/``.
"""
