"""Any OData v4 service, described by a mapping file. Read first: ``mapping.toml``."""
