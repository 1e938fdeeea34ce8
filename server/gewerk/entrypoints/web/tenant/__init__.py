"""Pages of a tenant. Today: their own tenancy and whom to ask."""
