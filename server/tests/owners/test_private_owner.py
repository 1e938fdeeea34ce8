"""A private owner without an office: registers by mail, enters the flat, describes the job, gets sealed quotes, awards."""

import io
import re
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from gewerk.catalogue.queries import service
from gewerk.firms.models import Evidence
from gewerk.identity.links import invitation_token
from gewerk.identity.models import Invitation, Membership, Organisation, Person
from gewerk.journeys.join_as_owner import join_as_owner
from gewerk.journeys.post_job import Job, post_job
from gewerk.kit.refusals import Refusal
from gewerk.marketplace import access
from gewerk.marketplace.links import invitation_token as quote_token
from gewerk.marketplace.models import AwardRecord, QuoteRequest
from gewerk.marketplace.models import Invitation as Asked
from gewerk.marketplace.operations.choose_by_rule import RuleFindsNobody
from gewerk.outreach.models import Mail
from gewerk.outreach.operations.compose import compose_due_mails
from gewerk.portfolio.models import Property, SubProperty
from gewerk.projects.models import WorkOrder
from PIL import Image

pytestmark = pytest.mark.django_db

EMAIL = "petra@example.org"
PASSWORD = "Regenrinne-Acht-7"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def photo() -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.effect_noise((640, 480), 60).convert("RGB").save(written, "JPEG")
    return SimpleUploadedFile("hahn.jpg", written.getvalue(), content_type="image/jpeg")


def vetted(factories: ModuleType, code: str, country: str = "DE", **fields: Any) -> Organisation:
    """A firm on nobody's list whose papers for the service hold for a long time."""
    wanted = service(country, code)
    firm: Organisation = factories.firm(country=country, trades=wanted.trades, **fields)
    for need in wanted.requirements:
        factories.evidence(firm, kind=need.kind, trades=wanted.trades)
    Evidence.objects.filter(firm=firm, valid_until__isnull=False).update(
        valid_until=timezone.now().date() + timedelta(days=300)
    )
    return firm


def registered(country: str = "DE") -> Client:
    """By the form, the mail and its link, as anybody."""
    client = Client(HTTP_ACCEPT_LANGUAGE="de")
    given = {"name": "Petra Maria Lindner", "email": EMAIL, "country": country}
    assert EMAIL in client.post(reverse("join_as_owner"), given).content.decode()
    compose_due_mails(now=timezone.now(), limit=100)
    link = re.search(r"http://\S+(/invitations/\S+)", Mail.objects.get(recipient=EMAIL).body)
    assert link
    shown = client.get(link[1]).content.decode()
    assert 'value="Petra Maria"' in shown
    assert 'value="Lindner"' in shown
    given = {"first_name": "Petra", "last_name": "Lindner", "password": PASSWORD}
    assert client.post(link[1], given).status_code == 302
    return client


def with_flat(client: Client, **fields: str) -> Client:
    given = {"street": "Kronprinzenstraße", "house_number": "84", "postcode": "44135", "city": "Dortmund", **fields}
    assert client.post(reverse("owner_new_place"), given).status_code == 302
    return client


def test_from_the_registration_to_the_award(factories: ModuleType) -> None:
    firms = [vetted(factories, "tap_drips", email=f"firma{n}@example.org", postcode="44137") for n in range(3)]
    expired = vetted(factories, "tap_drips", email="alt@example.org")
    Evidence.objects.filter(firm=expired, kind="liability_insurance").update(
        valid_until=timezone.now().date() - timedelta(days=1)
    )
    client = registered()
    assert client.get("/")["Location"] == reverse("owner_home")
    assert client.get(reverse("owner_new_job"))["Location"] == reverse("owner_new_place")
    assert client.post(reverse("owner_new_place"), {"postcode": "1234"}).status_code == 422
    with_flat(client, flat="3. OG rechts")
    assert Property.objects.get().organisation.kind == "owner"
    assert (
        reverse("owner_describe_job", args=["tap_drips"])
        in client.get(reverse("owner_new_job"), {"q": "wasserhahn"}).content.decode()
    )

    describe = reverse("owner_describe_job", args=["tap_drips"])
    page = client.get(describe).content.decode()
    place = re.search(r'<option value="([^"]+)"[^>]*>[^<]*3. OG rechts', page)
    assert place
    assert client.post(describe, {"place": place[1], "text": ""}).status_code == 422
    given = {"place": place[1], "text": "Tropft seit Montag.", "days": "7", "phone": "0231 123456", "photos": photo()}
    sent = client.post(describe, given)
    asked = QuoteRequest.objects.get()
    assert sent["Location"] == reverse("quote_request", args=[asked.pk])
    assert (asked.state, asked.service, asked.currency) == ("open", "tap_drips", "EUR")
    assert set(asked.invitations.values_list("firm_id", flat=True)) == {firm.pk for firm in firms}
    assert asked.order.unit == SubProperty.objects.get()

    # The firms read the place and see the photo, not the street; strangers see nothing.
    stranger = Client(HTTP_ACCEPT_LANGUAGE="de")
    first = Asked.objects.get(request=asked, firm=firms[0])
    by_link = reverse("quote_by_link", args=[quote_token(first)])
    read = stranger.get(by_link).content.decode()
    assert "44135 Dortmund" in read
    assert "Kronprinzen" not in read
    assert "0231" not in read
    picture = re.search(r'href="([^"]+/files/[^"]+)"', read)
    assert picture
    assert stranger.get(picture[1])["Content-Type"] == "image/jpeg"
    assert stranger.get(picture[1].replace(quote_token(first), f"{quote_token(first)}x")).status_code == 404
    items = asked.items.all()
    for n, firm in enumerate(firms[:2]):
        link = reverse("quote_by_link", args=[quote_token(Asked.objects.get(request=asked, firm=firm))])
        prices = {f"price-{item.pk}": f"{80 + n},00" for item in items}
        until = (timezone.now() + timedelta(days=60)).date().isoformat()
        quote = {"act": "submit", "pricing": "items", "rate": "19", "valid_until": until, **prices}
        assert stranger.post(link, quote).status_code == 302
    page_url = reverse("quote_request", args=[asked.pk])
    assert "95,20" not in client.get(page_url).content.decode()

    QuoteRequest.objects.update(deadline_at=timezone.now() - timedelta(minutes=1))
    step = lambda name: reverse("step_quote_request", args=[asked.pk, name])  # noqa: E731
    assert client.post(step("open")).status_code == 302
    opened = client.get(page_url).content.decode()
    assert "95,20" in opened
    assert "owner-email" not in opened, "nobody else has to agree to one's own money"
    assert "Angebote vergleichen" in client.get(reverse("owner_home")).content.decode()
    actor = factories.acting(Person.objects.get(email=EMAIL))
    quote_id = access.quotes(actor).order_by("gross_minor")[0].pk
    assert client.post(step("award"), {"quote": str(quote_id), "reason": "Am günstigsten"}).status_code == 302
    order = WorkOrder.objects.get()
    assert (order.state, order.firm_id, order.items_gross_minor) == ("awarded", firms[0].pk, 9_520)
    assert AwardRecord.objects.get().reason == "Am günstigsten"
    assert client.get(reverse("order", args=[order.pk])).status_code == 200


