"""Questions about the stock. Each takes the actor; a question never changes anything.

Read first: ``search.py`` (how a typed word finds a record), ``occupants.py`` (who lives there now, before and next).
"""
