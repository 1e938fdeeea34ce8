"""A housing company activates the integration in the browser: from the platform's Integrationen in three steps to its stock,
inside its ERP's window, and after a secret was rotated. Every page is clean by axe, on a phone and wide, light and dark."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import Response as BrowserResponse

from stories.conftest import EXPORTS
from stories.connector import Connector, Issuing, erp_window
from stories.installation import Access, Installation, export, free_port
from stories.large_export import large_export
from stories.looks import COLOURS, findings

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LOOKS = [(1440, 900, "light"), (1440, 900, "dark"), (390, 844, "light"), (390, 844, "dark")]


@dataclass
class House:
    """A platform and the connector beside it."""

    installation: Installation
    connector: Connector
    erp: Issuing


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    data = tmp_path_factory.mktemp("with-connector")
    port = free_port()
    installation = Installation(data=data / "platform", extra={"GEWERK_CONNECTOR_URL": f"http://127.0.0.1:{port}"})
    erp = Issuing("erp")
    try:
        installation.start()
        public = installation.python(
            "-c",
            "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'gewerk.config.settings'; django.setup();"
            "from gewerk.identity.connector_links import connector_public_key; print(connector_public_key())",
        ).strip()
        gewerk = {"name": "gewerk", "public_key": public, "home": f"{installation.base_url}/integrations/"}
        connector = Connector(
            data / "connector",
            [EXPORTS, data],
            [gewerk, {"name": "erp", "public_key": erp.public_key, "realm": "gewerk"}],
            port=port,
        )
        try:
            yield House(installation, connector.start(), erp)
        finally:
            connector.stop()
    finally:
        installation.stop()


def log_in(page: Page, installation: Installation, access: Access) -> None:
    page.goto(f"{installation.base_url}/login/")
    page.get_by_label("E-Mail").fill(access.email)
    page.get_by_label("Passwort").fill(access.password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/(start/)?$"))


def fill_login(page: Page, access: Access, base_url: str, folder: Path) -> None:
    page.get_by_label("Adresse", exact=True).fill(base_url)
    page.get_by_label("Client-ID").fill(access.client_id)
    page.locator("#client_secret").fill(access.client_secret)
    page.get_by_role("button", name="Autorisieren").click()
    expect(page.get_by_text("Gewerk hat die Zugangsdaten angenommen")).to_be_visible()
    page.get_by_label("Ihr ERP").select_option("wodis-sigma")
    page.wait_for_url(re.compile(r"kind=wodis-sigma"))
    page.locator("#path").fill(str(folder))
    page.get_by_role("button", name="Zugang prüfen").click()
    expect(page.get_by_text("Der Export ist lesbar.")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Weiter zu den Einstellungen").click()


def start_sync(page: Page) -> None:
    page.locator('input[name=separator][value="-"]').check()
    page.get_by_role("button", name="Weiter zum ersten Plan").click()
    expect(page.get_by_role("heading", name="Änderungen")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Abgleich starten").click()


def _keeps_a_client(answer: BrowserResponse) -> bool:
    """The draft with the client chosen is on its disk; one without may have been kept a moment before."""
    return answer.url.endswith("/settings/draft") and "clients=1" in (answer.request.post_data or "")


def test_three_steps_from_the_platform_to_the_stock(house: House, browser: Browser) -> None:
    access = house.installation.organisation()
    context = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda said: broken.append(said.text) if "Content Security Policy" in said.text else None)
    log_in(page, house.installation, access)

    page.goto(f"{house.installation.base_url}/integrations/")
    page.get_by_role("button", name="Abgleich einrichten").click()
    page.wait_for_url(f"{house.connector.base_url}/")
    assert "link=" not in page.url
    page.get_by_role("link", name="Gewerk", exact=True).click()
    page.get_by_role("button", name="Aktivieren").click()
    assert page.locator("#base_url").input_value() == house.installation.base_url

    fill_login(page, access, house.installation.base_url, EXPORTS / "sigma")
    expect(page.get_by_text("nicht sicher, steht in 22 Nummern")).to_be_visible()
    page.locator('input[name=separator][value="_"]').check()
    expect(page.locator("#sums")).to_contain_text("1_10_61")
    choose = page.get_by_role("combobox", name="Mandanten Nummern")
    choose.press_sequentially("linden")
    expect(page.get_by_role("option", name=re.compile("Baugenossenschaft Lindenhof"))).to_be_visible()
    choose.press("ArrowDown")
    with page.expect_response(_keeps_a_client):
        choose.press("Enter")
    expect(page.locator(".chooser-chips li")).to_have_count(1)
    expect(page.locator("#sums")).to_contain_text("285")
    expect(page.locator("#draft-note")).to_contain_text("Entwurf gespeichert")

    page.goto(house.connector.base_url)  # left, and resumed
    page.get_by_role("main").get_by_role("link", name="Stammdaten aus Wodis Sigma").click()
    page.wait_for_url(re.compile("/settings$"))
    expect(page.locator(".chooser-chips li")).to_have_count(1)
    page.get_by_role("button", name="1 entfernen").click()
    expect(page.locator("#sums")).to_contain_text("547")
    start_sync(page)

    expect(page.locator("#progress")).to_contain_text("Sie können die Seite schließen")
    expect(page.locator("#last")).to_contain_text("fertig", timeout=120_000)
    expect(page.locator("#last")).to_contain_text("547")
    assert broken == []
    page.get_by_role("link", name="Zurück zu Gewerk").first.click()
    page.wait_for_url(f"{house.installation.base_url}/integrations/")
    expect(page.locator("main")).to_contain_text("Stammdaten aus Wodis Sigma")
    page.goto(f"{house.installation.base_url}/properties/")
    expect(page.locator("main")).to_contain_text("40")
    assert len(export(house.installation.base_url, access, "properties")) == 40
    page.goto(f"{house.installation.base_url}/integrations/")
    page.get_by_role("button", name="Abgleich verwalten").click()
    page.wait_for_url(re.compile(r"/connections/[0-9a-f-]{36}$"))
    expect(page.locator("main")).to_contain_text("Nächster Lauf")
    context.close()


def test_a_rotated_secret_is_said_and_the_new_one_goes_on(house: House, browser: Browser) -> None:
    access = house.installation.organisation()
    context = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(house.erp.link(house.connector.base_url, access.organisation_id))
    page.get_by_role("link", name="Gewerk", exact=True).click()
    page.get_by_role("button", name="Aktivieren").click()
    fill_login(page, access, house.installation.base_url, EXPORTS / "sigma")
    start_sync(page)
    expect(page.locator("#last")).to_contain_text("fertig", timeout=120_000)

    fresh = _rotate(house.installation, access)
    page.get_by_role("button", name="Jetzt abgleichen").click()
    expect(page.get_by_text("Das Ziel nimmt die Zugangsdaten nicht mehr an")).to_be_visible(timeout=60_000)
    expect(page.locator("main")).to_contain_text("Angehalten seit")
    assert findings(page) == []
    page.get_by_role("link", name="Neues Geheimnis eintragen").click()
    page.locator("#client_secret").fill(fresh)
    page.get_by_role("button", name="Autorisieren").click()
    expect(page.get_by_text("Gewerk hat die Zugangsdaten angenommen")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Stammdaten aus Wodis Sigma").click()
    expect(page.locator("main")).to_contain_text("Nächster Lauf")
    page.get_by_role("button", name="Jetzt abgleichen").click()
    expect(page.locator("#runs tbody tr").first).to_contain_text("fertig", timeout=120_000)
    context.close()


def test_from_the_test_account_to_production(house: House, browser: Browser) -> None:
    """Two accounts of one installation: what the test account holds must not pass for the other's."""
    test, production = house.installation.organisation(), house.installation.organisation()
    context = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(house.erp.link(house.connector.base_url, test.organisation_id))
    page.get_by_role("link", name="Gewerk", exact=True).click()
    page.get_by_role("button", name="Aktivieren").click()
    fill_login(page, test, house.installation.base_url, EXPORTS / "sigma")
    start_sync(page)
    expect(page.locator("#last")).to_contain_text("fertig", timeout=120_000)
    checklist = page.locator("#go-live")
    expect(checklist.locator(".is-done")).to_have_text(
        [re.compile("Testkonto"), re.compile("Plan"), re.compile("Lauf")]
    )

    checklist.get_by_role("link", name="Abnahme").click()
    page.get_by_label("Ihr Name").fill("Sabine Krüger")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Abnahme erteilen").click()
    expect(checklist).to_contain_text("Sabine Krüger")
    checklist.get_by_role("link", name="Produktivkonto").click()
    page.get_by_label("Client-ID").fill(test.client_id)
    page.locator("#client_secret").fill(test.client_secret)
    page.get_by_role("button", name="Prüfen und umstellen").click()
    expect(page.locator(".errors")).to_contain_text("Das ist die Client-ID des Testkontos")
    page.get_by_label("Client-ID").fill(production.client_id)
    page.locator("#client_secret").fill(production.client_secret)
    page.get_by_role("button", name="Prüfen und umstellen").click()
    page.wait_for_url(re.compile("/plan"))
    page.get_by_role("button", name="Plan berechnen").click()
    expect(page.locator("#counts tbody tr").first).to_have_text(re.compile(r"Objekte\s+40\s"), timeout=120_000)

    page.get_by_role("navigation", name="Sie sind hier").get_by_role("link", name="Stammdaten").click()
    expect(page.locator("main")).to_contain_text("produktiv")
    expect(checklist.locator(".is-done")).to_have_count(5)
    page.get_by_role("button", name="Jetzt abgleichen").click()
    expect(page.locator("#runs tbody tr")).to_have_count(2, timeout=120_000)
    expect(page.locator("#runs tbody tr").first).to_contain_text("fertig", timeout=120_000)
    assert len(export(house.installation.base_url, production, "properties")) == 40
    context.close()


