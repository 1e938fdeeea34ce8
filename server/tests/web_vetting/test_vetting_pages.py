"""A firm joins, shows its papers, the operator's second person decides; the operator keeps the catalogue."""

import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from gewerk.catalogue.models import ServiceVersion
from gewerk.catalogue.queries import service
from gewerk.files.models import FileLink, StoredFile
from gewerk.firms.models import Evidence, FirmProfile, FirmService, GateOverride
from gewerk.identity.models import Invitation, Membership, Organisation, OrganisationKind, Role

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    cache.clear()


def client_of(person: Any, language: str = "de") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(person)
    return client


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def firm(factories: ModuleType) -> Organisation:
    return factories.firm(trades=("painting",), name="Maler Öztürk")


@pytest.fixture
def owner(factories: ModuleType, firm: Organisation) -> Client:
    return client_of(factories.person(firm, role=Role.FIRM))


@pytest.fixture
def operator(factories: ModuleType) -> Client:
    return client_of(factories.somebody_of_the_operator())


def pdf(name: str = "Police.pdf", content: bytes = b"%PDF-1.7\n%%EOF") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


INSURANCE = {
    "issuer": "Westfälische Versicherung",
    "number": "HV 4711",
    "valid_from": "2026-01-01",
    "valid_until": "2099-12-31",
    "insured_minor": "5.000.000,00",
}


def show(owner: Client, kind: str = "liability_insurance", **changes: Any) -> Any:
    return owner.post(f"/firm/evidence/new/?kind={kind}", {**INSURANCE, "files": [pdf()], **changes})


def test_a_firm_asks_to_join_and_nobody_learns_who_is_known(factories: ModuleType) -> None:
    factories.person(factories.firm(), role=Role.FIRM, email="chef@brandt.example")
    stranger = Client(HTTP_ACCEPT_LANGUAGE="de")
    assert "Als Betrieb mitmachen" in text_of(stranger.get("/login/"))
    given = {"name": "Maler Neu", "country": "DE", "trades": ["painting"]}
    answers = [
        re.sub(r'(?<=CSRFToken": ")\w+|value="\w{64}"', "", text_of(stranger.post("/join/", {**given, "email": email})))
        for email in ("neu@maler.example", "chef@brandt.example")
    ]
    answers[1] = answers[1].replace("chef@brandt.example", "neu@maler.example")
    assert answers[0] == answers[1]
    assert Invitation.objects.get().email == "neu@maler.example"
    refused = stranger.post("/join/", {**given, "email": "neu@maler.example", "trades": []})
    assert refused.status_code == 422
    assert 'href="#id_trades"' in text_of(refused)


