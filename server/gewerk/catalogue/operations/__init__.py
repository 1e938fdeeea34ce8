"""Verbs of the catalogue: ``edit_service`` (the operator's), ``pin_service`` (whoever refers to a service)."""
