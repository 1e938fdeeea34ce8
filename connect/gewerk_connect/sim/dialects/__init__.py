"""One module per ERP: where it listens, whom it lets in, how its rows and pages look. Read first: ``dialect.py``.

A dialect decides nothing about faults and knows no network. The words of an ERP stand in its module only.
"""

from collections.abc import Callable
from datetime import datetime

from gewerk_connect.sim.dialects.dialect import Dialect
from gewerk_connect.sim.dialects.gap_immotion import GapImmotion
from gewerk_connect.sim.dialects.relion_one import RelionOne
from gewerk_connect.sim.dialects.sap_blue_eagle import SapBlueEagle
from gewerk_connect.sim.dialects.uts_karthago import UtsKarthago
from gewerk_connect.sim.dialects.wodis_sigma import WodisSigma
from gewerk_connect.sim.dialects.wodis_yuneo import WodisYuneo

KINDS = ("wodis-sigma", "wodis-yuneo", "gap-immotion", "relion-one", "sap-blue-eagle", "uts-karthago")

__all__ = ["KINDS", "Dialect", "all_dialects"]


def all_dialects(clock: Callable[[], datetime], started_at: datetime) -> dict[str, Dialect]:
    """New ones for every simulator: tokens and given numbers are its own."""
    made: tuple[Dialect, ...] = (
        *(WodisSigma(), WodisYuneo(clock), GapImmotion(), RelionOne(clock, started_at), SapBlueEagle(), UtsKarthago()),
    )
    return {dialect.kind: dialect for dialect in made}
