"""Who hears of it: reads the journal, composes mails, keeps them until they are sent.

Never: changes what it tells of. Read first: ``listeners.py`` (which event tells whom), then ``operations.py``.
"""
