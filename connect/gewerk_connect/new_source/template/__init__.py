"""Neues ERP: a folder of CSV files, one per table. Read first: ``manifest.toml``, then ``mapping.toml``."""
