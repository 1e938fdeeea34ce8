"""What the upper river (read, translate, rules, map) hands to the lower one (diff, plan, push): judged records."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from gewerk_connect.canonical.findings import Origin

Key = tuple[str, ...]
"""The ERP's key parts in the order of the composite id, as the ERP writes them (``("1", "9", "66")``)."""


class Entity(StrEnum):
    PROPERTY = "property"
    UNIT = "unit"
    LANDLORD = "landlord"
    TENANT = "tenant"


PUSH_ORDER = (Entity.PROPERTY, Entity.UNIT, Entity.LANDLORD, Entity.TENANT)
"""Order of the push; archiving runs in the reverse order (spec 01, "A run")."""


class Verdict(StrEnum):
    SEND = "send"
    LEFT_OUT = "left_out"
    """Not to be sent by a rule or a filter: a record sent earlier is archived (or kept and flagged, rule 6)."""
    HELD = "held"
    """Broken in the source: not sent, and a record sent earlier stays as it was."""


@dataclass(slots=True)
class Judged:
    """One record of the source after the rules."""

    entity: Entity
    key: Key
    external_id: str
    verdict: Verdict
    reason: str | None
    """With LEFT_OUT and HELD: ``tenant_without_email``, ``ended``, ``not_yet``, ``client_filter``, ``object_filter``,
    ``usage_filter``, ``vacant_filter``, ``co_tenant_filter`` or the FindingCode that held it."""
    record: bytes | None
    """What the target gets, as canonical JSON (``diff.fields.payload_bytes``); only with ``Verdict.SEND``."""
    origin: Origin

    @property
    def payload(self) -> dict[str, Any] | None:
        """The record's fields without its name and type."""
        if self.record is None:
            return None
        fields: dict[str, Any] = orjson.loads(self.record)
        del fields["external_id"]
        fields.pop("type", None)
        return fields