def _rotate(installation: Installation, access: Access) -> str:
    """A new secret, the old one dead at once, as *Rotieren* with *Sofort* does."""
    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'gewerk.config.settings'; django.setup()\n"
        "from django.utils import timezone\n"
        "from gewerk.identity.models import ApiKey, Membership, Role\n"
        "from gewerk.identity.operations.rotate_secret import rotate_secret\n"
        "from gewerk.journal.actor import Actor, ActorKind\n"
        "key = ApiKey.objects.get(client_id=sys.argv[1])\n"
        "admin = Membership.objects.get(organisation=key.organisation, role=Role.ADMIN)\n"
        "actor = Actor(kind=ActorKind.PERSON, id=admin.person_id, organisation_id=key.organisation_id,\n"
        "              roles=frozenset({str(Role.ADMIN)}))\n"
        "from django.db import transaction\n"
        "with transaction.atomic():\n"
        "    print(rotate_secret(actor=actor, key_id=key.pk, now=timezone.now()).client_secret)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, access.client_id],
        env=installation.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.strip()


def test_inside_the_erps_window_and_nowhere_else(house: House, browser: Browser, tmp_path: Path) -> None:
    """Over TLS, from another site: the cookie lives in this frame alone, and only an allowed window may show it."""
    access = house.installation.organisation()
    erp = Issuing("erp")
    framed = Connector(tmp_path, [EXPORTS], [{"name": "erp", "public_key": erp.public_key}], tls=True)
    window_link = erp.link(framed.base_url, access.organisation_id)
    with erp_window(window_link) as port:
        framed.frame_ancestors = [f"http://127.0.0.1:{port}"]
        framed.start()
        try:
            context = browser.new_context(locale="de-DE", ignore_https_errors=True)
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{port}/")
            frame = page.frame_locator("iframe")
            expect(frame.get_by_role("heading", name="Wohin sollen Ihre Stammdaten?")).to_be_visible(timeout=30_000)
            frame.get_by_role("link", name="Gewerk", exact=True).click()
            frame.get_by_role("button", name="Aktivieren").click()
            expect(frame.get_by_role("heading", name="Zugang zu Gewerk")).to_be_visible()
            frame.locator("#base_url").fill(house.installation.base_url)
            frame.locator("#client_id").fill(access.client_id)
            frame.locator("#client_secret").fill(access.client_secret)
            frame.get_by_role("button", name="Autorisieren").click()
            expect(frame.get_by_text("Gewerk hat die Zugangsdaten angenommen")).to_be_visible()
            [cookie] = [one for one in context.cookies(framed.base_url) if "gewerk_connect" in one["name"]]
            assert cookie["secure"]
            assert cookie["httpOnly"]
            assert cookie["sameSite"] == "None"
            # the link is used up: a second window with the same address opens nothing
            page.reload()
            expect(frame.get_by_role("heading", name="Der Link öffnet nicht")).to_be_visible()
            # the same page under a name that the operator did not allow
            stranger = context.new_page()
            refusals: list[str] = []
            stranger.on("console", lambda said: refusals.append(said.text))
            stranger.goto(f"http://localhost:{port}/")
            stranger.wait_for_timeout(1_000)
            assert any("frame-ancestors" in said for said in refusals), refusals
            assert stranger.frame_locator("iframe").get_by_role("heading").count() == 0
            context.close()
        finally:
            framed.stop()


