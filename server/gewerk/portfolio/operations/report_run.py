"""Keep what a run of the connector did, so that the front page and Integrationen can show it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from gewerk.identity.access import edits_stock, require
from gewerk.journal.actor import Actor
from gewerk.journal.operations import record
from gewerk.kit.locks import one_at_a_time
from gewerk.portfolio.access import NotFound, integrations
from gewerk.portfolio.models import IntegrationRun
from gewerk.portfolio.operations.upsert import LOCK
from gewerk.portfolio.run_reports import RunReport

_EMPTY: dict[str, Any] = {"finished_at": None, "let_units": None, "vacant_units": None, "counts": {}, "skipped": {}}


def report_run(*, actor: Actor, integration_id: UUID, report: RunReport, now: datetime) -> tuple[IntegrationRun, bool]:
    """The run, and whether it is new. Reported again (same ``external_id``) it is replaced and keeps its number. Raises ``NotFound``."""
    require(edits_stock(actor))
    integration = integrations(actor).filter(pk=integration_id).first()
    if integration is None:
        raise NotFound
    one_at_a_time(LOCK, actor.organisation_id)
    findings = report.get("findings") or {"total": 0}
    fields: dict[str, Any] = {
        **_EMPTY,
        **{name: value for name, value in report.items() if name not in ("external_id", "findings", "message")},
        "findings_total": findings["total"],
        "findings_by_code": findings.get("by_code", {}),
        "findings": findings.get("items", []),
        "message": report.get("message") or "",
    }
    found = IntegrationRun.objects.filter(integration=integration, external_id=report["external_id"]).first()
    is_new = found is None
    if found is None:
        last = IntegrationRun.objects.filter(integration=integration).aggregate(last=Max("number"))["last"] or 0
        found = IntegrationRun.objects.create(
            integration=integration, external_id=report["external_id"], number=last + 1, created_at=now, **fields
        )
    else:
        for name, value in fields.items():
            setattr(found, name, value)
        found.save(update_fields=list(fields))
    record(
        actor=actor,
        event=f"integration_run.{found.status}",
        object_type="integration_run",
        object_id=found.pk,
        now=now,
        data={"number": found.number, "findings": found.findings_total},
    )
    return found, is_new
