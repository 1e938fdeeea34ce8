"""Integrations and what their runs did (spec 02, integration runs)."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query
from pydantic import TypeAdapter

from gewerk.entrypoints.api import schemas
from gewerk.entrypoints.api.door import actor_of, answer, body, once, only_known
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.portfolio.operations.connect_integration import connect_integration
from gewerk.portfolio.operations.report_run import report_run
from gewerk.portfolio.queries import integrations_for_programs as shown
from gewerk.portfolio.run_reports import IntegrationReport, RunReport

_INTEGRATION: TypeAdapter[IntegrationReport] = TypeAdapter(IntegrationReport)
_RUN: TypeAdapter[RunReport] = TypeAdapter(RunReport)
_TAGS: list[str] = ["integrations"]


def add_to(api: NinjaAPI) -> None:
    @api.post(
        "/integrations",
        operation_id="put_integration",
        summary="Make a connection of an ERP known, or change it",
        tags=_TAGS,
        response=writes(schemas.Integration, 200, 201),
        openapi_extra=takes("IntegrationReport", _INTEGRATION),
    )
    def put_integration(request: HttpRequest) -> HttpResponse:
        """Keyed by external_id: 201 when it is new."""
        only_known(request)
        report = body(request, _INTEGRATION)

        def act() -> HttpResponse:
            found, is_new = connect_integration(actor=actor_of(request), report=report, now=timezone.now())
            return answer(shown.integration_row(found), status=201 if is_new else 200)

        return once(request, act)

    @api.get(
        "/integrations",
        operation_id="list_integrations",
        summary="List integrations",
        tags=_TAGS,
        response=reads(schemas.IntegrationPage),
    )
    def list_integrations(request: HttpRequest) -> HttpResponse:
        only_known(request)
        return answer({"items": shown.integration_rows(actor_of(request)), "next_cursor": None})

    @api.get(
        "/integrations/{integration_id}",
        operation_id="read_integration",
        summary="Read one integration",
        tags=_TAGS,
        response=reads(schemas.Integration),
    )
    def read_integration(request: HttpRequest, integration_id: UUID) -> HttpResponse:
        only_known(request)
        return answer(shown.integration_row(shown.integration(actor_of(request), integration_id)))

    @api.post(
        "/integrations/{integration_id}/runs",
        operation_id="put_run",
        summary="Report what a run did",
        tags=_TAGS,
        response=writes(schemas.Run, 200, 201),
        openapi_extra=takes("RunReport", _RUN),
    )
    def put_run(request: HttpRequest, integration_id: UUID) -> HttpResponse:
        """Keyed by external_id: reported again it replaces what was reported before. Never personal data."""
        only_known(request)
        report = body(request, _RUN)

        def act() -> HttpResponse:
            run, is_new = report_run(
                actor=actor_of(request), integration_id=integration_id, report=report, now=timezone.now()
            )
            return answer(shown.run_row(run, with_findings=True), status=201 if is_new else 200)

        return once(request, act)

    @api.get(
        "/integrations/{integration_id}/runs",
        operation_id="list_runs",
        summary="List runs, the newest first",
        tags=_TAGS,
        response=reads(schemas.RunPage),
    )
    def list_runs(request: HttpRequest, integration_id: UUID, query: Query[schemas.RunQuery]) -> HttpResponse:
        """Without the single findings; a single run has them."""
        only_known(request, schemas.RunQuery)
        before = None if query.cursor is None else int(query.cursor)
        items, last = shown.run_page(actor_of(request), integration_id, before=before, limit=query.limit)
        return answer({"items": items, "next_cursor": None if last is None else str(last)})

    @api.get(
        "/integrations/{integration_id}/runs/{run_id}",
        operation_id="read_run",
        summary="Read one run with its findings",
        tags=_TAGS,
        response=reads(schemas.Run),
    )
    def read_run(request: HttpRequest, integration_id: UUID, run_id: UUID) -> HttpResponse:
        only_known(request)
        run: Any = shown.run(actor_of(request), integration_id, run_id)
        return answer(shown.run_row(run, with_findings=True))
