"""UTS KARTHAGO: a folder of JSON files ``{anzahl, daten}``. Read first: ``manifest.toml``, then ``mapping.toml``."""
