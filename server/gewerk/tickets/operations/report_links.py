"""Make, revoke and rotate the links and QR codes through which people report without a login."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from gewerk.identity.access import edits_orders, require
from gewerk.journal.actor import Actor, ActorKind
from gewerk.journal.operations import record
from gewerk.kit.refusals import Refusal, RefusalKind
from gewerk.portfolio.models import Property, SubProperty
from gewerk.tickets import events
from gewerk.tickets.models import ReportLink


class AlreadyRevoked(Refusal):
    kind = RefusalKind.CONFLICT
    code = "already_revoked"
    message = _("This link was revoked already.")


def create_link(
    *, actor: Actor, property: Property, unit: SubProperty | None = None, note: str = "", now: datetime
) -> ReportLink:
    """The door fetched property and unit through ``portfolio.access``."""
    require(edits_orders(actor))
    made = ReportLink.objects.create(
        organisation_id=actor.organisation_id,
        property=property,
        unit=unit,
        note=note.replace("\x00", "").strip()[:100],
        created_at=now,
        created_by_id=actor.id if actor.kind is ActorKind.PERSON else None,
    )
    _told(actor, events.LINK_CREATED, made, now)
    return made


def revoke_link(*, actor: Actor, link: ReportLink, now: datetime) -> None:
    """From now on the address opens a page that says whom to call. Raises AlreadyRevoked."""
    require(edits_orders(actor))
    if not ReportLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(revoked_at=now):
        raise AlreadyRevoked
    _told(actor, events.LINK_REVOKED, link, now)


def rotate_link(*, actor: Actor, link: ReportLink, now: datetime) -> ReportLink:
    """Revoke it and make another for the same place: after a sheet was torn down or a code got around. Raises AlreadyRevoked."""
    revoke_link(actor=actor, link=link, now=now)
    made = create_link(actor=actor, property=link.property, unit=link.unit, note=link.note, now=now)
    ReportLink.objects.filter(pk=link.pk).update(replaced_by=made)
    return made


def _told(actor: Actor, event: str, link: ReportLink, now: datetime) -> None:
    record(
        actor=actor,
        event=event,
        object_type="report_link",
        object_id=link.pk,
        now=now,
        data={"property": str(link.property_id), "unit": str(link.unit_id) if link.unit_id else None},
    )
