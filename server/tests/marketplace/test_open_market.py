"""A request open to the marketplace: vetted firms find it and take part, others do not; and what invited firms see of its photos."""

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from gewerk.files.models import FileLink, StoredFile
from gewerk.firms.models import FirmProfile, ListedFirm
from gewerk.identity.models import Organisation, Role
from gewerk.journeys.award_quote import award_quote
from gewerk.journeys.open_quotes import open_request
from gewerk.journeys.request_quotes import begin_request, send_request
from gewerk.kit.refusals import Refusal
from gewerk.marketplace.access import RequestNotFound
from gewerk.marketplace.answer_rule import MOST_RUNNING
from gewerk.marketplace.links import invitation_token
from gewerk.marketplace.models import AnswerCase, Invitation, QuoteRequest
from gewerk.marketplace.operations.answer_limit import FirmIsLimited
from gewerk.marketplace.operations.prepare import RequestIsInvalid, choose_firms
from gewerk.marketplace.operations.take_part import take_part
from gewerk.marketplace.operations.write_quote import decline, items_of, submit
from gewerk.marketplace.queries.market import market
from gewerk.marketplace.scope import PriceGiven, QuoteGiven
from PIL import Image

from .conftest import AFTER, DEADLINE, NOW, VALID_UNTIL, Matter
from .test_finding import PAINT, vetted_firm
from .test_pages import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _german() -> Iterator[None]:
    with translation.override("de"):
        yield


@pytest.fixture
def on_market(new_matter: Any) -> Matter:
    """Sent to nobody but the marketplace."""
    made: Matter = new_matter(firms=0, sent=False, service=PAINT, open_to_market=True)
    send_request(actor=made.staff, request_id=made.request.pk, now=NOW)
    made.again()
    return made


def owner_of(factories: Any, firm: Organisation) -> Any:
    return factories.acting(factories.person(firm, Role.FIRM))


def seen_by(factories: Any, firm: Organisation, now: Any = NOW) -> list[Any]:
    return market(owner_of(factories, firm), on=now.date(), now=now).ids


def test_only_vetted_firms_that_work_there_find_it(on_market: Matter, factories: Any) -> None:
    here = [on_market.request.pk]
    firm = vetted_firm(factories)
    assert seen_by(factories, firm) == here
    assert seen_by(factories, factories.firm(trades=("painting",))) == []
    blocked = vetted_firm(factories, on_market.organisation, standing="blocked")
    assert seen_by(factories, blocked) == []
    for kind, starts, there in (("postcodes", ["80"], []), ("postcodes", ["44"], here), ("radius", [], here)):
        FirmProfile.objects.filter(firm=firm).update(area_kind=kind, area_postcodes=starts)
        assert seen_by(factories, firm) == there
    assert seen_by(factories, firm, now=DEADLINE) == []
    for wrong in (blocked, factories.firm(trades=("painting",))):
        with pytest.raises(Refusal) as refused:
            take_part(actor=owner_of(factories, wrong), request_id=on_market.request.pk, now=NOW)
        assert refused.value.code in {"not_found", "gate_closed"}
    fitter = factories.acting(factories.person(firm, Role.FITTER))
    with pytest.raises(Refusal):
        take_part(actor=fitter, request_id=on_market.request.pk, now=NOW)
    with pytest.raises(RequestNotFound):
        take_part(actor=owner_of(factories, firm), request_id=on_market.request.pk, now=DEADLINE)
    assert not Invitation.objects.exists()


def test_takes_part_quotes_and_is_awarded(on_market: Matter, factories: Any) -> None:
    firm = vetted_firm(factories)
    owner, request_id = owner_of(factories, firm), on_market.request.pk
    invitation = take_part(actor=owner, request_id=request_id, now=NOW)
    assert take_part(actor=owner, request_id=request_id, now=NOW).pk == invitation.pk
    assert "für den Marktplatz offen" in invitation.why
    assert seen_by(factories, firm) == []
    prices = tuple(PriceGiven(1_000, 1_900, item_id=pk) for pk in items_of(invitation))
    given = QuoteGiven(prices=prices, valid_until_date=VALID_UNTIL)
    quote = submit(actor=owner, invitation_id=invitation.pk, given=given, now=NOW)
    open_request(actor=on_market.staff, request_id=request_id, now=AFTER)
    award_quote(actor=on_market.staff, request_id=request_id, quote_id=quote.pk, reason="Gut", now=AFTER)
    on_market.again()
    assert (on_market.request.state, on_market.order.firm_id) == ("awarded", firm.pk)
    # With its first order the firm stands on the manager's list.
    assert ListedFirm.objects.get(organisation=on_market.organisation, firm=firm).standing == "approved"


def test_a_limited_firm_takes_part_in_no_more_than_it_may_have_running(
    on_market: Matter, new_matter: Any, factories: Any
) -> None:
    """The limit holds for whoever invites the firm, itself included; with a request less it may."""
    firm = vetted_firm(factories)
    owner = owner_of(factories, firm)
    AnswerCase.objects.create(
        firm=firm,
        warned_at=NOW,
        warned_asked=4,
        warned_unanswered=2,
        limited_at=NOW + timedelta(minutes=1),
        limited_asked=5,
        limited_unanswered=3,
    )
    others = [new_matter(firms=0, sent=False, service=PAINT, open_to_market=True) for _ in range(MOST_RUNNING)]
    for other in others:
        send_request(actor=other.staff, request_id=other.request.pk, now=NOW)
        take_part(actor=owner, request_id=other.request.pk, now=NOW)
    with pytest.raises(FirmIsLimited) as refused:
        take_part(actor=owner, request_id=on_market.request.pk, now=NOW)
    assert "Ihr Betrieb darf zurzeit 2 laufende" in str(refused.value.message)
    first = Invitation.objects.get(request=others[0].request)
    decline(actor=owner, invitation_id=first.pk, reason="Zu weit", now=NOW)
    assert take_part(actor=owner, request_id=on_market.request.pk, now=NOW).request_id == on_market.request.pk


