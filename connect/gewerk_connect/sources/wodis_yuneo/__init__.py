"""Wodis Yuneo: a REST interface with cursors and tokens. Read first: ``manifest.toml``, then ``mapping.toml``."""
