"""Make a connection of an ERP known, or take over its new name and address."""

from datetime import datetime

from gewerk.identity.access import edits_stock, require
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.locks import one_at_a_time
from gewerk.portfolio.models import Integration
from gewerk.portfolio.operations.create import ExternalIdTaken
from gewerk.portfolio.operations.outcome import problem
from gewerk.portfolio.operations.upsert import LOCK
from gewerk.portfolio.run_reports import IntegrationReport


def connect_integration(*, actor: Actor, report: IntegrationReport, now: datetime) -> tuple[Integration, bool]:
    """The integration, and whether it is new. Keyed by ``external_id``; what is left out stays as it is.

    Raises ``ExternalIdTaken`` for a key that is limited to another client.
    """
    require(edits_stock(actor))
    one_at_a_time(LOCK, actor.organisation_id)
    found = Integration.objects.filter(organisation_id=actor.organisation_id, external_id=report["external_id"]).first()
    fields = {name: value or "" for name, value in report.items() if name != "external_id"}
    if found is None:
        found = Integration.objects.create(
            organisation_id=actor.organisation_id,
            external_id=report["external_id"],
            client_number=actor.client_number or "",
            created_at=now,
            updated_at=now,
            **fields,
        )
        record(actor=actor, event="integration.created", object_type="integration", object_id=found.pk, now=now)
        return found, True
    if actor.client_number and found.client_number != actor.client_number:
        raise ExternalIdTaken(problems=problem("external_id_taken", "/external_id").errors)
    changed = sorted(name for name, value in fields.items() if getattr(found, name) != value)
    if changed:
        for name in changed:
            setattr(found, name, fields[name])
        found.updated_at = now
        found.save(update_fields=[*changed, "updated_at"])
        record(
            actor=actor,
            event="integration.updated",
            object_type="integration",
            object_id=found.pk,
            now=now,
            data={"fields": changed},
        )
    return found, False