@pytest.fixture(scope="module")
def activated(house: House, browser: Browser) -> tuple[Access, str]:
    """A connection in operation, its stock confirmed, one run stopped by the fuse; returns its address."""
    access = house.installation.organisation()
    folder = house.installation.data.parent / "export"
    subprocess.run(["cp", "-r", str(EXPORTS / "sigma"), str(folder)], check=True)
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    page.goto(house.erp.link(house.connector.base_url, access.organisation_id))
    page.get_by_role("link", name="Gewerk", exact=True).click()
    page.get_by_role("button", name="Aktivieren").click()
    fill_login(page, access, house.installation.base_url, folder)
    start_sync(page)
    expect(page.locator("#last")).to_contain_text("fertig", timeout=120_000)
    here = page.url.split("?")[0]
    parties = folder / "vertragspartner.csv"
    lines = parties.read_text("cp1252").splitlines(keepends=True)
    parties.write_text("".join(line for line in lines if "igentümer" not in line), "cp1252")
    page.get_by_role("button", name="Jetzt abgleichen").click()
    expect(page.locator("#fuse")).to_be_visible(timeout=120_000)
    page.goto(f"{here}/plan")
    page.get_by_role("button", name="Plan berechnen").click()
    expect(page.get_by_role("heading", name="Änderungen")).to_be_visible(timeout=60_000)
    page.goto(house.connector.base_url)
    page.goto(f"{house.connector.base_url}/targets/gewerk")
    page.get_by_role("button", name="Weiteres ERP anbinden").click()
    context.close()
    return access, here


