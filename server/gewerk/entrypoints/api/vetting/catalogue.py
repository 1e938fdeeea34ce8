"""Services and kinds of evidence per country: everybody's, alike for all organisations."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query

from gewerk.catalogue.delivered import questions
from gewerk.catalogue.queries import catalogue_of, found_services
from gewerk.catalogue.shapes import Service
from gewerk.entrypoints.api.door import actor_of, answer, only_known
from gewerk.entrypoints.api.openapi import reads
from gewerk.entrypoints.api.vetting import answers
from gewerk.identity.models import Organisation

_TAGS: list[str] = ["catalogue"]


def add_to(api: NinjaAPI) -> None:
    @api.get(
        "/services",
        operation_id="list_services",
        summary="List the services of the catalogue",
        tags=_TAGS,
        response=reads(answers.ServicePage),
    )
    def list_services(request: HttpRequest, query: Query[answers.ServiceQuery]) -> HttpResponse:
        """By code: who may do them, what the gate asks for, what is asked. 404 for a country without a catalogue."""
        only_known(request, answers.ServiceQuery)
        found = found_services(query.country or _own_country(request), text=query.q or "", trade=query.trade or "")
        rest = [one for one in found if query.cursor is None or one.code > query.cursor]
        shown = rest[: query.limit]
        last = shown[-1].code if len(rest) > query.limit else None
        return answer({"items": [_service(one) for one in shown], "next_cursor": last})

    @api.get(
        "/evidence-kinds",
        operation_id="list_evidence_kinds",
        summary="List the kinds of evidence that firms show",
        tags=_TAGS,
        response=reads(answers.EvidenceKinds),
    )
    def list_kinds(request: HttpRequest, query: Query[answers.KindQuery]) -> HttpResponse:
        """Of one country, with the law each stands on."""
        only_known(request, answers.KindQuery)
        catalogue = catalogue_of(query.country or _own_country(request))
        items = [
            {
                "code": kind.code,
                "de": kind.names.de,
                "en": kind.names.en,
                "law": kind.law,
                "per_trade": kind.per_trade,
                "expires": kind.expires,
                "minimum_minor": kind.minimum_minor,
                "currency": catalogue.currency,
            }
            for kind in catalogue.evidence.values()
        ]
        return answer({"items": items})


def _own_country(request: HttpRequest) -> str:
    return str(Organisation.objects.values_list("country", flat=True).get(pk=actor_of(request).organisation_id))


def _service(one: Service) -> dict[str, Any]:
    asked = questions()
    return {
        "country": one.country,
        "code": one.code,
        "de": one.names.de,
        "en": one.names.en,
        "trades": one.trades,
        "gate": one.gate,
        "requirements": [{"kind": need.kind, "minimum_minor": need.minimum_minor} for need in one.requirements],
        "emergency": one.emergency,
        "minutes": one.minutes,
        "usual": one.usual,
        "questions": [{"code": code, "de": asked[code].de, "en": asked[code].en} for code in one.questions],
        "version": one.version,
    }
