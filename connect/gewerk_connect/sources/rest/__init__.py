"""Any REST interface that answers with JSON, described by a mapping file. Read first: ``mapping.toml``."""