def test_whoever_asks_too_often_waits() -> None:
    given = {"name": "Maler Neu", "country": "DE", "trades": ["painting"], "email": "neu@maler.example"}
    client = Client()
    statuses = [client.post("/join/", given).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert Organisation.objects.filter(kind=OrganisationKind.FIRM).count() == 1


def test_the_way_in_shows_its_progress_and_one_next_step(factories: ModuleType, firm: Any, owner: Client) -> None:
    shown = text_of(owner.get("/firm/onboarding/"))
    assert "1 von 6 Schritten sind erledigt." in shown
    assert 'href="/account/company/"' in shown
    for need in service("DE", "paint_room").requirements:
        factories.evidence(firm, kind=need.kind, trades=["painting"], state="submitted")
    Organisation.objects.filter(pk=firm.pk).update(street="Markt 1", postcode="44137", city="Dortmund", phone="1")
    FirmProfile.objects.update(version=2, languages=["de"], iban="DE89370400440532013000")
    shown = text_of(owner.get("/firm/onboarding/"))
    assert "5 von 6 Schritten sind erledigt." in shown
    assert "Ihre Nachweise werden geprüft." in shown


def test_a_paper_is_shown_checked_and_confirmed_by_somebody_else(firm: Any, owner: Client, operator: Client) -> None:
    assert "Betriebshaftpflicht" in text_of(owner.get("/firm/evidence/"))
    assert show(owner).status_code == 302
    one = Evidence.objects.get()
    assert (one.insured_minor, one.currency, one.state) == (500_000_000, "EUR", "submitted")
    assert "wird geprüft" in text_of(owner.get("/firm/evidence/"))
    queue = text_of(operator.get("/operator/vetting/"))
    assert "1 Nachweis wartet auf die Prüfung." in queue
    assert f"/operator/vetting/{one.pk}/" in queue
    page = text_of(operator.get(f"/operator/vetting/{one.pk}/"))
    file_url = re.search(r"/files/[0-9a-f-]+/original/", page)
    assert file_url
    paper = operator.get(file_url[0])
    assert paper.status_code == 200
    assert paper["Content-Disposition"].startswith("attachment")
    assert b"".join(paper.streaming_content).startswith(b"%PDF")
    done = operator.post(f"/operator/vetting/{one.pk}/confirm/", {"version": "1"})
    assert (done.status_code, done["Location"]) == (302, "/operator/vetting/")
    one.refresh_from_db()
    assert one.state == "confirmed"
    assert "bestätigt" in text_of(owner.get("/firm/evidence/"))
    assert text_of(operator.get("/operator/vetting/?state=confirmed&q=Öztürk")).count(f"/vetting/{one.pk}/") == 1


def test_a_refusal_needs_a_reason_that_the_firm_reads(owner: Client, operator: Client) -> None:
    show(owner)
    one = Evidence.objects.get()
    assert operator.post(f"/operator/vetting/{one.pk}/refuse/", {"version": "1", "reason": " "}).status_code == 422
    said = {"version": "1", "reason": f"Seite 2 fehlt {SCRIPT}"}
    assert operator.post(f"/operator/vetting/{one.pk}/refuse/", said).status_code == 302
    shown = text_of(owner.get("/firm/evidence/"))
    assert "Seite 2 fehlt &lt;script&gt;" in shown
    assert SCRIPT not in shown
    again = operator.post(f"/operator/vetting/{one.pk}/refuse/", {"version": "2", "reason": "Noch einmal"})
    assert again.status_code == 409


def test_nobody_confirms_their_own_on_the_pages(factories: ModuleType, firm: Any, owner: Client) -> None:
    show(owner)
    one = Evidence.objects.get()
    both = factories.somebody_of_the_operator()
    Membership.objects.create(person=both, organisation=firm, role=Role.FITTER, created_at=factories.NOW)
    client = client_of(both)
    session = client.session
    session["organisation"] = str(Membership.objects.get(person=both, role=Role.OPERATOR).organisation_id)
    session.save()
    shown = text_of(client.get(f"/operator/vetting/{one.pk}/"))
    assert "Jemand anderes muss entscheiden." in shown
    assert "/confirm/" not in shown
    assert client.post(f"/operator/vetting/{one.pk}/confirm/", {"version": "1"}).status_code == 403
    one.refresh_from_db()
    assert one.state == "submitted"


def test_two_who_decide_at_once_are_told(owner: Client, operator: Client) -> None:
    show(owner)
    one = Evidence.objects.get()
    assert operator.post(f"/operator/vetting/{one.pk}/confirm/", {"version": "1"}).status_code == 302
    late = operator.post(f"/operator/vetting/{one.pk}/confirm/", {"version": "1"}, follow=True)
    assert "Jemand hat das inzwischen geändert." in text_of(late)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"valid_until": ""}, "#id_valid_until"),
        ({"insured_minor": "viel"}, "#id_insured_minor"),
        ({"issuer": ""}, "#id_issuer"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_input_is_kept(
    owner: Client, changes: dict[str, str], wrong: str
) -> None:
    refused = show(owner, **changes)
    assert refused.status_code == 422
    shown = text_of(refused)
    assert f'href="{wrong}"' in shown
    assert "HV 4711" in shown
    assert not Evidence.objects.exists()
    assert not StoredFile.objects.exists()


def test_without_a_file_or_with_a_page_in_its_place_nothing_is_kept(owner: Client) -> None:
    for files in ([], [pdf("x.pdf", b"<html><script>alert(1)</script>")], [pdf("../../etc/passwd", b"\x7fELF")]):
        assert show(owner, files=files).status_code == 422
    assert not Evidence.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_malicious_firm_achieves_nothing(owner: Client, operator: Client) -> None:
    assert show(owner, issuer=SCRIPT, number="'\"><img src=x>", files=[pdf("..\\..\\böse<b>.pdf")]).status_code == 302
    one = Evidence.objects.get()
    assert "/" not in FileLink.objects.get().name
    for page in (f"/operator/vetting/{one.pk}/", "/operator/vetting/?q=<script>"):
        shown = text_of(operator.get(page))
        assert SCRIPT not in shown
        assert "<img src=x>" not in shown
    # It cannot decide on its own paper, nor name a state or firm of its choice.
    assert owner.post(f"/operator/vetting/{one.pk}/confirm/", {"version": "1"}).status_code == 403
    show(owner, state="confirmed", firm_id=str(one.pk), decided_by="1")
    assert set(Evidence.objects.values_list("state", "firm_id")) == {("submitted", one.firm_id)}


def test_a_card_names_the_firms_own_trades(owner: Client) -> None:
    card = {"issuer": "Handwerkskammer Dortmund", "valid_from": "2020-01-01", "trades": ["painting"], "files": [pdf()]}
    assert owner.post("/firm/evidence/new/?kind=craft_card", {**card, "trades": ["electrics"]}).status_code == 422
    assert owner.post("/firm/evidence/new/?kind=craft_card", {**card, "files": [pdf()]}).status_code == 302
    assert Evidence.objects.get().trades == ["painting"]


def test_the_firm_chooses_services_and_tells_capacity_and_bank(firm: Any, owner: Client) -> None:
    page = text_of(owner.get("/firm/services/"))
    assert "Zimmer streichen" in page
    assert "Steckdose nachrüsten" not in page
    assert owner.post("/firm/services/", {"services": ["paint_room"]}).status_code == 302
    assert owner.post("/firm/services/", {"services": ["socket_add"]}).status_code == 422
    assert list(FirmService.objects.values_list("firm_id", "code")) == [(firm.pk, "paint_room")]
    profile = {"area_kind": "anywhere", "trades": ["painting"], "capacity": "4", "iban": "DE89 3704 0044 0532 0130 00"}
    wrong = owner.post("/firm/profile/", {**profile, "iban": "DE00"})
    assert wrong.status_code == 422
    assert "Das ist keine IBAN" in text_of(wrong)
    assert owner.post("/firm/profile/", profile).status_code == 302
    kept = FirmProfile.objects.get(firm=firm)
    assert (kept.capacity, kept.iban) == (4, "DE89370400440532013000")


def test_a_firm_in_a_country_without_catalogue_is_not_lost(factories: ModuleType) -> None:
    client = client_of(factories.person(factories.firm(trades=("painting",), country="DE"), role=Role.FIRM))
    Organisation.objects.filter(kind=OrganisationKind.FIRM).update(country="FR")
    for page in ("/firm/evidence/", "/firm/onboarding/", "/firm/services/"):
        assert client.get(page).status_code == 200
    assert client.get("/firm/evidence/new/?kind=gas_safe").status_code == 302


def test_the_operator_searches_and_changes_a_service(operator: Client) -> None:
    page = text_of(operator.get("/operator/catalogue/?q=wasserhahn"))
    assert "/operator/catalogue/DE/tap_drips/" in page
    assert "Zimmer streichen" not in page
    assert "Zimmer streichen" in text_of(operator.get("/operator/catalogue/?trade=painting&page=1&q=Zimmer"))
    form = {
        "version": "0",
        "de": "Wasserhahn tropft oder läuft",
        "en": "Dripping tap",
        "trades": ["plumbing"],
        "gate": "craft",
        "minutes": "45",
        "usual": "fixed",
        "questions": ["where"],
        "offered": "on",
    }
    assert operator.post("/operator/catalogue/DE/tap_drips/", form).status_code == 302
    changed = service("DE", "tap_drips")
    assert (changed.names.de, changed.minutes, changed.gate) == ("Wasserhahn tropft oder läuft", 45, "craft")
    assert "Fassung 1" in text_of(operator.get("/operator/catalogue/DE/tap_drips/"))
    assert operator.post("/operator/catalogue/DE/tap_drips/", form).status_code == 422
    assert operator.post("/operator/catalogue/DE/tap_drips/", {**form, "version": "1", "gate": "x"}).status_code == 422
    assert ServiceVersion.objects.count() == 1
    assert operator.get("/operator/catalogue/DE/time_travel/").status_code == 404
    assert operator.get("/operator/catalogue/XX/tap_drips/").status_code == 404


def test_a_manager_sees_what_is_missing_and_the_administrator_goes_on_all_the_same(factories: ModuleType) -> None:
    org = factories.organisation()
    firm = factories.firm(org, trades=("painting",))
    FirmService.objects.create(firm=firm, code="paint_room")
    for need in service("DE", "paint_room").requirements:
        factories.evidence(firm, kind=need.kind, trades=["painting"])
    Evidence.objects.filter(kind="liability_insurance").update(valid_until="2026-01-02")
    Evidence.objects.exclude(kind="liability_insurance").update(valid_until=None)
    admin, officer = (client_of(factories.person(org, role=role)) for role in (Role.ADMIN, Role.HOUSING_OFFICER))
    seen = text_of(officer.get(f"/firms/{firm.pk}/gates/"))
    assert "0 von 1 Leistungen" in seen
    assert "Betriebshaftpflicht: abgelaufen" in seen
    address = f"/firms/{firm.pk}/gates/paint_room/"
    assert address not in seen
    assert officer.get(address).status_code == 403
    assert address in text_of(admin.get(f"/firms/{firm.pk}/gates/"))
    assert admin.post(address, {"reason": " "}).status_code == 422
    assert admin.post(address, {"reason": "Bestätigung des Versicherers liegt vor"}).status_code == 302
    assert GateOverride.objects.get().kinds == ["liability_insurance"]
    assert "Sie setzen sich bereits darüber hinweg" in text_of(admin.get(address))
    other = f"/firms/{firm.pk}/gates/socket_replace/"
    assert "Nur über abgelaufene Nachweise" in text_of(admin.get(other))
    assert admin.post(other, {"reason": "Er kann das"}).status_code == 422
    assert GateOverride.objects.count() == 1


def test_pages_speak_english_too(factories: ModuleType) -> None:
    person = factories.somebody_of_the_operator()
    person.language = "en"
    person.save()
    page = text_of(client_of(person, "en").get("/operator/catalogue/?country=GB"))
    assert "Dripping tap" in page
    assert "Gas Safe registration" in text_of(client_of(person, "en").get("/operator/catalogue/?country=GB&q=gas"))
    firm = factories.firm(country="GB", trades=("heating",))
    gas = client_of(factories.person(firm, role=Role.FIRM), "en")
    assert "Gas Safe registration" in text_of(gas.get("/firm/evidence/"))