def test_whether_an_address_is_known_nobody_is_told(factories: ModuleType) -> None:
    now = factories.NOW
    answers = []
    for _again in range(2):
        answers.append(
            Client().post(
                reverse("join_as_owner"), {"name": "P L", "email": EMAIL, "country": "DE"}, HTTP_ACCEPT_LANGUAGE="de"
            )
        )
    first, second = (re.findall(r"<h1>.*?</h1>|<p>.*?</p>", one.content.decode()) for one in answers)
    assert first == second != []
    assert Organisation.objects.filter(kind="owner").count() == 1, "the second invitation takes the place of the first"
    assert Invitation.objects.filter(withdrawn_at__isnull=True).count() == 1
    invitation = Invitation.objects.get(withdrawn_at__isnull=True)
    Client().post(
        reverse("accept_invitation", args=[invitation_token(invitation.pk)]),
        {"first_name": "Petra", "last_name": "Lindner", "password": PASSWORD},
    )
    assert Membership.objects.get().role == "private_owner"
    join_as_owner(name="Wer anders", email=EMAIL.upper(), country="DE", now=now)
    assert Organisation.objects.count() == 1
    assert Person.objects.count() == 1


def test_without_a_vetted_firm_nothing_is_left_behind(factories: ModuleType) -> None:
    client = with_flat(registered())
    describe = reverse("owner_describe_job", args=["tap_drips"])
    home = Property.objects.get()
    refused = client.post(describe, {"place": str(home.pk), "text": "Tropft.", "days": "7"})
    assert refused.status_code == 422
    assert "Tropft." in refused.content.decode()
    assert "Noch kein geprüfter Betrieb" in refused.content.decode()
    assert not WorkOrder.objects.exists()
    job = Job(
        service=service("DE", "tap_drips"),
        title="Hahn",
        text="Tropft.",
        deadline_at=timezone.now() + timedelta(days=7),
    )
    owner = factories.acting(Person.objects.get(email=EMAIL))
    with pytest.raises(RuleFindsNobody):
        post_job(actor=owner, property_id=home.pk, unit_id=None, job=job, now=timezone.now())
    clerk = factories.acting(factories.person(factories.organisation()))
    with pytest.raises(Refusal):
        post_job(actor=clerk, property_id=home.pk, unit_id=None, job=job, now=timezone.now())


def test_a_british_owner_has_the_british_catalogue_gates_vat_and_currency(factories: ModuleType) -> None:
    vetted(factories, "boiler_service_gas", country="GB", email="gas@example.org", postcode="SW1A 1AA")
    client = with_flat(registered("GB"), street="High Street", house_number="5", postcode="SW1A 2AA", city="London")
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(Person.objects.get(email=EMAIL))
    found = client.get(reverse("owner_new_job"), {"q": "boiler"}).content.decode()
    assert reverse("owner_describe_job", args=["boiler_service_gas"]) in found
    assert client.get(reverse("owner_describe_job", args=["empty_flat_refurbish"])).status_code == 404, (
        "a German service"
    )
    given = {"place": str(Property.objects.get().pk), "text": "Yearly service", "days": "3"}
    assert client.post(reverse("owner_describe_job", args=["boiler_service_gas"]), given).status_code == 302
    asked = QuoteRequest.objects.get()
    assert asked.currency == "GBP"
    by_link = reverse("quote_by_link", args=[quote_token(asked.invitations.get())])
    firm = Client(HTTP_ACCEPT_LANGUAGE="en")
    page = firm.get(by_link).content.decode()
    assert re.search(r'id="rate"[^>]*value="20"', page)
    until = (timezone.now() + timedelta(days=60)).date().isoformat()
    quote = {f"price-{asked.items.get().pk}": "90.00", "valid_until": until, "rate": "20", "pricing": "items"}
    Evidence.objects.filter(kind="gas_safe").update(state="refused", reason="Not on the register")
    refused = firm.post(by_link, {"act": "submit", **quote})
    assert refused.status_code == 422
    assert "Gas Safe" in refused.content.decode()
    Evidence.objects.filter(kind="gas_safe").update(state="confirmed", reason="")
    assert firm.post(by_link, {"act": "submit", **quote}).status_code == 302
    assert "£108.00" in firm.get(by_link).content.decode()
