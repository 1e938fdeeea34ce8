"""From "it drips" to "it is mended": tenant, manager and firm at once, each in a browser of their own, told by real mails.

The tenant reports by phone, the manager awards at a framework price, the firm comes in vain, comes again, reports the work without
network, asks for a variation, and is accepted. The tenant's status page, open all the time, shows every step by itself.
"""

import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from stories.installation import Access, Installation
from stories.mailbox import Mailbox, link_in, mailbox
from stories.test_damage_report import PHONE, Program, finish, picture, report, tap
from stories.test_second_factor import log_in

pytestmark = pytest.mark.browser

BERLIN = ZoneInfo("Europe/Berlin")
TENANT = "wiebe@example.org"
FIRM = "brandt@example.org"
PASSWORD = "Wasserwaage-Neun-4"


@pytest.fixture
def post(tmp_path: Path) -> Iterator[tuple[Installation, Mailbox]]:
    """An installation of its own whose mails arrive."""
    with mailbox() as (box, smtp_url):
        running = Installation(data=tmp_path / "data", extra={"GEWERK_SMTP_URL": smtp_url})
        running.data.mkdir()
        try:
            yield running.start(), box
        finally:
            running.stop()


class Clerk:
    """The manager at the office's screen; counts the clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1
        self.page.wait_for_load_state()

    def button(self, words: str) -> None:
        self.click(self.page.locator("main").get_by_role("button", name=words, exact=True).first)

    def link(self, words: str) -> None:
        self.click(self.page.locator("main").get_by_role("link", name=words, exact=True).first)


class StatusPage:
    """The tenant's page: nobody touches it, its own clock makes it ask."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.clock.install()
        page.reload()

    def shows(self, *words: str) -> None:
        """Twenty seconds later it stands there."""
        self.page.clock.fast_forward(21_000)
        for one in words:
            expect(self.page.locator("#live")).to_contain_text(one)


def in_hours(hours: float) -> tuple[str, str, str]:
    """A local day with begin and end of half an hour, the whole of it on one day."""
    begin = datetime.now(BERLIN) + timedelta(hours=hours)
    if (begin + timedelta(minutes=31)).date() != begin.date():
        begin = begin.replace(hour=0, minute=1) + timedelta(days=1)
    end = begin + timedelta(minutes=30)
    return begin.date().isoformat(), begin.strftime("%H:%M"), end.strftime("%H:%M")


def propose(page: Page, *hours: float) -> None:
    page.get_by_role("link", name="Termin vorschlagen").first.click()
    for row, wanted in enumerate(hours):
        day, begin, end = in_hours(wanted)
        page.locator(f"input[name=day_{row}]").fill(day)
        page.locator(f"input[name=from_{row}]").fill(begin)
        page.locator(f"input[name=to_{row}]").fill(end)
    tap(page, "^Termin vorschlagen")
    expect(page.locator("#visits")).to_contain_text("Zeiten vorgeschlagen")


def choose(context: BrowserContext, mail: str) -> None:
    """The tenant opens the link of the mail beside the status page and takes the first time."""
    page = context.new_page()
    page.goto(link_in(mail, "/visits/by-link/"))
    page.locator("button[name=slot]").first.click()
    expect(page.get_by_text("Danke. Die Zeit ist vereinbart")).to_be_visible()
    page.close()


def small_photo() -> bytes:
    written = io.BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(written, "JPEG")
    return written.getvalue()


def work_without_network(page: Page, base_url: str, photo: Path) -> None:
    """In the cellar: captured and kept; outside again it leaves by itself."""
    page.goto(f"{base_url}/on-site/")
    expect(page.locator(".job-line")).to_have_count(1)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("caches.keys().then((names) => names.length > 0)")
    page.context.set_offline(True)
    page.reload()
    page.locator(".job-line").click()
    page.locator("textarea[name=text]").fill("Dichtung und Oberteil getauscht")
    page.get_by_label("Dichtheit geprüft").check()
    page.locator("input[name=minutes]").fill("75")
    page.locator("#c-after").set_input_files(photo)
    expect(page.locator(".field-photos img")).to_have_count(1)
    pad = page.locator("canvas[data-signature]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60)
    page.mouse.up()
    page.locator("input[name=signed_by]").fill("Jonas Wiebe")
    page.get_by_role("button", name="Arbeit melden").click()
    expect(page.locator("[data-net]")).to_contain_text("Noch zu senden: 1")
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-net]")).not_to_contain_text("Noch zu senden", timeout=30_000)
    expect(page.locator(".job-line")).to_have_count(0)


