"""Every operation of the published schema, tried with a key of another organisation: object addresses are not found, lists are
empty, references are unknown. What is open to everybody stands in ``PUBLIC``; an operation that is new must find its place here."""

import re

import orjson
import pytest
from django.apps import apps
from gewerk.entrypoints.api.openapi import schema_of
from gewerk.entrypoints.api.versions import LATEST, VERSIONS
from gewerk.files.models import FileLink, StoredFile
from gewerk.journal.models import Entry
from gewerk.marketplace.models import ASPECTS, Question, Rating
from gewerk.portfolio.models import Integration, Property, PropertyGroup, SubProperty
from gewerk.projects.items import Line
from gewerk.projects.operations import approvals
from gewerk.projects.operations.award import award_to_firm
from gewerk.projects.operations.variations import ask_for_variation
from gewerk.scheduling.models import Completion, Visit
from gewerk.tickets.models import ReportLink

pytestmark = pytest.mark.django_db

PUBLIC = {("post", "/token")}
PUBLIC_PAGES = {f"/api/{LATEST}/openapi.json", "/api/docs", "/api/latest/properties"}
SCHEMA = schema_of(VERSIONS[LATEST])
OPERATIONS = [
    (method, path.removeprefix(f"/api/{LATEST}"))
    for path, operations in SCHEMA["paths"].items()
    for method in operations
]
RUN = {"external_id": "r", "status": "succeeded", "as_of": "2026-11-22", "started_at": "2026-11-22T02:00:00Z"}


@pytest.fixture
def foreign(api, stock, factories):
    """Objects of another organisation: path -> id, and everything that they hold."""
    (group,) = api.upsert("property-groups", {"external_id": "1-9", "name": "WE"})
    integration = api.post("/integrations", {"external_id": "c", "kind": "k", "name": "n"}).json()["id"]
    run = api.post(f"/integrations/{integration}/runs", RUN).json()["id"]
    return {
        "properties": stock[0]["id"],
        "sub-properties": stock[1]["id"],
        "property-groups": group["id"],
        "integrations": integration,
        "run": run,
        **orders_of(api.organisation, factories),
        **tickets_of(Property.objects.get(pk=stock[0]["id"]), factories),
    }


def visit_of(organisation, order, factories):
    """A proposed visit, and a completion on its way."""
    now = factories.NOW
    kept = {"organisation": organisation, "order": order}
    visit = Visit.objects.create(**kept, number=1, state="proposed", state_at=now, created_at=now, updated_at=now)
    completion = Completion.objects.create(**kept, sent_for_id=organisation.pk, captured_at=now, received_at=now)
    return {"visit_id": str(visit.pk), "completion_id": str(completion.pk)}


def tickets_of(prop, factories):
    """A ticket with a photo, and a report link: the name of the address's parameter -> id."""
    ticket, now = factories.ticket(prop), factories.NOW
    link = ReportLink.objects.create(organisation=prop.organisation, property=prop, created_at=now)
    kept = {"organisation_id": prop.organisation_id}
    file = StoredFile.objects.create(
        **kept, kind="image", media_type="image/jpeg", sha256="0" * 64, size=1, stored_bytes=1, created_at=now
    )
    FileLink.objects.create(
        **kept, file=file, object_type="ticket", object_id=ticket.pk, name="a.jpg", linked_at=now, actor_kind="key"
    )
    return {"ticket_id": str(ticket.pk), "link_id": str(link.pk), "file_id": str(file.pk)}


def quotes_of(organisation, admin, factories):
    """An opened request with a quote and a question."""
    firm = factories.firm(organisation)
    order = factories.work_order(factories.property_(organisation))
    request = factories.quote_request(order, firm, admin=admin)
    invitation = request.invitations.get()
    question = Question.objects.create(request=request, invitation=invitation, text="Wann?", asked_at=factories.NOW)
    quote = factories.quote(invitation)
    factories.opened(request)
    rating = Rating.objects.create(
        order=factories.work_order(order.property, firm=firm, state="accepted"),
        organisation=organisation,
        firm=firm,
        rated_by="manager",
        rated_at=factories.NOW,
        **dict.fromkeys(ASPECTS, 4),
    )
    return {
        "request_id": str(request.pk),
        "question_id": str(question.pk),
        "quote_id": str(quote.pk),
        "invitation_id": str(invitation.pk),
        "rating_id": str(rating.pk),
    }


