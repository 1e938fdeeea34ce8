"""Pages of a tradesperson's firm. Today: its own company data."""