def firm_of(program: Program) -> None:
    """The manager's agreements: a firm, its price."""
    firm = program("POST", "/firms", {"name": "Brandt Sanitär", "email": FIRM, "trades": ["plumbing"]})
    price = {"code": "SAN-1", "text": "Wasserhahn abdichten", "unit": "Stk", "net_minor": 8_900, "vat_rate": "19"}
    program(
        "POST",
        "/framework-prices",
        {**price, "firm_id": firm["id"], "trade": "plumbing", "valid_from": "2020-01-01", "kind": "labour"},
    )


def stairwell(program: Program) -> str:
    address = {"street": "Lindemannstraße", "house_number": "12", "postcode": "44137", "city": "Dortmund"}
    building = {"external_id": "1-9-66", "name": "Lindemannstraße 12", "address": {**address, "country": "DE"}}
    record = program("POST", "/properties/upsert", {"records": [building]})["results"][0]
    made: dict[str, str] = program("POST", "/report-links", {"property_id": record["id"]})
    return made["url"]


def test_from_the_drip_to_the_acceptance(browser: Browser, post: tuple[Installation, Mailbox], tmp_path: Path) -> None:
    installation, box = post
    access: Access = installation.organisation("DE")
    program = Program(installation, access)
    firm_of(program)
    code = stairwell(program)
    photo, after = tmp_path / "IMG_1.jpg", tmp_path / "nachher.jpg"
    photo.write_bytes(picture(1600, 1200))
    after.write_bytes(small_photo())
    tenant, office, van = (
        browser.new_context(locale="de-DE", timezone_id="Europe/Berlin", **more)
        for more in ({"viewport": PHONE, "has_touch": True}, {}, {"viewport": PHONE, "has_touch": True})
    )

    # The tenant reports from the phone, led by questions, with a photo.
    at_home = tenant.new_page()
    report(at_home, code, photo)
    finish(at_home, email=TENANT)
    status_url = link_in(box.wait_for(TENANT, "Ihre Meldung ist angekommen"), "/status/")
    at_home.goto(status_url)
    status = StatusPage(at_home)
    status.shows("Gemeldet")

    # The firm joins by the invitation's link.
    on_the_road = van.new_page()
    on_the_road.goto(link_in(box.wait_for(FIRM, "lädt Sie zu Gewerk ein"), "/invitations/"))
    on_the_road.locator("input[name=first_name]").fill("Kerstin")
    on_the_road.locator("input[name=last_name]").fill("Brandt")
    on_the_road.locator("input[name=password]").fill(PASSWORD)
    tap(on_the_road, "Einladung annehmen")

    # The manager: from the open ticket to the award at the framework price.
    desk = office.new_page()
    log_in(desk, installation.base_url, access)
    desk.get_by_role("link", name=re.compile("Meldung ansehen.*Wasserhahn tropft")).click()
    expect(desk.get_by_text("Tropft seit Montag.")).to_be_visible()
    clerk = Clerk(desk)
    clerk.link("Auftrag vergeben")
    expect(desk.get_by_label("Wasserhahn abdichten")).to_be_checked()
    clerk.button("Vergeben")
    expect(desk.locator(".heads")).to_contain_text("vergeben")
    assert clerk.clicks <= 6, "from the report to the award"
    order_url = desk.url.partition("#")[0]
    expect(desk.locator("#matter img")).to_have_count(1)
    expect(desk.locator("#items")).to_contain_text("105,91")
    status.shows("Brandt Sanitär ist mit der Reparatur beauftragt")
    box.wait_for(FIRM, "ein neuer Auftrag für Sie")
    box.wait_for(TENANT, "ein Betrieb ist beauftragt")

    # The firm accepts and proposes; the tenant takes a time by the link of the mail.
    on_the_road.goto(f"{installation.base_url}/firm/jobs/")
    on_the_road.get_by_role("link", name="Wasserhahn tropft").click()
    job_url = on_the_road.url
    expect(on_the_road.locator("#access")).to_contain_text("0231 123456")
    tap(on_the_road, "Auftrag annehmen")
    status.shows("Brandt Sanitär hat den Auftrag angenommen")
    propose(on_the_road, 1, 26)
    status.shows("Ihnen werden Termine vorgeschlagen", "Termin auswählen")
    choose(tenant, box.wait_for(TENANT, "bitte wählen Sie einen Termin"))
    status.shows("Termin vereinbart")
    desk.reload()
    expect(desk.locator(".heads")).to_contain_text("Termin vereinbart")

    # Nobody opens; a second visit.
    on_the_road.goto(job_url)
    on_the_road.get_by_role("link", name="Niemand öffnet").click()
    on_the_road.locator("textarea[name=reason]").fill("Dreimal geklingelt, Karte eingeworfen.")
    tap(on_the_road, "Niemand öffnet")
    status.shows("Niemand hat geöffnet; ein neuer Termin ist nötig", "Karte eingeworfen")
    box.wait_for(TENANT, "niemand öffnete")
    propose(on_the_road, 2)
    choose(tenant, box.wait_for(TENANT, "bitte wählen Sie einen Termin", count=2))
    at_home.clock.fast_forward(21_000)
    expect(at_home.locator(".way li", has_text="Termin vereinbart: ")).to_have_count(2)

    # The work, reported from the cellar without network.
    work_without_network(on_the_road, installation.base_url, after)
    status.shows("Der Termin hat stattgefunden", "Brandt Sanitär meldet: Die Arbeit ist erledigt")
    status.shows("Bitte sehen Sie nach")
    box.wait_for(access.email, "Arbeit als erledigt gemeldet")

    # It was more than thought: asked by the firm, approved by the manager.
    on_the_road.goto(job_url)
    on_the_road.locator("main summary", has_text="Mehr").click()
    on_the_road.get_by_role("link", name="Neuer Nachtrag").click()
    on_the_road.locator("textarea[name=reason]").fill("Auch das Eckventil war undicht.")
    on_the_road.locator("[name=item-text]").first.fill("Eckventil")
    on_the_road.locator("[name=item-quantity]").first.fill("1")
    on_the_road.locator("[name=item-unit]").first.fill("Stk")
    on_the_road.locator("[name=item-price]").first.fill("24,50")
    tap(on_the_road, "Nachtrag anmelden")
    status.shows("Es ist mehr zu tun als gedacht")
    desk.goto(order_url)
    clerk.link("Nachtrag ansehen")
    expect(desk.locator("main")).to_contain_text("Auch das Eckventil war undicht.")
    clerk.button("Freigeben")
    status.shows("Die zusätzliche Arbeit ist freigegeben")

    # Looked at and accepted.
    expect(desk.locator("#reports")).to_contain_text("Dichtung und Oberteil getauscht")
    expect(desk.locator("#reports")).to_contain_text("1 Std. 15 Min.")
    expect(desk.locator("#reports")).to_contain_text("Jonas Wiebe")
    shown = desk.locator("#reports img").first
    expect(shown).to_be_visible()
    assert shown.evaluate("one => one.complete || one.decode().then(() => true)")
    clerk.link("Arbeit abnehmen")
    clerk.button("Arbeit abnehmen")
    expect(desk.locator(".heads")).to_contain_text("abgenommen")
    expect(desk.locator("#money")).to_contain_text("135,07")
    status.shows("Wir haben die Arbeit geprüft und abgenommen")
    box.wait_for(FIRM, "Arbeit abgenommen")
    on_the_road.goto(job_url)
    expect(on_the_road.locator("#access")).not_to_contain_text("0231 123456")

    tap(at_home, "Ja, es ist behoben")
    expect(at_home.locator("#live")).to_contain_text("Sie haben bestätigt")
    prices = at_home.locator("main").inner_text()
    assert "105,91" not in prices
    assert "Eckventil" not in prices
    for context in (tenant, office, van):
        context.close()
