"""Tables of firms: ``profile`` is what a firm tells of itself, ``evidence`` what it shows to be vetted, ``listing`` what a manager
holds of it, ``crew`` own people.
"""

from gewerk.firms.models.crew import Crew, CrewKind, CrewMember
from gewerk.firms.models.evidence import Evidence, EvidenceReminder, EvidenceState, GateOverride
from gewerk.firms.models.listing import CostKind, FrameworkPrice, ListedFirm, Standing
from gewerk.firms.models.profile import AreaKind, FirmProfile, FirmService, FirmTrade

__all__ = [
    "AreaKind",
    "CostKind",
    "Crew",
    "CrewKind",
    "CrewMember",
    "Evidence",
    "EvidenceReminder",
    "EvidenceState",
    "FirmProfile",
    "FirmService",
    "FirmTrade",
    "FrameworkPrice",
    "GateOverride",
    "ListedFirm",
    "Standing",
]
