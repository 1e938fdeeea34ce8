"""For people who manage the stock: others are asked to log in, or refused (firms, tenants, operators)."""

from gewerk.entrypoints.web.doors import door, reader
from gewerk.identity.access import edits_stock, sees_stock

__all__ = ["managing", "reader"]

managing = door(sees_stock, edits=edits_stock)
