"""A manager's administrator goes on although something has expired: with a reason, for some days, in the journal."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gewerk.firms.access import listed_firm_for
from gewerk.firms.gates import Why, may_take
from gewerk.firms.models import GateOverride, Standing
from gewerk.identity.access import require, settles_gates
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind

DAYS = 14
"""How long an override holds, its first day counted: long enough to award, too short to become the rule."""


class OverrideIsInvalid(Refusal):
    code = "override_invalid"
    message = _("Say why the firm shall take it although something has expired.")


class GateIsOpen(Refusal):
    kind = RefusalKind.CONFLICT
    code = "gate_open"
    message = _("Nothing is in the way: the firm may take this service.")


class GateStaysShut(Refusal):
    kind = RefusalKind.CONFLICT
    code = "gate_stays_shut"
    message = _(
        "Only evidence that has expired can be overridden. Here something was never confirmed, or the trade is another."
    )


def override_gate(
    *, actor: Actor, firm_id: UUID, service_code: str, country: str, reason: str, on: date, now: datetime
) -> GateOverride:
    """From ``on`` for ``DAYS``, for the actor's organisation alone.

    Raises FirmNotFound, ServiceNotFound, OverrideIsInvalid, GateIsOpen, GateStaysShut, FORBIDDEN.
    """
    require(settles_gates(actor))
    listed = listed_firm_for(actor, firm_id)
    if not reason.strip():
        problem = FieldProblem("/reason", "required", str(OverrideIsInvalid.message))
        raise OverrideIsInvalid(problems=(problem,))
    found = may_take(firm_id, service_code, country, on)
    if found.open:
        raise GateIsOpen
    if listed.standing == Standing.BLOCKED or any(one.why is not Why.EXPIRED for one in found.missing):
        raise GateStaysShut
    assert actor.id is not None
    made = GateOverride.objects.create(
        organisation_id=actor.organisation_id,
        firm_id=firm_id,
        country=country,
        service_code=service_code,
        kinds=[one.kind for one in found.missing],
        reason=reason.strip()[:4000],
        made_by_id=actor.id,
        made_at=now,
        valid_from=on,
        valid_until=on + timedelta(days=DAYS - 1),
    )
    record(
        actor=actor,
        event="firm.gate_overridden",
        object_type="firm",
        object_id=firm_id,
        now=now,
        data={"override_id": str(made.pk), "service": service_code, "country": country, "kinds": made.kinds},
    )
    return made
