"""Commands for whoever runs an installation: ``up``, ``demo``, ``backup``, ``restore``, and Django's own behind ``manage``.

Never imports the connector: it starts ``gewerk-connect`` as a process, as a customer would. Read first: ``up.py``.
"""
