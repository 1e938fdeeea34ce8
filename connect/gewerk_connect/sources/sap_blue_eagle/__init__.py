"""SAP Blue Eagle (RE-FX): one workbook, one sheet per table. Read first: ``manifest.toml``, then ``mapping.toml``."""
