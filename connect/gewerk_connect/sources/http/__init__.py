"""Reading an ERP over HTTP (REST or OData): whole lists, page by page, into a snapshot that the readers then read.

Owns requests, login, paging, patience, and the checks that make a snapshot whole. Never knows an ERP: what is particular
about one stands in its mapping file (``[http]``, ``[resources]``). Never judges a row.
Read first: ``fetch.py`` (one fetch from its beginning to its end), then ``rules.py`` (what a mapping file may say);
``erp.py`` is one request with all that can go wrong, ``errors.py`` what is told about it.
"""
