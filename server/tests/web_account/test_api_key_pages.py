"""API keys through the pages: hidden until one confirms who one is, each look noted, rotated with an overlap."""

from datetime import timedelta
from types import ModuleType

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from gewerk.entrypoints.web.account.rotation_picture import OVERLAPS, picture
from gewerk.entrypoints.web.manager.formats import formats_for
from gewerk.identity.models import ApiKey, ApiSecret, Role
from gewerk.identity.operations.authenticate_key import WrongCredentials, authenticate_key
from gewerk.identity.operations.create_key import create_key
from gewerk.journal.actor import Actor, ActorKind
from gewerk.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


class Admin:
    """Somebody at the keys page with one key."""

    def __init__(self, factories: ModuleType) -> None:
        self.organisation = factories.organisation()
        self.person = factories.person(self.organisation)
        self.password = factories.PASSWORD
        self.client = Client(HTTP_ACCEPT_LANGUAGE="de")
        self.client.post("/login/", {"login": self.person.email, "password": self.password})
        actor = Actor(
            kind=ActorKind.PERSON,
            id=self.person.pk,
            organisation_id=self.organisation.pk,
            roles=frozenset({"admin"}),
        )
        made = create_key(actor=actor, name="ERP-Abgleich", now=timezone.now())
        self.key, self.secret = made.key, made.client_secret

    def address(self, end: str = "") -> str:
        return f"/account/api-keys/{self.key.pk}/{end}"

    def confirm(self) -> None:
        self.client.post("/account/reauthenticate/?next=/account/api-keys/", {"password": self.password})


@pytest.fixture
def admin(factories: ModuleType) -> Admin:
    return Admin(factories)


def test_the_secret_is_hidden_until_one_confirms_and_the_look_is_noted(admin: Admin) -> None:
    page = admin.client.get("/account/api-keys/").content.decode()
    assert admin.key.client_id in page
    assert admin.secret not in page
    asked = admin.client.post(admin.address("secret/"))
    assert asked["Location"].startswith("/account/reauthenticate/")
    assert not Entry.objects.filter(event="api_key.secret_revealed").exists()
    wrong = admin.client.post(asked["Location"], {"password": "falsch"})
    assert "Das Passwort stimmt nicht." in wrong.content.decode()
    # The request that was stopped is taken up by itself.
    shown = admin.client.post(asked["Location"], {"password": admin.password})
    assert admin.secret in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    look = Entry.objects.get(event="api_key.secret_revealed")
    assert look.actor_id == admin.person.pk
    assert look.data == {}
    again = admin.client.get("/account/api-keys/").content.decode()
    assert admin.secret not in again
    assert f", {admin.person.name}" in again


def test_rotating_keeps_the_old_secret_for_the_overlap(admin: Admin) -> None:
    admin.confirm()
    answer = admin.client.post(admin.address("rotate/"), {"overlap": "3", "reason": "reminder"})
    assert answer["Location"] == admin.address()
    now = timezone.now()
    assert authenticate_key(client_id=admin.key.client_id, client_secret=admin.secret, now=now) == admin.key
    with pytest.raises(WrongCredentials):
        authenticate_key(
            client_id=admin.key.client_id, client_secret=admin.secret, now=now + timedelta(days=3, minutes=1)
        )
    page = admin.client.get(admin.address()).content.decode()
    assert "Altes Geheimnis" in page
    admin.client.post(admin.address("overlap/"))
    with pytest.raises(WrongCredentials):
        authenticate_key(client_id=admin.key.client_id, client_secret=admin.secret, now=timezone.now())
    assert ApiSecret.objects.get(key=admin.key, valid_until__isnull=True, revoked_at__isnull=True)


def test_rotating_at_once_revokes_at_once(admin: Admin) -> None:
    admin.confirm()
    admin.client.post(admin.address("rotate/"), {"overlap": "0", "reason": "suspicion"})
    with pytest.raises(WrongCredentials):
        authenticate_key(client_id=admin.key.client_id, client_secret=admin.secret, now=timezone.now())
    page = admin.client.get(admin.address()).content.decode()
    assert f"{admin.secret[:8]}…" in page
    assert "Verdacht" in page


def test_only_the_last_three_revoked_are_listed(admin: Admin) -> None:
    admin.confirm()
    for _round in range(5):
        admin.client.post(admin.address("rotate/"), {"overlap": "0"})
    assert len(admin.client.get(admin.address()).context["ended"]) == 3


@pytest.mark.parametrize("end", ["rotate/", "end/", "secret/"])
def test_what_opens_or_ends_a_secret_asks_who_it_is(admin: Admin, end: str) -> None:
    before = list(ApiSecret.objects.values())
    assert admin.client.post(admin.address(end), {"overlap": "0"})["Location"].startswith("/account/reauthenticate/")
    assert list(ApiSecret.objects.values()) == before
    assert admin.client.get(admin.address(end))["Location"] == admin.address()
    assert ApiKey.objects.get().deleted_at is None


