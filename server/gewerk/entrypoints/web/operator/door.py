"""For people of the operator; others are asked to log in, or refused."""

from gewerk.entrypoints.web.doors import door, reader
from gewerk.identity.access import operates

__all__ = ["operating", "reader"]

operating = door(operates, edits=operates)
