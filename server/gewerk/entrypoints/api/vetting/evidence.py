"""Evidence of the firms on the own list, and the gates of the services that they offer."""

from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query

from gewerk.entrypoints.api.door import actor_of, answer, only_known
from gewerk.entrypoints.api.openapi import reads
from gewerk.entrypoints.api.vetting import answers
from gewerk.firms.access import listed_firm_for
from gewerk.firms.models import Evidence, EvidenceState
from gewerk.firms.queries.onboarding import gates_of
from gewerk.firms.queries.vetting import evidence_page
from gewerk.identity.models import Organisation
from gewerk.journal.actor import Actor

_TAGS: list[str] = ["firms"]


def add_to(api: NinjaAPI) -> None:
    @api.get(
        "/firms/{firm_id}/evidence",
        operation_id="list_firm_evidence",
        summary="List the evidence of a firm of the own list",
        tags=_TAGS,
        response=reads(answers.EvidencePage, 403),
    )
    def list_evidence(request: HttpRequest, firm_id: UUID, query: Query[answers.EvidenceQuery]) -> HttpResponse:
        """What it shows, whether a second person confirmed it, until when it holds."""
        only_known(request, answers.EvidenceQuery)
        actor = actor_of(request)
        return evidence_answer(actor, listed_firm_for(actor, firm_id).firm, query)

    @api.get(
        "/firms/{firm_id}/gates",
        operation_id="list_firm_gates",
        summary="List which services a firm may take",
        tags=_TAGS,
        response=reads(answers.GatePage, 403),
    )
    def list_gates(request: HttpRequest, firm_id: UUID, query: Query[answers.GateQuery]) -> HttpResponse:
        """The services that it offers, by code; what is missing where a gate is shut. By the evidence alone, without overrides."""
        only_known(request, answers.GateQuery)
        return gates_answer(listed_firm_for(actor_of(request), firm_id).firm, query)


def evidence_answer(actor: Actor, firm: Organisation, query: answers.EvidenceQuery) -> HttpResponse:
    found, last = evidence_page(actor, firm_id=firm.pk, after=query.cursor, limit=query.limit)
    items = [_evidence(one, _today(firm)) for one in found]
    return answer({"items": items, "next_cursor": None if last is None else str(last)})


def gates_answer(firm: Organisation, query: answers.GateQuery) -> HttpResponse:
    found = [
        (one, gate)
        for one, gate in gates_of(firm, on=query.on or _today(firm))
        if (query.service is None or one.code == query.service)
        and (query.open is None or gate.open is query.open)
        and (query.cursor is None or one.code > query.cursor)
    ]
    shown = found[: query.limit]
    items = [
        {
            "service": one.code,
            "open": gate.open,
            "missing": [
                {
                    "kind": gap.kind,
                    "why": gap.why.value,
                    "minimum_minor": gap.minimum_minor,
                    "expired_on": gap.expired_on,
                }
                for gap in gate.missing
            ],
        }
        for one, gate in shown
    ]
    return answer({"items": items, "next_cursor": shown[-1][0].code if len(found) > query.limit else None})


def _today(firm: Organisation) -> date:
    return timezone.now().astimezone(ZoneInfo(firm.time_zone)).date()


def _evidence(one: Evidence, today: date) -> dict[str, Any]:
    ended = one.valid_until is not None and one.valid_until < today
    return {
        "id": one.pk,
        "kind": one.kind,
        "trades": one.trades,
        "state": one.state,
        "expired": one.state == EvidenceState.CONFIRMED and ended,
        "valid_from": one.valid_from,
        "valid_until": one.valid_until,
        "insured_minor": one.insured_minor,
        "currency": one.currency or None,
        "submitted_at": one.submitted_at,
        "decided_at": one.decided_at,
    }