PAGES = [
    "",
    "/plan",
    "/plan?action=archive",
    "/runs",
    "/explain",
    "/explain?entity=unit&id=1-9-66-2",
    "/explain?entity=unit&id=nichts",
    "/login",
    "/settings",
    "/schedule",
    "/usages",
    "/floors",
    "/mapping",
    "/mapping?as=text",
    "/separator",
    "/sign-off",
    "/go-live",
    "/notify",
]


def _addresses(house: House, page: Page, here: str, role: str) -> list[str]:
    """Every page that a role may see: of the connection in operation, of one that is being set up, of two runs."""
    addresses = [f"{house.connector.base_url}/", f"{house.connector.base_url}/targets/plentific"]
    addresses += [f"{here}{path}" for path in (PAGES if role == "admin" else PAGES[:7])]
    page.goto(f"{here}/runs")
    addresses += list(page.eval_on_selector_all("tbody th a", "all => all.map(a => a.href)"))[:2]
    page.goto(f"{house.connector.base_url}/")
    if role == "admin":
        draft = page.locator(
            "#connections tbody tr", has_text="being set up" if _english(page) else "wird eingerichtet"
        )
        addresses.append(str(draft.locator("a").first.evaluate("a => a.href")))
    return addresses


def _english(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.lang") == "en")


def _wrong(page: Page, *, only: Sequence[str] = ()) -> list[str]:
    """What axe finds (``only``: by these rules), and whether the page is wider than the window."""
    said = findings(page, only=only)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*said, f"{wider} px wider than the window"] if wider > 0 else said


