"""Who hears of it: reads the journal, composes mails, keeps them until they are sent.

Owns: ``Mail``. Never: changes what it tells of, sends inside somebody's transaction. Read first: ``listeners.py`` (which event
tells whom), then ``operations/compose.py`` and ``operations/send.py`` (what the worker does).
"""