def orders_of(organisation, factories):
    """An order with all that hangs on it: the name of the address's parameter -> id."""
    admin = factories.acting(factories.person(organisation))
    firm, caretaker = factories.firm(organisation), factories.person(organisation, role="caretaker")
    order = factories.work_order(factories.property_(organisation))
    award_to_firm(actor=admin, order_id=order.pk, firm_id=firm.pk, now=factories.NOW)
    lines = [Line("Rohr", 1000, "m", 500, 1900)]
    variation = ask_for_variation(actor=admin, order_id=order.pk, reason="Mehr", lines=lines, now=factories.NOW)
    approval = approvals.ask_for_variation(actor=admin, variation_id=variation.pk, now=factories.NOW)
    return {
        **quotes_of(organisation, admin, factories),
        **visit_of(organisation, order, factories),
        "order_id": str(order.pk),
        "variation_id": str(variation.pk),
        "approval_id": str(approval.pk),
        "firm_id": str(firm.pk),
        "price_id": str(factories.framework_price(organisation, firm).pk),
        "crew_id": str(factories.crew(organisation, caretaker).pk),
        "person_id": str(caretaker.pk),
    }


def rows():
    kept = (Property, SubProperty, PropertyGroup, Integration, *apps.get_app_config("projects").get_models())
    kept += tuple(apps.get_app_config("firms").get_models())
    kept += (*apps.get_app_config("tickets").get_models(), *apps.get_app_config("files").get_models())
    kept += tuple(apps.get_app_config("scheduling").get_models())
    kept += tuple(apps.get_app_config("marketplace").get_models())
    return [sorted(map(repr, model._default_manager.values_list())) for model in kept]


BODIES = {
    "/firm/standing/appeal": {"text": "Bitte"},
    "/firm/profile": None,
    "/properties/upsert": {"records": [{"external_id": "n", "group_external_ids": ["1-9"]}]},
    "/sub-properties/upsert": {
        "records": [
            {"type": "unit", "external_id": "u", "property_external_id": "1-9-66"},
            {"type": "tenant", "external_id": "t", "unit_external_ids": ["1-9-66-2"]},
        ]
    },
    "/property-groups/upsert": None,
    "/properties/archive": {"records": [{"external_id": "1-9-66", "reason": "vanished"}]},
    "/sub-properties/archive": {"records": [{"type": "unit", "external_id": "1-9-66-2", "reason": "vanished"}]},
    "/property-groups/archive": {"records": [{"external_id": "1-9", "reason": "vanished"}]},
    "/properties/rename": {"records": [{"external_id": "1-9-66", "new_external_id": "1_9_66"}]},
    "/sub-properties/rename": {"records": [{"type": "unit", "external_id": "1-9-66-2", "new_external_id": "1_9_66_2"}]},
    "/property-groups/rename": {"records": [{"external_id": "1-9", "new_external_id": "1_9"}]},
    "/properties": {"group_external_ids": ["1-9"]},
    "/sub-properties": {"type": "unit", "property_external_id": "1-9-66"},
    "/property-groups": None,
    "/integrations": None,
    "/work-orders": {"title": "x", "property_id": "{properties}"},
    "/framework-prices": {
        "firm_id": "{firm_id}",
        "code": "a",
        "text": "a",
        "unit": "h",
        "net_minor": 1,
        "vat_rate": "19",
        "valid_from": "2026-01-01",
    },
    "/quote-requests": {"work_order_id": "{order_id}", "firm_ids": ["{firm_id}"]},
    "/crews": {"kind": "crew", "name": "x", "member_ids": ["{person_id}"]},
    "/tickets": {"category": "water.tap", "unit_external_id": "1-9-66-2", "file_ids": ["{file_id}"]},
    "/report-links": {"property_id": "{properties}"},
    "/files": None,
    "/firms": None,
    "/spending-limits": None,
    "/owner-rule": None,
}
"""Bodies that name what belongs to the other organisation; None: this body names nothing of anybody."""

