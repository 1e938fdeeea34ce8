"""May this firm take this service here and today? One question, one place: whoever vets firms answers it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from gewerk.firms.models import ListedFirm, Standing


@dataclass(frozen=True, slots=True)
class GateAnswer:
    open: bool
    missing: tuple[str, ...] = ()
    """What is missing or expired, in words or codes of the one who answers."""


def may_take(
    *,
    organisation_id: UUID,
    firm_id: UUID,
    service: str,  # noqa: ARG001 - asked of the evidence per trade and service
    country: str,  # noqa: ARG001
    on: date,  # noqa: ARG001
) -> GateAnswer:
    """For the manager ``organisation_id``: the firm is on its list and not blocked there."""
    standing = (
        ListedFirm.objects.filter(organisation_id=organisation_id, firm_id=firm_id)
        .values_list("standing", flat=True)
        .first()
    )
    if standing is None:
        return GateAnswer(open=False, missing=("listing",))
    return GateAnswer(open=standing != Standing.BLOCKED, missing=("blocked",) if standing == Standing.BLOCKED else ())
