"""The neutral folder: CSV or XLSX tables with the connector's own column names. Read first: ``mapping.toml``."""
