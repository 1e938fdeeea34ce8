"""Tables of the portfolio.

``stock`` is what stands and who lives there, ``record`` what all of it shares, ``integration`` the connector's reports.
"""

from gewerk.portfolio.models.integration import Integration, IntegrationRun, RunStatus
from gewerk.portfolio.models.record import ArchiveReason, FieldChange, OutsideReference, SavedView, Source
from gewerk.portfolio.models.stock import (
    Occupancy,
    PartyKind,
    PartyRole,
    Property,
    PropertyGroup,
    PropertyType,
    SubProperty,
    SubPropertyType,
    Tenure,
    Usage,
)

__all__ = [
    "ArchiveReason",
    "FieldChange",
    "Integration",
    "IntegrationRun",
    "Occupancy",
    "OutsideReference",
    "PartyKind",
    "PartyRole",
    "Property",
    "PropertyGroup",
    "PropertyType",
    "RunStatus",
    "SavedView",
    "Source",
    "SubProperty",
    "SubPropertyType",
    "Tenure",
    "Usage",
]
