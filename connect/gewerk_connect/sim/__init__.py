"""The simulated ERP: one HTTP server that speaks the dialect of every ERP from one export, with faults on demand.

Owns: loading an export with code of its own, the dialects' answers, the faults, and changes by hand. It is the
counterpart of the readers in ``gewerk_connect.sources``, in tests and in the demo, so it never imports them (nor any
other stage of the river): a mistake must not be made on both sides alike. Holds everything in memory, keeps nothing.
Read first: ``DIALECTS.md`` (what is spoken), then ``simulator.py`` (how a request becomes an answer).
"""

from gewerk_connect.sim.exports import Export, open_export
from gewerk_connect.sim.server import SimulatedErp

__all__ = ["Export", "SimulatedErp", "open_export"]
