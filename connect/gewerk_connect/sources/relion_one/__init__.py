"""RELion One (Business Central): OData v4, one company per client. Read first: ``manifest.toml``, then ``mapping.toml``."""
