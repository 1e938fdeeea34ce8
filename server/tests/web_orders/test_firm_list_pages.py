"""The manager's list of firms, their prices, and own people."""

from typing import Any

from django.urls import reverse
from gewerk.firms.models import Crew, FrameworkPrice, ListedFirm
from gewerk.identity.models import Invitation

from .conftest import EDITING, MANAGING, World, html_of, text_of

PRICE = {
    "code": "SAN-1",
    "text": "Hahn abdichten",
    "trade": "plumbing",
    "net": "89,00",
    "unit": "Stk",
    "vat_rate": "19",
    "kind": "labour",
    "valid_from": "2026-01-01",
    "valid_until": "",
}


def test_every_page_renders_for_whoever_may_open_it(world: World) -> None:
    price = world.price()
    world.full_order()
    pages: dict[str, tuple[str, ...]] = {
        reverse("firms"): MANAGING,
        reverse("firms") + "?standing=approved&q=brandt&sort=-name": MANAGING,
        reverse("firm", args=[world.firm.pk]): MANAGING,
        reverse("firm", args=[world.firm.pk]) + "?all": MANAGING,
        reverse("invite_firm"): EDITING,
        reverse("standing_of_firm", args=[world.firm.pk]): EDITING,
        reverse("new_framework_price", args=[world.firm.pk]): EDITING,
        reverse("framework_price", args=[price.pk]): EDITING,
        reverse("crews"): MANAGING,
        reverse("new_crew"): EDITING,
        reverse("crew", args=[world.crew.pk]): EDITING,
    }
    wrong = []
    for address, roles in pages.items():
        for role in (*MANAGING, "caretaker", "firm"):
            status = world.as_(role).get(address).status_code
            if status not in ({200} if role in roles else {403, 404}):
                wrong.append((address, role, status))
    assert wrong == []


def test_without_anything_the_lists_say_how_to_fill_them(empty: World) -> None:
    for role in MANAGING:
        for name in ("firms", "crews"):
            assert empty.as_(role).get(reverse(name)).status_code == 200, (role, name)
    assert "Betrieb einladen" in text_of(empty.as_("admin").get(reverse("firms")))


def test_the_lists_ask_as_often_for_many_as_for_one(world: World) -> None:
    world.price()
    world.full_order()
    pages = [reverse("firms"), reverse("firm", args=[world.firm.pk]), reverse("crews")]
    asked = [world.queries("admin", page) for page in pages]
    for number in range(8):
        world.factories.firm(world.manager, trades=("plumbing",))
        world.price(code=f"X-{number}")
        world.factories.crew(world.manager, world.people["caretaker"])
        world.full_order()
    assert [world.queries("admin", page) for page in pages] == asked


def test_a_firm_is_invited_or_what_is_wrong_is_said(world: World) -> None:
    browser, page = world.as_("housing_officer"), reverse("invite_firm")
    wrong = browser.post(page, {"name": "Dach Müller", "email": "keine", "supplier_number": "K-7"})
    assert wrong.status_code == 422
    for kept in ("Dach Müller", "keine", "K-7"):
        assert f'value="{kept}"' in html_of(wrong)
    assert not Invitation.objects.exists()
    sent = {"name": "Dach Müller", "email": "m@example.org", "supplier_number": "K-7", "trades": ["roofing"]}
    assert browser.post(page, sent).status_code == 302
    assert ListedFirm.objects.get(firm__name="Dach Müller").supplier_number == "K-7"
    assert Invitation.objects.get().email == "m@example.org"


def test_blocking_needs_a_reason(world: World) -> None:
    listed = ListedFirm.objects.get()
    browser, page = world.as_("admin"), reverse("standing_of_firm", args=[world.firm.pk])
    sent = {"standing": "blocked", "note": "Zweimal nicht erschienen", "version": listed.version}
    wrong = browser.post(page, sent)
    assert wrong.status_code == 422
    assert "Sagen Sie, warum der Betrieb gesperrt ist." in text_of(wrong)
    assert "Zweimal nicht erschienen" in html_of(wrong)
    assert browser.post(page, {**sent, "blocked_reason": "Unzuverlässig"}).status_code == 302
    late = browser.post(page, {**sent, "standing": "preferred"})
    assert late.status_code == 422
    assert "inzwischen" in text_of(late)
    listed.refresh_from_db()
    assert listed.standing == "blocked"


def test_a_price_is_agreed_changed_and_ended(world: World) -> None:
    browser, page = world.as_("admin"), reverse("new_framework_price", args=[world.firm.pk])
    for bad, said in (
        ({"net": "viel"}, "Das ist kein Betrag."),
        ({"vat_rate": "halb"}, "Das ist kein Satz."),
        ({"valid_from": "gestern"}, "field-error"),
        ({"code": ""}, "field-error"),
    ):
        wrong = browser.post(page, {**PRICE, **bad})
        assert wrong.status_code == 422, bad
        assert said in html_of(wrong), bad
        assert "Hahn abdichten" in html_of(wrong)
    assert browser.post(page, PRICE).status_code == 302
    price = FrameworkPrice.objects.get()
    assert (price.net_minor, price.vat_basis_points) == (8_900, 1_900)
    clash = browser.post(page, {**PRICE, "valid_from": "2026-05-01"})
    assert clash.status_code == 422
    change = reverse("framework_price", args=[price.pk])
    assert 'value="89"' in html_of(browser.get(change))
    assert browser.post(change, {**PRICE, "version": price.version, "valid_until": "2026-12-31"}).status_code == 302
    price.refresh_from_db()
    assert str(price.valid_until) == "2026-12-31"
    assert browser.post(change, {**PRICE, "version": price.version - 1}).status_code == 422


def test_a_crew_is_made_changed_and_ended(world: World) -> None:
    browser = world.as_("housing_manager")
    wrong = browser.post(reverse("new_crew"), {"name": "", "kind": "crew", "phone": "0231 7"})
    assert wrong.status_code == 422
    assert 'value="0231 7"' in html_of(wrong)
    member = str(world.people["caretaker"].pk)
    sent: dict[str, Any] = {"name": "Regie Nord", "kind": "crew", "phone": "0231 7", "member_ids": [member]}
    assert browser.post(reverse("new_crew"), sent).status_code == 302
    crew = Crew.objects.get(name="Regie Nord")
    stranger = browser.post(reverse("crew", args=[crew.pk]), {**sent, "member_ids": ["x"], "version": crew.version})
    assert stranger.status_code == 422
    assert "Regie Nord" in html_of(stranger)
    changed = {**sent, "name": "Regie West", "version": crew.version}
    assert browser.post(reverse("crew", args=[crew.pk]), changed).status_code == 302
    assert browser.post(reverse("archive_crew", args=[crew.pk])).status_code == 302
    crew.refresh_from_db()
    assert crew.name == "Regie West"
    assert crew.archived_at is not None
    browser.get(reverse("crews"))
    assert "Regie West" not in text_of(browser.get(reverse("crews"))), "only the note of a moment ago still named it"
