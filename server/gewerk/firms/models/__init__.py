"""Tables of firms: ``profile`` is what a firm tells of itself, ``listing`` what a manager holds of it, ``crew`` own people."""

from gewerk.firms.models.crew import Crew, CrewKind, CrewMember
from gewerk.firms.models.listing import CostKind, FrameworkPrice, ListedFirm, Standing
from gewerk.firms.models.profile import AreaKind, FirmProfile, FirmTrade

__all__ = [
    "AreaKind",
    "CostKind",
    "Crew",
    "CrewKind",
    "CrewMember",
    "FirmProfile",
    "FirmTrade",
    "FrameworkPrice",
    "ListedFirm",
    "Standing",
]
