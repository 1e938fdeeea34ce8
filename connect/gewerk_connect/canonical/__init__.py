"""The connector's own words, between every ERP and every target (spec 01, "Canonical model").

Owns the nouns. Never reads, judges or sends. Keys are the ERP's text, zeros and all.
"""

from gewerk_connect.canonical.findings import Finding, FindingCode, Origin
from gewerk_connect.canonical.judged import PUSH_ORDER, Entity, Judged, Key, Verdict
from gewerk_connect.canonical.model import (
    Address,
    Building,
    Client,
    Contract,
    ContractParty,
    EconomicEntity,
    Party,
    Unit,
)

__all__ = [
    "PUSH_ORDER",
    "Address",
    "Building",
    "Client",
    "Contract",
    "ContractParty",
    "EconomicEntity",
    "Entity",
    "Finding",
    "FindingCode",
    "Judged",
    "Key",
    "Origin",
    "Party",
    "Unit",
    "Verdict",
]
