"""A firm's own programs: a request for quotes by API calls alone, a manager and three firms; and what a firm's key may not."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from gewerk.catalogue.queries import service
from gewerk.entrypoints.api.openapi import schema_of
from gewerk.entrypoints.api.versions import LATEST, VERSIONS
from gewerk.identity.access import (
    edits_orders,
    edits_stock,
    handles_money,
    manages_keys,
    operates,
    sees_orders,
    sees_stock,
)
from gewerk.identity.models import Role, Scope
from gewerk.identity.operations.create_key import InvalidKey, create_key
from gewerk.identity.operations.issue_token import actor_of_token
from gewerk.journal.models import Entry
from gewerk.kit.refusals import Refusal
from gewerk.marketplace.models import AnswerCase, Appeal, Quote, QuoteRequest

pytestmark = pytest.mark.django_db

SCOPE = [
    {"text": "Fliesen abschlagen", "quantity": "12.5", "unit": "m²", "number": "01.0010"},
    {"text": "Gerüst", "quantity": "1", "unit": "psch", "number": "01.0020", "optional": True},
]
NOW = datetime.now(UTC).replace(microsecond=0)
IN_A_WEEK, VALID = NOW + timedelta(days=7), (NOW + timedelta(days=70)).date().isoformat()
STARS = {"quality": 5, "punctuality": 4, "tidiness": 3, "price_truth": 5}
PAINT = "paint_room"
Made = Callable[..., Any]


def made(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.content
    return answer.json()


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit(":", 1)[-1]


@pytest.fixture
def asked(api: Any, api_for: Made, factories: ModuleType) -> Any:
    """A manager's sent request, and the programs of three firms invited to it: (path, firms' programs)."""
    programs = [api_for(factories.firm(api.organisation)) for _ in range(3)]
    order = factories.work_order(factories.property_(api.organisation))
    body = {
        "work_order_id": str(order.pk),
        "title": "Bad erneuern",
        "items": SCOPE,
        "firm_ids": [str(one.organisation.pk) for one in programs],
        "deadline_at": IN_A_WEEK.isoformat(),
        "budget_minor": 200_000,
    }
    path = f"/quote-requests/{made(api.post('/quote-requests', body), 201)['id']}"
    made(api.post(f"{path}/steps", {"step": "send"}))
    return path, programs


def invitation_of(program: Any) -> Any:
    (found,) = made(program.get("/firm/invitations"))["items"]
    return found


def priced(invitation: Any, minor: int, **more: Any) -> dict[str, Any]:
    prices = [{"item_id": one["id"], "unit_price_minor": minor, "vat_rate": "19"} for one in invitation["items"]]
    return {"prices": prices, "valid_until_date": VALID, **more}


def test_from_the_invitation_to_the_answered_rating(api: Any, asked: Any, factories: ModuleType) -> None:
    path, (first, second, third) = asked
    invitation = invitation_of(first)
    assert (invitation["title"], invitation["budget_minor"], invitation["quotes"]) == ("Bad erneuern", None, [])
    assert [one["quantity"] for one in invitation["items"]] == ["12.500", "1.000"]
    own = f"/firm/invitations/{invitation['id']}"
    assert made(first.get(own)) == invitation

    # asked and answered; the others read it without the name
    made(first.post(f"{own}/questions", {"text": "Gibt es einen Aufzug?"}))
    (question,) = made(api.get(f"{path}/questions"))["items"]
    assert invitation_of(second)["questions"] == []
    made(api.post(f"/quote-questions/{question['id']}/answer", {"text": "Ja"}))
    (seen,) = invitation_of(second)["questions"]
    assert (seen["own"], seen["text"], seen["answer"]) == (False, "Gibt es einen Aufzug?", "Ja")
    assert str(first.organisation.pk) not in str(invitation_of(second))

    # a draft, a file, then the quote; nobody else sees any of it
    draft = made(first.post(f"{own}/draft", priced(invitation, 9_000, discount_rate="2.5")))
    assert [(one["state"], one["discount_rate"]) for one in draft["quotes"]] == [("draft", "2.50")]
    before = made(api.get(path))
    key = {"Idempotency-Key": "quote-1"}
    sent = made(first.post(f"{own}/quote", priced(invitation, 9_000), **key))
    assert made(first.post(f"{own}/quote", priced(invitation, 9_000), **key)) == sent
    assert [(one["state"], one["net_minor"], one["gross_minor"]) for one in sent["quotes"]] == [
        ("submitted", 112_500, 133_875)
    ]
    assert made(api.get(path)) == before
    assert made(api.get(f"{path}/quotes")) == {"sealed": True, "items": []}
    assert invitation_of(second)["quotes"] == []

    # the second takes the file home and sends it back with prices, withdraws, and submits another
    theirs = f"/firm/invitations/{invitation_of(second)['id']}"
    text = second.get(f"{theirs}/bill?format=csv").content.decode("utf-8-sig")
    assert len(text.splitlines()) == 3
    assert b"<DP>83</DP>" in second.get(f"{theirs}/bill?format=x83").content
    refused = second.post(f"{theirs}/bill", {"name": "lv.csv", "content": base64.b64encode(text.encode()).decode()})
    assert refused.status_code == 422, "a file without any price"
    made(second.post(f"{theirs}/quote", priced(invitation_of(second), 8_500)))
    assert made(second.post(f"{theirs}/steps", {"step": "withdraw"}))["quotes"][-1]["state"] == "withdrawn"
    assert code_of(second.post(f"{theirs}/steps", {"step": "withdraw"})) == (409, "step_not_possible")
    alternative = {"text": "Vliestapete", "quantity": "2", "unit": "m²", "unit_price_minor": 10, "vat_rate": "19"}
    made(second.post(f"{theirs}/quote", priced(invitation_of(second), 8_000, alternatives=[alternative])))

    # the third declines, with a reason
    last = f"/firm/invitations/{invitation_of(third)['id']}"
    assert third.post(f"{last}/steps", {"step": "decline"}).status_code == 422
    declined = made(third.post(f"{last}/steps", {"step": "decline", "reason": "Keine Zeit"}))
    assert (declined["state"], declined["decline_reason"]) == ("declined", "Keine Zeit")

    # opened and awarded; the loser reads its reason, the winner has the job
    QuoteRequest.objects.update(deadline_at=datetime.now(UTC) - timedelta(minutes=1))
    assert first.post(f"{own}/quote", priced(invitation, 1)).status_code == 409, "after the deadline"
    made(api.post(f"{path}/steps", {"step": "open"}))
    opened = {one["firm_id"]: one for one in made(api.get(f"{path}/quotes"))["items"]}
    award = {
        "quote_id": opened[str(second.organisation.pk)]["id"],
        "reason": "Günstiger",
        "others": [{"quote_id": opened[str(first.organisation.pk)]["id"], "reason": "Leider teurer"}],
    }
    made(api.post(f"{path}/award", award))
    assert [(q["state"], q["not_awarded_reason"]) for q in invitation_of(first)["quotes"] if q["state"] != "draft"] == [
        ("not_awarded", "Leider teurer")
    ]
    assert invitation_of(second)["quotes"][-1]["state"] == "awarded"

    # the winner finds the order, accepts it and does it; the loser does not see it
    (job,) = made(second.get("/firm/work-orders"))["items"]
    order_id = made(api.get(path))["work_order_id"]
    assert (job["id"], job["state"], made(first.get("/firm/work-orders"))["items"]) == (order_id, "awarded", [])
    work = f"/firm/work-orders/{order_id}"
    made(second.post(f"{work}/steps", {"step": "confirm"}))
    moment = datetime.now(UTC).isoformat()
    capture = {"id": str(uuid4()), "captured_at": moment, "sent_at": moment, "text": "Bad ist fertig"}
    made(second.post(f"{work}/completions", capture))
    made(second.post(f"/firm/completions/{capture['id']}/finish"))
    assert made(second.get(work))["state"] == "done"
    made(api.post(f"/work-orders/{order_id}/steps", {"step": "accept"}))

    # rated after the acceptance, and answered once
    made(api.post(f"/work-orders/{order_id}/rating", {**STARS, "text": "Gut"}), 201)
    (rating,) = made(second.get("/firm/ratings"))["items"]
    assert (rating["quality"], rating["text"], rating["manager"]) == (5, "Gut", api.organisation.name)
    assert made(first.get("/firm/ratings"))["items"] == []
    assert first.post(f"/firm/ratings/{rating['id']}/answer", {"text": "Fremd"}).status_code == 404
    assert made(second.post(f"/firm/ratings/{rating['id']}/answer", {"text": "Danke"}))["answer"] == "Danke"
    assert second.post(f"/firm/ratings/{rating['id']}/answer", {"text": "Noch einmal"}).status_code == 409
    assert made(second.get("/firm/score"))["ratings"] == 1
    # Each step stands in the journal, by the firm's key, without anybody's words.
    entries = Entry.objects.filter(actor_kind="key", actor_id=second.key.pk)
    assert {"quote.submitted", "quote.withdrawn"} <= set(entries.values_list("event", flat=True))
    assert "Vliestapete" not in str(list(entries.values_list("data", flat=True)))


def test_a_fixed_price_offer_goes_round_in_its_order(api: Any, api_for: Made, factories: ModuleType) -> None:
    programs = [api_for(factories.firm(api.organisation)) for _ in range(2)]
    order = factories.work_order(factories.property_(api.organisation))
    body = {
        "work_order_id": str(order.pk),
        "title": "Dichtung wechseln",
        "mode": "fixed_price_offer",
        "claim_hours": 4,
        "items": [{"text": "Dichtung", "quantity": "1", "unit": "Stk", "unit_price_minor": 10_000, "vat_rate": "19"}],
        "firm_ids": [str(one.organisation.pk) for one in programs],
    }
    path = f"/quote-requests/{made(api.post('/quote-requests', body), 201)['id']}"
    made(api.post(f"{path}/steps", {"step": "send"}))
    first, second = (f"/firm/invitations/{invitation_of(one)['id']}/steps" for one in programs)
    assert invitation_of(programs[0])["fixed_price_minor"] == 11_900
    # No race: the second waits, until the first lets it pass.
    assert code_of(programs[1].post(second, {"step": "claim"})) == (409, "not_your_turn")
    made(programs[0].post(first, {"step": "decline", "reason": "Kein Monteur frei"}))
    taken = made(programs[1].post(second, {"step": "claim"}))
    assert (taken["request_state"], taken["quotes"][-1]["state"]) == ("awarded", "awarded")
    assert programs[1].post(second, {"step": "claim"}).status_code == 409
    order.refresh_from_db()
    assert (order.state, order.firm_id) == ("awarded", programs[1].organisation.pk)


def test_an_open_request_is_found_and_joined(api: Any, api_for: Made, factories: ModuleType) -> None:
    vetted = factories.firm(trades=("painting",), postcode="44137")
    for need in service("DE", PAINT).requirements:
        factories.evidence(vetted, kind=need.kind, trades=("painting",), with_file=False)
    program, stranger = api_for(vetted), api_for(factories.firm(trades=("plumbing",)))
    order = factories.work_order(factories.property_(api.organisation, postcode="44137"))
    body = {
        "work_order_id": str(order.pk),
        "items": SCOPE,
        "service": PAINT,
        "open_to_market": True,
        "firm_ids": [str(factories.firm(api.organisation).pk)],
        "deadline_at": IN_A_WEEK.isoformat(),
    }
    path = f"/quote-requests/{made(api.post('/quote-requests', body), 201)['id']}"
    made(api.post(f"{path}/steps", {"step": "send"}))
    assert made(stranger.get("/firm/open-requests"))["items"] == []
    (found,) = made(program.get("/firm/open-requests"))["items"]
    assert (found["postcode"], found["service"]) == ("44137", PAINT)
    joining = f"/firm/open-requests/{found['request_id']}/take-part"
    assert stranger.post(joining).status_code == 409
    joined = made(program.post(joining), 201)
    assert made(program.post(joining), 201)["id"] == joined["id"]
    assert invitation_of(program)["id"] == joined["id"]
    assert made(program.get("/firm/open-requests"))["items"] == []
    assert program.post(f"/firm/open-requests/{uuid4()}/take-part").status_code == 404


def test_files_go_to_the_quote(asked: Any, factories: ModuleType) -> None:
    _path, (first, second, _third) = asked
    invitation = invitation_of(first)
    own = f"/firm/invitations/{invitation['id']}"
    sent = b'--x\r\nContent-Disposition: form-data; name="file"; filename="lv.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    sent += b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n" + b"\r\n--x--\r\n"
    stored = made(first.call("POST", "/files", sent, **{"Content-Type": "multipart/form-data; boundary=x"}), 201)
    wanted = {"file_ids": [stored["id"]]}
    assert code_of(first.post(f"{own}/files", wanted)) == (409, "no_quote_for_files")
    made(first.post(f"{own}/draft", priced(invitation, 9_000)))
    assert [one["file_id"] for one in made(first.post(f"{own}/files", wanted))["quotes"][0]["files"]] == [stored["id"]]
    theirs = f"/firm/invitations/{invitation_of(second)['id']}"
    made(second.post(f"{theirs}/draft", priced(invitation_of(second), 9_000)))
    assert second.post(f"{theirs}/files", wanted).status_code == 404, "another firm's file"
    assert second.get(f"/files/{stored['id']}").status_code == 404
    assert first.get(f"/files/{stored['id']}/content").status_code == 200


def test_a_lump_sum_and_what_is_wrong_with_a_quote(asked: Any) -> None:
    _path, (first, *_others) = asked
    invitation = invitation_of(first)
    own = f"/firm/invitations/{invitation['id']}"
    for wrong in (
        {"prices": [{"item_id": str(uuid4()), "unit_price_minor": 1, "vat_rate": "19"}]},
        {"pricing": "lump_sum", "lump_net_minor": -1},
        {"pricing": "guess"},
        {"duration_days": 0},
        {"own_price": 1},
        {"valid_until_date": "2020-01-01", **{k: v for k, v in priced(invitation, 1).items() if k == "prices"}},
    ):
        assert first.post(f"{own}/quote", wrong).status_code == 422, wrong
    assert not Quote.objects.exists()
    lump = {"pricing": "lump_sum", "lump_net_minor": 100_000, "lump_vat_rate": "7", "valid_until_date": VALID}
    (sent,) = made(first.post(f"{own}/quote", lump))["quotes"]
    assert (sent["pricing"], sent["net_minor"], sent["vat_minor"]) == ("lump_sum", 100_000, 7_000)


def test_an_appeal_by_program(api_for: Made, factories: ModuleType) -> None:
    firm = factories.firm()
    program = api_for(firm)
    assert made(program.get("/firm/standing"))["stage"] is None
    assert code_of(program.post("/firm/standing/appeal", {"text": "Bitte"}))[0] == 409
    AnswerCase.objects.create(firm=firm, warned_at=factories.NOW, warned_asked=10, warned_unanswered=4)
    found = made(program.get("/firm/standing"))
    assert (found["stage"], found["unanswered"], found["may_appeal"]) == ("warned", 4, True)
    after = made(program.post("/firm/standing/appeal", {"text": "Wir waren im Urlaub."}))
    assert (after["may_appeal"], [one["outcome"] for one in after["appeals"]]) == (False, ["open"])
    assert Appeal.objects.get().made_by is None


FOR_BOTH = re.compile(r"/files(/|$)")
OPERATIONS = [
    (method, path.removeprefix(f"/api/{LATEST}"))
    for path, operations in schema_of(VERSIONS[LATEST])["paths"].items()
    for method in operations
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[f"{m} {p}" for m, p in OPERATIONS])
def test_no_program_goes_through_the_others_door(
    method: str, path: str, api: Any, api_for: Made, factories: ModuleType
) -> None:
    if path == "/token":
        return
    address = re.sub(r"\{[^}]+\}", str(uuid4()), path)
    if FOR_BOTH.match(path):
        return
    caller = api if path.startswith("/firm/") else api_for(factories.firm(api.organisation))
    answer = caller.call(method.upper(), address, {} if method != "get" else None)
    assert code_of(answer) == (403, "forbidden")


def test_a_firms_key_is_nobody_of_a_manager(api_for: Made, factories: ModuleType) -> None:
    program = api_for(factories.firm())
    actor = actor_of_token(token=program.token, now=datetime.now(UTC))
    for rule in (sees_stock, edits_stock, sees_orders, edits_orders, handles_money, manages_keys, operates):
        assert not rule(actor), rule.__name__
    assert program.key.scope == Scope.FIRM


def test_who_may_have_which_key(factories: ModuleType) -> None:
    firm, manager = factories.firm(), factories.organisation()
    owner, admin = factories.acting(factories.person(firm, Role.FIRM)), factories.acting(factories.person(manager))
    for actor, scope in ((owner, "all"), (owner, "read"), (owner, "master_data"), (admin, "firm")):
        with pytest.raises(InvalidKey):
            create_key(actor=actor, name="x", scope=scope, now=factories.NOW)
    with pytest.raises(InvalidKey):
        create_key(actor=owner, name="x", client_number="1", now=factories.NOW)
    for role in (Role.DISPATCHER, Role.FITTER):
        with pytest.raises(Refusal):
            create_key(actor=factories.acting(factories.person(firm, role)), name="x", now=factories.NOW)
    assert create_key(actor=owner, name="x", now=factories.NOW).key.scope == Scope.FIRM
    assert create_key(actor=admin, name="x", now=factories.NOW).key.scope == Scope.ALL