@pytest.mark.parametrize(
    ("look", "role", "language"),
    [
        *((look, role, "de") for look in LOOKS for role in ("admin", "clerk")),
        *((look, "admin", "en") for look in (LOOKS[0], LOOKS[3])),
    ],
    ids=lambda value: f"{value[0]}-{value[2]}" if isinstance(value, tuple) else value,
)
def test_axe_finds_nothing_and_no_page_is_wider_than_the_window(
    house: House,
    browser: Browser,
    activated: tuple[Access, str],
    look: tuple[int, int, str],
    role: str,
    language: str,
) -> None:
    access, here = activated
    context = _context(browser, look)
    page = context.new_page()
    page.goto(house.erp.link(house.connector.base_url, access.organisation_id, role=role, lang=language))
    bad: dict[str, list[str]] = {}
    # the scheme changes colours alone: what is no matter of colours, the light look of the same width says
    only = COLOURS if look[2] == "dark" and language == "de" else ()
    for address in _addresses(house, page, here, role):
        page.goto(address)
        assert _english(page) == (language == "en")
        if said := _wrong(page, only=only):
            bad[page.url] = said
    context.close()
    assert not bad, json.dumps(bad, indent=1, ensure_ascii=False)


@pytest.mark.parametrize("look", [LOOKS[0], LOOKS[3]], ids=lambda look: f"{look[0]}-{look[2]}")
def test_axe_finds_nothing_while_there_is_nothing_yet(
    house: House, browser: Browser, look: tuple[int, int, str]
) -> None:
    """An organisation that begins: no connection, a login with nothing in it, an ERP chosen, each way to it."""
    access = house.installation.organisation()
    context = _context(browser, look)
    page = context.new_page()
    page.goto(house.erp.link(house.connector.base_url, access.organisation_id))
    bad: dict[str, list[str]] = {}

    def look_at() -> None:
        if said := _wrong(page):
            bad[page.url] = said

    look_at()
    page.get_by_role("link", name="Plentific", exact=True).click()
    look_at()
    page.goto(f"{house.connector.base_url}/targets/gewerk")
    look_at()
    page.get_by_role("button", name="Aktivieren").click()
    look_at()
    login = page.url
    kinds = page.locator("#kind option").evaluate_all("all => all.map(one => one.value).filter(Boolean)")
    assert len(kinds) > 5
    for kind in kinds:
        page.goto(f"{login}?kind={kind}")
        ways = page.locator(".segments-nav a").evaluate_all("all => all.map(one => one.href)")
        for way in ways or [page.url]:
            page.goto(way)
            look_at()
    context.close()
    assert not bad, json.dumps(bad, indent=1, ensure_ascii=False)


@pytest.mark.parametrize("look", LOOKS[1:3], ids=lambda look: f"{look[0]}-{look[2]}")
def test_axe_finds_nothing_on_forms_with_errors_and_what_opens(
    house: House, browser: Browser, activated: tuple[Access, str], look: tuple[int, int, str]
) -> None:
    access, here = activated
    context = _context(browser, look)
    page = context.new_page()
    page.goto(house.erp.link(house.connector.base_url, access.organisation_id))
    bad: dict[str, list[str]] = {}

    def look_at(what: str) -> None:
        if said := _wrong(page):
            bad[what] = said

    page.goto(f"{here}/settings")
    page.locator("details.fold > summary").click()
    page.locator("#lead_days").fill("viele")
    page.locator("#fuse_percent").fill("")
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator(".errors")).to_be_visible()
    look_at("settings with errors")
    page.get_by_role("combobox", name="Mandanten Nummern").click()
    expect(page.get_by_role("listbox", name="Mandanten Nummern")).to_be_visible()
    look_at("type-ahead open")
    page.goto(f"{here}/settings")
    expect(page.locator("main")).to_contain_text("Angaben, die jemand eingegeben, aber nicht gespeichert hat")
    look_at("settings not saved")
    page.get_by_role("button", name="Angaben verwerfen").click()
    expect(page.locator("#lead_days")).to_have_value("60")
    page.goto(f"{here}/login")
    page.locator("#client_id").fill("")
    page.get_by_role("button", name="Autorisieren").click()
    expect(page.locator(".errors")).to_be_visible()
    look_at("login with errors")
    page.goto(here)
    page.locator("#fuse button[type=submit]").click()
    expect(page.locator(".field-error")).to_be_visible()
    look_at("fuse with an error")
    page.goto(f"{here}/floors")
    page.locator("#value_0").fill("oben")
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator(".errors")).to_be_visible()
    look_at("floors with an error")
    page.get_by_role("button", name="Änderungen verwerfen").click()
    page.goto(f"{here}/mapping")
    for fold in page.locator("main details > summary").all():
        fold.click()
    look_at("every table of the mapping open")
    page.locator("#column_units_number").fill("")
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator(".errors")).to_be_visible()
    look_at("mapping with an error")
    page.goto(f"{here}/schedule")
    page.locator("#time").fill("")
    page.get_by_role("button", name="Speichern").click()
    look_at("schedule with errors")
    page.goto(f"{house.connector.base_url}/open?link=x")
    look_at("a link that does not open")
    context.clear_cookies()
    page.goto(here)
    look_at("not open")
    context.close()
    assert not bad, json.dumps(bad, indent=1, ensure_ascii=False)


