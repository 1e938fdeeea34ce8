"""May this firm take this service here and today? One question, one place: the manager's own list, then the firm's evidence."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from gewerk.firms.gates import may_be_awarded
from gewerk.firms.models import ListedFirm, Standing


@dataclass(frozen=True, slots=True)
class GateAnswer:
    open: bool
    missing: tuple[str, ...] = ()
    """``listing``, ``blocked``, or kinds of evidence of the country's catalogue."""


def may_take(*, organisation_id: UUID, firm_id: UUID, service: str, country: str, on: date) -> GateAnswer:
    """For the manager ``organisation_id``. A request that names no service asks for no evidence: the manager's list alone counts."""
    standing = (
        ListedFirm.objects.filter(organisation_id=organisation_id, firm_id=firm_id)
        .values_list("standing", flat=True)
        .first()
    )
    if standing is None:
        return GateAnswer(open=False, missing=("listing",))
    if standing == Standing.BLOCKED:
        return GateAnswer(open=False, missing=("blocked",))
    if not service:
        return GateAnswer(open=True)
    found = may_be_awarded(organisation_id, firm_id, service, country, on)
    return GateAnswer(open=found.open, missing=() if found.open else tuple(one.kind for one in found.missing))