ITEM = {"text": "a", "quantity": "1", "unit": "h", "unit_price_minor": 1, "vat_rate": "19"}
OBJECT_BODIES = {
    "runs": RUN,
    "archive": {"reason": "manual"},
    "items": {"items": [ITEM]},
    "tickets": {"ticket_ids": ["0192d3c0-0000-7000-8000-000000000000"]},
    "award": {"firm_id": "{firm_id}"},
    "steps": {"step": "finish"},
    "notes": {"text": "x"},
    "files": {"file_ids": ["{file_id}"]},
    "put-under": {"lead_id": "{ticket_id}"},
    "defects": {"defects": [{"text": "x", "due_date": "2099-01-01"}]},
    "invoice": {"gross_minor": 1},
    "variations": {"reason": "x", "items": [ITEM]},
    "decision": {"decision": "refuse", "reason": "x"},
    "rating": {"quality": 5, "punctuality": 5, "tidiness": 5, "price_truth": 5},
    "{crew_id}": {"kind": "crew", "name": "x"},
}
"""By the last part of an object's address: a body that would be right for its owner."""

_SLOT = {"starts_at": "2099-01-01T08:00:00Z", "ends_at": "2099-01-01T09:00:00Z"}
COMPLETION = {
    "id": "0192d3c0-0000-7000-8000-000000000001",
    "captured_at": "2026-11-22T08:00:00Z",
    "sent_at": "2026-11-22T08:00:00Z",
    "text": "x",
}
PATH_BODIES = {
    "/firm/invitations/{invitation_id}/draft": {},
    "/firm/invitations/{invitation_id}/quote": {},
    "/firm/invitations/{invitation_id}/steps": {"step": "withdraw"},
    "/firm/invitations/{invitation_id}/questions": {"text": "Wann?"},
    "/firm/invitations/{invitation_id}/files": {"file_ids": ["{file_id}"]},
    "/firm/invitations/{invitation_id}/bill": {"name": "a.csv", "content": ""},
    "/firm/ratings/{rating_id}/answer": {"text": "Danke"},
    "/firm/visits/{visit_id}/steps": {"step": "cancel", "reason": "x"},
    "/firm/work-orders/{order_id}/visits": {"slots": [_SLOT]},
    "/firm/work-orders/{order_id}/completions": COMPLETION,
    "/tickets/{ticket_id}/steps": {"step": "start"},
    "/visits/{visit_id}/steps": {"step": "cancel", "reason": "x"},
    "/work-orders/{order_id}/visits": {"slots": [_SLOT]},
    "/work-orders/{order_id}/completions": COMPLETION,
    "/quote-requests/{request_id}/steps": {"step": "end", "reason": "x"},
    "/quote-requests/{request_id}/firms": {"firm_ids": ["{firm_id}"]},
    "/quote-requests/{request_id}/firms/by-rule": {"count": 3},
    "/quote-requests/{request_id}/deadline": {"deadline_at": "2099-01-01T08:00:00Z"},
    "/quote-requests/{request_id}/bill": {"name": "a.csv", "content": "VGV4dDtNZW5nZTtFaW5oZWl0CmE7MTttCg=="},
    "/quote-requests/{request_id}/award": {"quote_id": "{quote_id}", "reason": "x"},
    "/quote-requests/{request_id}/owner-approvals": {"quote_id": "{quote_id}", "name": "x", "email": "x@example.org"},
    "/quote-questions/{question_id}/answer": {"text": "x"},
    "/completions/{completion_id}/files": {"file_id": "{file_id}", "purpose": "after"},
}
"""Where the last part of the address stands for several things."""

