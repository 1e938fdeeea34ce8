"""Integrations and runs as the API shows them."""

from typing import Any
from uuid import UUID

from gewerk.journal.actor import Actor
from gewerk.portfolio.access import NotFound, integration_runs, integrations
from gewerk.portfolio.models import Integration, IntegrationRun

Row = dict[str, Any]


def integration_rows(actor: Actor) -> list[Row]:
    return [integration_row(one) for one in integrations(actor).order_by("created_at", "id")]


def integration(actor: Actor, integration_id: UUID) -> Integration:
    """Raises ``NotFound``, for a foreign one too."""
    found = integrations(actor).filter(pk=integration_id).first()
    if found is None:
        raise NotFound
    return found


def run_page(actor: Actor, integration_id: UUID, *, before: int | None, limit: int) -> tuple[list[Row], int | None]:
    """Runs, the newest first, without the single findings; and the number to go on before. Raises ``NotFound``."""
    integration(actor, integration_id)
    rows = integration_runs(actor).filter(integration_id=integration_id).defer("findings").order_by("-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    found = list(rows[: limit + 1])
    shown = found[:limit]
    return [run_row(one, with_findings=False) for one in shown], shown[-1].number if len(found) > limit else None


def run(actor: Actor, integration_id: UUID, run_id: UUID) -> IntegrationRun:
    found = integration_runs(actor).filter(integration_id=integration_id, pk=run_id).first()
    if found is None:
        raise NotFound
    return found


def integration_row(one: Integration) -> Row:
    return {
        "id": one.pk,
        "external_id": one.external_id,
        "kind": one.kind,
        "name": one.name,
        "erp_name": one.erp_name or None,
        "connector_url": one.connector_url or None,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }


def run_row(one: IntegrationRun, *, with_findings: bool) -> Row:
    findings: Row = {"total": one.findings_total, "by_code": one.findings_by_code}
    if with_findings:
        findings["items"] = one.findings
    return {
        "id": one.pk,
        "integration_id": one.integration_id,
        "external_id": one.external_id,
        "number": one.number,
        "status": one.status,
        "as_of": one.as_of,
        "started_at": one.started_at,
        "finished_at": one.finished_at,
        "let_units": one.let_units,
        "vacant_units": one.vacant_units,
        "counts": one.counts,
        "skipped": one.skipped,
        "findings": findings,
        "message": one.message or None,
        "created_at": one.created_at,
    }
