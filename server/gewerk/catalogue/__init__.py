"""The catalogue: which trades and services there are, who may do a service, and which evidence its gate asks for, per country.

What is delivered lies in ``data/``: ``trades.toml`` (names), ``questions.toml``, and per country a folder with ``country.toml``
(law of the trades, kinds of evidence, gates) and files of services. One service per line: ``code``, ``de``, ``en``, ``minutes``
(usual duration), ``usual`` (``fixed`` price or ``visit`` first), ``emergency``, ``trades`` (any of which may do it), ``gate``,
``ask`` (questions); what a line leaves out its group says; ``like`` takes services of the German set over under other gates.
The operator's edits lie in the database as versions (``ServiceVersion``); whoever refers to a service pins a version and keeps
it. Never: firms, prices, requests. Read first: ``shapes.py``, ``delivered.py``, ``queries.py``.
"""