OF_NOBODY = {"/trades", "/services", "/evidence-kinds", "/spending-limits", "/ticket-categories", "/owner-rule"}
OF_NOBODY |= {"/firm/score", "/firm/standing", "/firm/profile", "/firm/gates"}
"""Lists in which stands what everybody has: trades, services, kinds of evidence, the usual limits of the roles, what may be reported."""


ABOUT_ONESELF = {"/firm/standing/appeal"}
"""What one says of oneself: there is nothing to say."""


def filled(value, foreign):
    return orjson.loads(re.sub(r"\{([a-z_-]+)\}", lambda m: foreign[m[1]], orjson.dumps(value).decode()))


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda part: part)
def test_another_organisations_key_reaches_nothing(api_for, foreign, factories, method, path):
    if (method, path) in PUBLIC:
        return
    stranger = api_for(factories.firm() if path.startswith("/firm/") else None)
    before = rows()
    entries = Entry.objects.filter(organisation_id=foreign_organisation(foreign)).count()
    if "{" in path:
        resource, last = path.split("/")[1], path.rsplit("/", 1)[-1]
        ids = {"run_id": foreign["run"], **foreign}
        address = re.sub(r"\{(\w+)\}", lambda m: ids.get(m[1]) or foreign[resource], path)
        body = filled(PATH_BODIES.get(path) or OBJECT_BODIES.get(last, {}), foreign)
        assert stranger.call(method.upper(), address, None if method == "get" else body).status_code == 404
    elif method == "get":
        answer = stranger.call("GET", path)
        shown = answer.getvalue()
        assert answer.status_code == 200
        if path in OF_NOBODY:
            assert not any(name in shown.decode() for name in foreign.values())
            return
        assert shown == b"" if path.endswith("/export") else orjson.loads(shown)["items"] == []
    else:
        body = BODIES[path]
        if body is None:
            return
        answer = stranger.call(method.upper(), path, filled(body, foreign))
        if path.endswith(("/upsert", "/archive", "/rename")):
            assert {r["status"] for r in answer.json()["results"]} == {"rejected"}
        else:
            assert answer.status_code in ((409,) if path in ABOUT_ONESELF else (404, 422)), answer.content
    assert rows() == before
    assert Entry.objects.filter(organisation_id=foreign_organisation(foreign)).count() == entries


def foreign_organisation(foreign):
    return Property.objects.get(pk=foreign["properties"]).organisation_id


def test_the_same_ids_in_two_organisations_are_two_records(api, api_for, stock, samples):
    other = api_for()
    assert other.upsert("properties", samples["property"])[0]["status"] == "created"
    assert other.upsert("property-groups", {"external_id": "1-9"})[0]["status"] == "created"
    results = other.upsert("sub-properties", samples["unit"], samples["tenant"])
    assert [r["status"] for r in results] == ["created", "created"]
    assert {r["id"] for r in results}.isdisjoint({one["id"] for one in stock})


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda part: part)
def test_nothing_but_the_public_list_answers_without_a_token(api, method, path):
    api.token = None
    answer = api.call(method.upper(), re.sub(r"\{\w+\}", "0192d3c0-0000-7000-8000-000000000000", path), {})
    assert (answer.status_code == 401) == ((method, path) not in PUBLIC)


@pytest.mark.parametrize("path", sorted(PUBLIC_PAGES))
def test_what_is_public_needs_no_token(client, path):
    assert client.get(path).status_code in (200, 307)


def test_every_operation_documents_its_problems():
    for path, operations in SCHEMA["paths"].items():
        for method, operation in operations.items():
            public = (method, path.removeprefix(f"/api/{LATEST}")) in PUBLIC
            assert ("security" in operation) != public, path
            assert {"401", "422", "429"} <= set(operation["responses"]), path