def test_open_needs_a_service_and_sealed_quotes(new_matter: Any) -> None:
    made = new_matter(sent=False, open_to_market=True)
    with pytest.raises(RequestIsInvalid) as refused:
        send_request(actor=made.staff, request_id=made.request.pk, now=NOW)
    assert [problem.pointer for problem in refused.value.problems] == ["/open_to_market"]


def test_the_firms_page(on_market: Matter, factories: Any) -> None:
    QuoteRequest.objects.filter(pk=on_market.request.pk).update(deadline_at=timezone.now() + timedelta(days=3))
    person = factories.person(vetted_firm(factories), Role.FIRM)
    client, page = client_of(person), reverse("firm_open_requests")
    shown = client.get(page).content.decode()
    assert "Bad erneuern" in shown
    assert "Fliesen abschlagen" not in shown
    joined = client.post(reverse("join_quote_request", args=[on_market.request.pk]))
    assert joined["Location"] == reverse("firm_request", args=[Invitation.objects.get().pk])
    assert "Fliesen abschlagen" in client.get(joined["Location"]).content.decode()
    assert "Bad erneuern" not in client.get(page).content.decode()


def photo(colour: int = 90) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (64, 48), (colour, 20, 20)).save(written, "JPEG")
    return written.getvalue()


def test_photos_of_the_order_go_to_the_invited_firms(new_matter: Any, factories: Any) -> None:
    matter: Matter = new_matter(sent=False)
    staff = client_of(matter.staff_person)
    added = reverse("add_quote_request_files", args=[matter.request.pk])
    two = [SimpleUploadedFile(name, photo(n), "image/jpeg") for n, name in ((90, "bad.jpg"), (120, "privat.jpg"))]
    assert staff.post(added, {"files": two}).status_code == 302
    shown, private = FileLink.objects.filter(object_type="quote_request").order_by("name")
    # Files of an order become the request's, photos alone.
    order = factories.work_order(factories.property_(matter.organisation))
    kept = {"organisation_id": matter.organisation.pk, "linked_at": NOW, "actor_kind": "person"}
    plan = StoredFile.objects.create(
        organisation_id=matter.organisation.pk,
        kind="document",
        media_type="application/pdf",
        sha256="1" * 64,
        size=1,
        stored_bytes=1,
        created_at=NOW,
    )
    for file, name in ((shown.file, "bad.jpg"), (plan, "intern.pdf")):
        FileLink.objects.create(file=file, object_type="work_order", object_id=order.pk, name=name, **kept)
    made = begin_request(actor=matter.staff, order_id=order.pk, now=NOW)
    assert list(FileLink.objects.filter(object_id=made.pk).values_list("name", flat=True)) == ["bad.jpg"]

    dropped = reverse("drop_quote_request_file", args=[matter.request.pk, private.file_id])
    assert staff.post(dropped).status_code == 302
    firm = client_of(factories.person(matter.firms[0], Role.FIRM))
    large = reverse("file", args=[shown.file_id, "large"])
    assert firm.get(large).status_code == 404  # nothing is shown before it is sent
    QuoteRequest.objects.filter(pk=matter.request.pk).update(deadline_at=timezone.now() + timedelta(days=7))
    send_request(actor=matter.staff, request_id=matter.request.pk, now=timezone.now())
    page = firm.get(reverse("firm_request", args=[matter.invitation(0).pk])).content.decode()
    assert large in page
    assert firm.get(large).status_code == 200
    gone = reverse("file", args=[private.file_id, "large"])
    assert firm.get(gone).status_code == 404
    stranger = client_of(factories.person(factories.firm(), Role.FIRM))
    assert stranger.get(large).status_code == 404

    token = invitation_token(matter.invitation(1))
    by_link = lambda file: reverse("quote_file_by_link", args=[token, file.file_id, "large"])  # noqa: E731
    guest = Client(HTTP_ACCEPT_LANGUAGE="de")
    assert by_link(shown) in guest.get(reverse("quote_by_link", args=[token])).content.decode()
    assert guest.get(by_link(shown)).status_code == 200
    assert guest.get(by_link(private)).status_code == 404
    assert guest.get(by_link(shown).replace(token, token[:-2] + "xx")).status_code == 404
    assert staff.post(reverse("drop_quote_request_file", args=[matter.request.pk, shown.file_id])).status_code == 302
    assert FileLink.objects.filter(object_id=matter.request.pk).count() == 1  # what is sent stays sent


def test_by_hand_nobody_is_asked_twice(new_matter: Any, factories: Any) -> None:
    matter: Matter = new_matter(sent=False, service=PAINT)
    firm = vetted_firm(factories)
    ids = [firm.pk, firm.pk]
    choose_firms(actor=matter.staff, request_id=matter.request.pk, firm_ids=ids, now=NOW)
    assert matter.request.invitations.count() == 1
