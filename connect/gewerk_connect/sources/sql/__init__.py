"""Any database that SQLAlchemy reaches, one query per table. Read first: ``mapping.toml``."""
