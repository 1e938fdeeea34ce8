"""Plentific by its own API, as far as that is public.

Public are the token, the version in the path and the words for what there is (``manifest.toml``, ``read``). Paths and
field names are not, so they stand in ``mapping.toml``, which the customer may copy and edit. Nothing of this has been
tried against Plentific itself.
Read first: ``mapping.toml``, then ``target.py``.
"""
