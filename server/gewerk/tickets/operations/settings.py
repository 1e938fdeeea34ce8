"""What an organisation tells whoever reports: the emergency number, the office's hours."""

from datetime import datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import manages_company, require
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.refusals import FieldProblem, Refusal
from gewerk.tickets import events
from gewerk.tickets.models import ReportingSettings


class HoursAreInvalid(Refusal):
    code = "office_hours_invalid"
    message = _("The office must open before it closes, and both times are needed.")


def save_settings(
    *, actor: Actor, emergency_phone: str, office_opens: time | None, office_closes: time | None, now: datetime
) -> ReportingSettings:
    """Raises HoursAreInvalid."""
    require(manages_company(actor))
    if (office_opens is None) != (office_closes is None) or (
        office_opens is not None and office_closes is not None and office_opens >= office_closes
    ):
        raise HoursAreInvalid(problems=(FieldProblem("/office_closes", "invalid", str(HoursAreInvalid.message)),))
    found, _new = ReportingSettings.objects.select_for_update().get_or_create(organisation_id=actor.organisation_id)
    wanted: dict[str, Any] = {
        "emergency_phone": emergency_phone.strip()[:40],
        "office_opens": office_opens,
        "office_closes": office_closes,
    }
    changed = [name for name, value in wanted.items() if getattr(found, name) != value]
    if changed:
        for name in changed:
            setattr(found, name, wanted[name])
        found.save()
        record(
            actor=actor,
            event=events.SETTINGS_UPDATED,
            object_type="organisation",
            object_id=actor.organisation_id,
            now=now,
            data={"fields": changed},
        )
    return found
