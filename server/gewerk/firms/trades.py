"""The trades in which firms work: those of the catalogue, which is where they are written down."""

from gewerk.catalogue.trades import TRADES, trade_name

__all__ = ["TRADES", "trade_name"]