def test_a_narrower_key_is_made_and_ended(admin: Admin) -> None:
    admin.confirm()
    admin.client.post("/account/api-keys/new/", {"name": "Kasse", "scope": "read", "client_number": "7"})
    narrow = ApiKey.objects.get(name="Kasse")
    assert (narrow.scope, narrow.client_number) == ("read", "7")
    page = admin.client.get(f"/account/api-keys/{narrow.pk}/").content.decode()
    assert "Nur lesen" in page
    assert "nur Mandant 7" in page
    assert "ERP-Abgleich" in page
    admin.client.post(f"/account/api-keys/{narrow.pk}/end/")
    narrow.refresh_from_db()
    assert narrow.deleted_at is not None
    assert admin.client.get(f"/account/api-keys/{narrow.pk}/").status_code == 404
    assert "Kasse" not in admin.client.get("/account/api-keys/").content.decode()


def test_a_key_without_a_name_is_refused_at_the_field(admin: Admin) -> None:
    admin.confirm()
    page = admin.client.post("/account/api-keys/new/", {"name": " ", "scope": "all"}).content.decode()
    assert 'role="alert"' in page
    assert ApiKey.objects.count() == 1


def test_the_reminder_is_set(admin: Admin) -> None:
    admin.client.post(admin.address("reminder/"), {"reminder_days": "180", "reminder_email": "it@example.org"})
    admin.key.refresh_from_db()
    assert (admin.key.reminder_days, admin.key.reminder_email) == (180, "it@example.org")
    for wrong in ({"reminder_days": "7"}, {"reminder_days": "x"}, {"reminder_days": "30", "reminder_email": "nix"}):
        admin.client.post(admin.address("reminder/"), wrong)
        admin.key.refresh_from_db()
        assert (admin.key.reminder_days, admin.key.reminder_email) == (180, "it@example.org")


def test_without_a_key_the_page_says_how_to_make_one(admin: Admin) -> None:
    admin.confirm()
    admin.client.post(admin.address("end/"))
    assert "Noch kein API-Schlüssel" in admin.client.get("/account/api-keys/").content.decode()


def test_the_picture_follows_the_choice(admin: Admin) -> None:
    texts = {
        days: admin.client.get(admin.address(f"picture/?overlap={days}")).content.decode() for days in (*OVERLAPS, "x")
    }
    assert "endet sofort" in texts[0]
    assert texts["x"] == texts[3]
    assert len({texts[days] for days in OVERLAPS}) == 4


@pytest.mark.parametrize("overlap", OVERLAPS)
def test_no_bar_leaves_the_line(admin: Admin, overlap: int) -> None:
    """Also over the end of summer time (25 October 2026)."""
    for moment in (timezone.now(), timezone.now().replace(month=10, day=24, hour=23)):
        drawn = picture(
            overlap_days=overlap,
            token_hours=24,
            formats=formats_for(admin.organisation, language="de", now=moment),
        )
        for bar in drawn.bars:
            start, width = float(bar.start[:-1]), float(bar.width[:-1])
            assert 0 <= start <= 100
            assert 0 <= width <= 100.001 - start


def test_a_firms_owner_makes_a_key_without_choosing_rights(factories: ModuleType) -> None:
    firm = factories.firm()
    client = Client(HTTP_ACCEPT_LANGUAGE="de")
    owner = factories.person(firm, role=Role.FIRM)
    client.post("/login/", {"login": owner.email, "password": factories.PASSWORD})
    client.post("/account/reauthenticate/?next=/account/api-keys/", {"password": factories.PASSWORD})
    assert "API-Schlüssel" in client.get("/account/api-keys/").content.decode()
    form = client.get("/account/api-keys/new/").content.decode()
    assert 'name="name"' in form
    assert 'name="scope"' not in form
    assert 'name="client_number"' not in form
    assert client.post("/account/api-keys/new/", {"name": "Kalkulation", "scope": "all"}).status_code == 302
    key = ApiKey.objects.get(organisation=firm)
    assert (key.name, key.scope) == ("Kalkulation", "firm")
    assert "Kalkulation" in client.get("/account/api-keys/").content.decode()


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.FITTER])
def test_other_people_of_a_firm_make_none(factories: ModuleType, role: str) -> None:
    firm = factories.firm()
    client = Client(HTTP_ACCEPT_LANGUAGE="de")
    client.post("/login/", {"login": factories.person(firm, role=role).email, "password": factories.PASSWORD})
    assert client.get("/account/api-keys/").status_code == 403
    client.post("/account/api-keys/new/", {"name": "x"})
    assert not ApiKey.objects.exists()
