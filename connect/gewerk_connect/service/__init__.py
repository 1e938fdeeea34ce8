"""Connect as a service: activation in a browser, a schedule, runs that cannot be lost (spec 01, "Activation").

Owns who may see which connection, what was entered for it, and when it runs. Never judges or sends a record: a run is
``gewerk_connect.run``, as on the command line. It holds public keys only of those who open its pages.
Read first: ``configuration.py`` (what an operator sets), ``connections.py`` (what a connection is), ``web/`` (its pages).
"""
