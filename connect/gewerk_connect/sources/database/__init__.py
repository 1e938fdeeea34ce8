"""Reading an ERP's database: one query per table, all in one read-only transaction, into a snapshot that the readers read.

Owns the connection, the transaction and what is told when it fails. Never writes to the database, and never makes up a
query: the queries stand in the mapping file (``[tables.NAME] query``). Read first: ``fetch.py``.
"""
