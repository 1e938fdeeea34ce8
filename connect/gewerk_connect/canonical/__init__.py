"""The connector's own words, between every ERP and every target (spec 01, "Canonical model").

Owns the nouns. Never reads, judges or sends. Keys are the ERP's text, zeros and all.
"""

from gewerk_connect.canonical.findings import Finding, FindingCode, Origin
from gewerk_connect.canonical.judged import PUSH_ORDER, Entity, Judged, Key, Verdict
from gewerk_connect.canonical.model import (
    REQUIRED,
    TABLES,
    Building,
    Client,
    Contract,
    ContractParty,
    ContractUnit,
    EconomicEntity,
    Party,
    Unit,
)
from gewerk_connect.canonical.refusals import Refusal, SettingsError, SourceError

__all__ = [
    "PUSH_ORDER",
    "REQUIRED",
    "TABLES",
    "Building",
    "Client",
    "Contract",
    "ContractParty",
    "ContractUnit",
    "EconomicEntity",
    "Entity",
    "Finding",
    "FindingCode",
    "Judged",
    "Key",
    "Origin",
    "Party",
    "Refusal",
    "SettingsError",
    "SourceError",
    "Unit",
    "Verdict",
]
