"""The manager's pages of requests for quotes: prepare (``edit``), one page per request (``request_page``), what is done there (``steps``),
compare and award (``comparing``). Nothing of a sealed quote is shown: ``comparing`` asks through ``marketplace.access.quotes``.
"""
