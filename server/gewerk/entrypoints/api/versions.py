"""The published versions. A version changes only compatibly; the next one becomes a second ``NinjaAPI`` beside it."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from gewerk.entrypoints.api import integrations, master_data, problems, token
from gewerk.entrypoints.api.door import Bearer, too_large
from gewerk.entrypoints.api.firm import profile, quoting, reputation, work
from gewerk.entrypoints.api.orders import approvals, firms, work_orders
from gewerk.entrypoints.api.orders import files as order_files
from gewerk.entrypoints.api.quotes import awarding, finding, requests
from gewerk.entrypoints.api.ratings import ratings
from gewerk.entrypoints.api.tickets import files, report_links, tickets
from gewerk.entrypoints.api.vetting import catalogue, evidence
from gewerk.entrypoints.api.visits import completions, visits
from gewerk.identity.operations.issue_token import InvalidToken
from gewerk.kit.refusals import Refusal

LATEST = "2026-11-01"

_DESCRIPTION = """Master data of property managers and the runs of their ERP connectors.

Get a token with `POST /token` (client id and secret from Account > API keys), send it as `Authorization: Bearer ...`.
Errors are problem documents (RFC 9457) with a stable code at the end of `type`; texts follow `Accept-Language` (de, en).
"""


def _version(version: str) -> NinjaAPI:
    api = NinjaAPI(
        title="Gewerk API",
        version=version,
        description=_DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        auth=Bearer(),
        urls_namespace=f"api-{version}",
        servers=[{"url": "/", "description": "This installation"}],
    )
    token.add_to(api)
    master_data.add_to(api)
    integrations.add_to(api)
    tickets.add_to(api)
    files.add_to(api)
    report_links.add_to(api)
    work_orders.add_to(api)
    order_files.add_to(api)
    approvals.add_to(api)
    firms.add_to(api)
    catalogue.add_to(api)
    evidence.add_to(api)
    visits.add_to(api)
    completions.add_to(api)
    completions.add_files_to(api)
    requests.add_to(api)
    awarding.add_to(api)
    ratings.add_to(api)
    finding.add_to(api)
    quoting.add_to(api)
    reputation.add_to(api)
    work.add_to(api)
    profile.add_to(api)
    _translate(api)
    return api


def _translate(api: NinjaAPI) -> None:
    """Every exception becomes a problem document."""

    def refused(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001 - ninja's signature
        return problems.of_refusal(error)

    def unauthenticated(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001
        return problems.of_refusal(InvalidToken())

    def invalid(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001
        if any(one["loc"][0] == "path" for one in error.errors):
            return problems.problem(404, "not_found")
        # ninja names the parameter's place as (query, <argument>, <field>) or (query, <field>).
        errors = [{**one, "loc": ("query", one["loc"][-1])} for one in error.errors]
        return problems.of_refusal(problems.InvalidInput(problems=problems.problems_of(errors)))

    def too_big(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001
        return too_large()

    def busy(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001
        return problems.busy()

    api.add_exception_handler(Refusal, refused)
    api.add_exception_handler(AuthenticationError, unauthenticated)
    api.add_exception_handler(ValidationError, invalid)
    api.add_exception_handler(RequestDataTooBig, too_big)
    api.add_exception_handler(OperationalError, busy)
    api.add_exception_handler(InterfaceError, busy)
    api.add_exception_handler(Exception, problems.failed)


VERSIONS: dict[str, NinjaAPI] = {LATEST: _version(LATEST)}
