"""What the firm tells of itself, how its papers stand, and which services it may take."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query

from gewerk.entrypoints.api.door import actor_of, answer, body, if_match, in_turn, only_known
from gewerk.entrypoints.api.firm import shapes
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.entrypoints.api.orders.answers import ETAG
from gewerk.entrypoints.api.sides import FIRMS
from gewerk.entrypoints.api.vetting import answers
from gewerk.entrypoints.api.vetting.evidence import evidence_answer, gates_answer
from gewerk.firms.access import own_profile
from gewerk.firms.models import FirmProfile
from gewerk.firms.operations.list_firm import trades_of
from gewerk.firms.operations.write_profile import services_of, write_profile
from gewerk.identity.models import Organisation
from gewerk.journal.actor import Actor

_TAGS: list[str] = ["firm"]


def add_to(api: NinjaAPI) -> None:
    @api.get(
        "/firm/profile",
        operation_id="read_own_profile",
        summary="Read what the firm tells of itself",
        tags=_TAGS,
        response=reads(shapes.Profile, 403),
        openapi_extra=ETAG,
    )
    def read_profile(request: HttpRequest) -> HttpResponse:
        """Without the bank account, which only people see and change. The ETag goes with If-Match."""
        only_known(request)
        return _profile(FIRMS.reader(request))

    @api.patch(
        "/firm/profile",
        operation_id="change_own_profile",
        summary="Change what the firm tells of itself",
        tags=_TAGS,
        response=writes(shapes.Profile),
        openapi_extra={**takes("ProfileChange", shapes.PROFILE_IN, repeatable=False, conditional=True), **ETAG},
    )
    def change_profile(request: HttpRequest) -> HttpResponse:
        """Only the fields sent change. ``services`` empty: every service of the firm's trades."""
        only_known(request)
        version, sent, actor = if_match(request), body(request, shapes.PROFILE_IN), actor_of(request)
        trades, services = sent.pop("trades", None), sent.pop("services", None)
        with in_turn(request):
            write_profile(
                actor=actor, fields=sent, trades=trades, services=services, version=version, now=timezone.now()
            )
            return _profile(actor)

    @api.get(
        "/firm/evidence",
        operation_id="list_own_evidence",
        summary="List the evidence of the firm",
        tags=_TAGS,
        response=reads(answers.EvidencePage, 403),
    )
    def list_evidence(request: HttpRequest, query: Query[answers.EvidenceQuery]) -> HttpResponse:
        """How each paper stands, and until when it holds. New ones are sent on the firm's pages."""
        only_known(request, answers.EvidenceQuery)
        actor = FIRMS.reader(request)
        return evidence_answer(actor, _firm(actor), query)

    @api.get(
        "/firm/gates",
        operation_id="list_own_gates",
        summary="List which services the firm may take",
        tags=_TAGS,
        response=reads(answers.GatePage, 403),
    )
    def list_gates(request: HttpRequest, query: Query[answers.GateQuery]) -> HttpResponse:
        """The services that it offers, by code; what is missing where a gate is shut."""
        only_known(request, answers.GateQuery)
        return gates_answer(_firm(FIRMS.reader(request)), query)


def _firm(actor: Actor) -> Organisation:
    return Organisation.objects.get(pk=actor.organisation_id)


def _profile(actor: Actor) -> HttpResponse:
    firm = _firm(actor)
    one = own_profile(actor) or FirmProfile(firm=firm, version=0)
    row = {
        "name": firm.name,
        "contact_name": one.contact_name,
        "emergency_phone": one.emergency_phone,
        "website": one.website,
        "about": one.about,
        "languages": one.languages,
        "area_kind": one.area_kind,
        "area_postcodes": one.area_postcodes,
        "area_radius_km": one.area_radius_km,
        "capacity": one.capacity,
        "trades": trades_of(firm.pk),
        "services": services_of(firm.pk),
        "version": one.version,
    }
    return answer(row, headers={"ETag": f'"{one.version}"'})
