"""One engine for every list: columns, filters and tabs are data; the URL holds the whole state.

Owns: reading the state from the address (``state.py``), the page of rows (``page.py``), the export (``export.py``).
Never: asks the database by itself; a listing brings its queries (``pieces.py``). Read first: ``pieces.py``.
"""
