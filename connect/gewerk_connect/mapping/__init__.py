"""From judged rows to what the target gets: ids and payloads in the words of the public API (spec 02, "Fields").

Owns the rendering. Never decides whether a record is sent. Read first: ``ids``, then ``payloads``.
"""

from gewerk_connect.mapping.ids import Ids, separators_in
from gewerk_connect.mapping.payloads import Payloads

__all__ = ["Ids", "Payloads", "separators_in"]