def _context(browser: Browser, look: tuple[int, int, str]) -> BrowserContext:
    width, height, scheme = look
    dark = "dark" if scheme == "dark" else "light"
    return browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=dark, locale="de-DE", reduced_motion="reduce"
    )


def test_the_keyboard_is_enough(house: House, browser: Browser, activated: tuple[Access, str]) -> None:
    """Tab, arrows, Enter and Escape: choosing a client, a separator, saving."""
    access, here = activated
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    page.goto(house.erp.link(house.connector.base_url, access.organisation_id))
    page.goto(f"{here}/settings")
    page.locator("label[for=clients]").click()
    page.keyboard.type("hanse")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".chooser-chips li").first).to_contain_text("7")
    assert page.locator("#clients").input_value() == "7"
    page.keyboard.press("Backspace")
    expect(page.locator(".chooser-chips li").first).to_be_hidden()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Speichern":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/plan"))
    context.close()


def test_5000_objects_are_chosen_filtered_and_saved_by_keyboard(house: House, browser: Browser) -> None:
    """No list of five thousand is ever shown: typing finds, a pasted column counts, a page of floors has fifty rows."""
    access = house.installation.organisation()
    folder = large_export(house.installation.data.parent / "large", 5_000)
    context = browser.new_context(locale="de-DE")
    page = context.new_page()
    page.goto(house.erp.link(house.connector.base_url, access.organisation_id))
    page.get_by_role("link", name="Gewerk", exact=True).click()
    page.get_by_role("button", name="Aktivieren").click()
    fill_login(page, access, house.installation.base_url, folder)
    page.locator('input[name=separator][value="-"]').check()
    page.locator("details.fold > summary").click()
    objects = page.get_by_role("combobox", name="Objektnummern")
    objects.press_sequentially("lange 4711")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    objects.press("Enter")
    assert page.locator("#objects").input_value() == "904711"
    numbers = "\n".join(f"9{number:05}" for number in range(1, 5_001))
    with page.expect_response(lambda answer: answer.url.endswith("/settings/draft")):
        objects.evaluate(
            """(input, text) => {
                const clipboardData = new DataTransfer();
                clipboardData.setData("text", text);
                input.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
            }""",
            numbers,
        )
    assert len(set(page.locator("#objects").input_value().split())) == 5_000
    expect(page.locator("#objects-list")).to_be_hidden()
    assert page.locator("main *").count() < 1_500
    settings = page.url.split("?")[0]
    page.get_by_role("button", name="Weiter zum ersten Plan").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/finish$"), timeout=120_000)

    page.goto(settings.replace("/settings", "/floors"))
    expect(page.locator("main")).to_contain_text("Zeile 1 bis 50 von 5.0")
    page.locator("#value_0").fill("1")
    page.keyboard.press("Tab")
    expect(page.locator("#effect")).to_contain_text("1 Zuordnung geändert")
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.type("hof 04711")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Zeile 1 bis 1 von 1")
    page.locator("#value_0").fill("4")
    page.keyboard.press("Tab")
    expect(page.locator("#effect")).to_contain_text("2 Zuordnungen geändert")
    page.get_by_role("button", name="Speichern").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("done=saved"))
    page.goto(f"{page.url.split('?')[0]}?show=own")
    expect(page.locator("main")).to_contain_text("Zeile 1 bis 2 von 2")
    context.close()
