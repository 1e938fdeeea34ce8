"""From the order to the award through sealed quotes: a manager, three vetted electricians and a painter who tries, an owner who agrees.

One electrician works in the portal, one answers by the link of the mail from a phone, the insurance of the third runs out before the
award. Until the deadline nobody at the manager's sees whether anybody has quoted: not on pages, not through the API, not in files,
search, counts or mails. Real mails carry every link.
"""

import io
import json
import re
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from stories.installation import Installation
from stories.looks import both_widths
from stories.mailbox import Mailbox, link_in
from stories.test_damage_report import PHONE, Program, picture, tap
from stories.test_drip_to_mended import BERLIN, PASSWORD, Clerk, post
from stories.test_second_factor import log_in

pytestmark = pytest.mark.browser
__all__ = ["post"]

SERVICE = "fuse_board_renew"
ALBERS, BERG, CONRAD, PAINTER = "albers@example.org", "berg@example.org", "conrad@example.org", "farbig@example.org"
OWNER = "eigentuemerin@example.org"
REASON = "Günstigster vollständiger Preis, Beginn noch in diesem Monat."


def day(ahead: int) -> str:
    """So many days from now, as a date field takes it."""
    return (datetime.now(BERLIN) + timedelta(days=ahead)).date().isoformat()


def sound(page: Page) -> bool:
    """axe finds nothing, wide and on a phone, and nothing is wider than the window."""
    size = page.viewport_size
    found = both_widths(page)
    assert found == [], found
    if size:
        page.set_viewport_size(size)
    return True


def seed(installation: Installation, *arguments: str) -> Any:
    return json.loads(installation.python("-m", "stories.seed_quotes", *arguments))


def firms_of(program: Program) -> dict[str, str]:
    """On the manager's list: address -> id."""
    firms = [
        ("Elektro Albers", ALBERS, "electrics"),
        ("Elektro Berg", BERG, "electrics"),
        ("Elektro Conrad", CONRAD, "electrics"),
        ("Malerbetrieb Farbig", PAINTER, "painting"),
    ]
    return {
        email: program("POST", "/firms", {"name": name, "email": email, "trades": [trade]})["id"]
        for name, email, trade in firms
    }


def order_of(program: Program) -> str:
    address = {"street": "Lindemannstraße", "house_number": "12", "postcode": "44137", "city": "Dortmund"}
    building = {"external_id": "1-9-66", "name": "Lindemannstraße 12", "address": {**address, "country": "DE"}}
    record = program("POST", "/properties/upsert", {"records": [building]})["results"][0]
    order = {"property_id": record["id"], "title": "Sicherungskasten erneuern", "trade": "electrics"}
    made: str = program("POST", "/work-orders", order)["id"]
    return made


def join(page: Page, link: str, first: str, last: str) -> None:
    page.goto(link)
    page.locator("input[name=first_name]").fill(first)
    page.locator("input[name=last_name]").fill(last)
    page.locator("input[name=password]").fill(PASSWORD)
    tap(page, "Einladung annehmen")


def quote(page: Page, *prices: str, days: int = 5) -> None:
    """Prices per item, as they stand on the page of the request."""
    fields = page.locator("#items input[name^=price-]")
    expect(fields).to_have_count(len(prices))
    for place, price in enumerate(prices):
        fields.nth(place).fill(price)
    page.locator("#valid_until").fill(day(90))
    page.locator("#start_date").fill(day(20))
    page.locator("#duration_days").fill(str(days))
    tap(page, "Angebot abgeben")


class Beholder:
    """Everything that the manager's side can look at, as one picture that must not change while quotes come in."""

    def __init__(self, program: Program, desk: Page, base_url: str, request_id: str) -> None:
        self.program, self.desk, self.base, self.request_id = program, desk, base_url, request_id

    def sees(self) -> dict[str, Any]:
        path = f"/quote-requests/{self.request_id}"
        found: dict[str, Any] = {
            name: self.program("GET", address)
            for name, address in {
                "request": path,
                "requests": "/quote-requests",
                "quotes": f"{path}/quotes",
                "questions": f"{path}/questions",
                "orders": "/work-orders",
            }.items()
        }
        for address in (
            f"{path}/",
            "/quote-requests/",
            "/quote-requests/?state=open",
            "/",
            "/orders/",
            "/firms/",
            "/search/?q=Elektro",
            "/search/?q=1.785",
        ):
            self.desk.goto(self.base + address)
            found[address] = self.desk.locator("main").inner_text()
        cells = self.desk.request.get(f"{self.base}{path}/bill/xlsx/").body()
        found["xlsx"] = [[c.value for c in row] for row in load_workbook(io.BytesIO(cells)).active.rows]
        found["csv"] = self.desk.request.get(f"{self.base}{path}/bill/csv/").text()
        found["orders.csv"] = self.desk.request.get(f"{self.base}/orders/?export=csv").text()
        return found


def refused(program: Program, method: str, path: str, body: Any = None) -> tuple[int, str]:
    try:
        program(method, path, body)
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()
    raise AssertionError(f"{method} {path} was not refused")


def test_three_firms_an_owner_and_the_award(
    browser: Browser, post: tuple[Installation, Mailbox], tmp_path: Path
) -> None:
    installation, box = post
    access = installation.organisation("DE")
    program = Program(installation, access)
    firms = firms_of(program)
    order_id = order_of(program)
    for email, days in ((ALBERS, 300), (BERG, 300), (CONRAD, 4)):
        seed(installation, "vet", firms[email], SERVICE, str(days))
    seed(installation, "vet", firms[PAINTER], "paint_room", "300")
    photo = tmp_path / "kasten.jpg"
    photo.write_bytes(picture(900, 700))
    office = browser.new_context(locale="de-DE", timezone_id="Europe/Berlin")
    phone = browser.new_context(locale="de-DE", timezone_id="Europe/Berlin", viewport=PHONE, has_touch=True)
    at_albers, at_conrad, at_painter = (browser.new_context(locale="de-DE") for _ in range(3))

    # The manager asks: what, until when, of whom.
    desk = office.new_page()
    log_in(desk, installation.base_url, access)
    desk.goto(f"{installation.base_url}/orders/{order_id}/")
    clerk = Clerk(desk)
    desk.locator("main summary", has_text="Mehr").click()
    clerk.button("Angebote anfordern")
    desk.locator("select[name=service]").select_option(SERVICE)
    desk.locator("input[name=deadline_day]").fill(day(6))
    desk.locator("input[name=deadline_time]").fill("12:00")
    for place, (text, quantity, unit) in enumerate(
        (("Sicherungskasten liefern und setzen", "1", "Stk"), ("Stromkreise anschließen und prüfen", "12", "Stk"))
    ):
        desk.locator("[name=item-text]").nth(place).fill(text)
        desk.locator("[name=item-quantity]").nth(place).fill(quantity)
        desk.locator("[name=item-unit]").nth(place).fill(unit)
    for email in (ALBERS, BERG, CONRAD, PAINTER):
        desk.locator(f"input[name=firm_ids][value='{firms[email]}']").check()
    assert sound(desk)
    clerk.button("Speichern und prüfen")
    expect(desk.locator("#firms li", has_text="Malerbetrieb Farbig")).to_contain_text("Gewerk:")
    expect(desk.locator("#firms li", has_text="Elektro Berg")).to_contain_text("Nachweise vollständig")
    clerk.button("Angebote anfordern")
    assert clerk.clicks <= 4, "from the order to the sent request"
    request_id = desk.url.rstrip("/").split("/")[-1]
    expect(desk.locator("main")).to_contain_text("versiegelt")

    # Everybody hears of it by mail; Albers, Conrad and the painter take their access, Berg does not.
    pages = {}
    for context, email, first in (
        (at_albers, ALBERS, "Ute"),
        (at_conrad, CONRAD, "Kai"),
        (at_painter, PAINTER, "Rita"),
    ):
        pages[email] = context.new_page()
        join(pages[email], link_in(box.wait_for(email, "lädt Sie zu Gewerk ein"), "/invitations/"), first, "Muster")
    by_link = link_in(box.wait_for(BERG, "bitte um Ihr Angebot"), "/quotes/by-link/")
    beholder = Beholder(program, desk, installation.base_url, request_id)
    before = beholder.sees()
    told = len(box.to(access.email))

    for email, prices in ((ALBERS, ("900,00", "50,00")), (CONRAD, ("700,00", "45,00"))):
        page = pages[email]
        page.goto(f"{installation.base_url}/firm/requests/")
        page.get_by_role("link", name="Sicherungskasten erneuern").click()
        quote(page, *prices)
        expect(page.locator("main")).to_contain_text("Ihr Angebot ist eingegangen")
        box.wait_for(email, "Ihr Angebot ist eingegangen")
    painter = pages[PAINTER]
    painter.goto(f"{installation.base_url}/firm/requests/")
    painter.get_by_role("link", name="Sicherungskasten erneuern").click()
    quote(painter, "500,00", "30,00")
    expect(painter.locator("[role=alert]")).to_contain_text("Dieser Betrieb darf diese Arbeit jetzt nicht übernehmen")
    expect(painter.locator("[role=alert]")).to_contain_text("der Betrieb arbeitet nicht in diesem Gewerk")
    assert sound(pages[ALBERS])

    # Berg answers from the phone: declines, thinks better of it, sends photos along.
    van = phone.new_page()
    van.goto(by_link)
    van.locator("summary", has_text="Ablehnen").click()
    van.locator("#reason").fill("Zu viel zu tun.")
    tap(van, "^Ablehnen$")
    expect(van.locator("main")).to_contain_text("Sie haben abgesagt")
    after_the_refusal = beholder.sees()
    van.goto(by_link)
    quote(van, "880,00", "51,67", days=3)
    expect(van.locator("main")).to_contain_text("Ihr Angebot ist eingegangen")
    van.locator("#quote-files").set_input_files(photo)
    tap(van, "Dateien hinzufügen")
    expect(van.locator("#files")).to_contain_text("kasten.jpg")
    assert sound(van)
    wrong = urllib.request.Request(by_link[:-3] + "xx/")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(wrong)

    # Sealed: the manager's side sees exactly what it saw before.
    assert beholder.sees() == after_the_refusal
    changed = {name for name, value in after_the_refusal.items() if value != before[name]}
    assert changed <= {"request", "requests", f"/quote-requests/{request_id}/"}, "of the refusal the manager hears"
    assert before["quotes"] == {"sealed": True, "items": []}
    came_in = seed(installation, "quotes")
    assert sorted(one["firm"] for one in came_in) == ["Elektro Albers", "Elektro Berg", "Elektro Conrad"]
    for one in came_in:
        assert refused(program, "GET", f"/quotes/{one['id']}")[0] == 404
        assert desk.request.get(f"{installation.base_url}/quotes/{one['id']}/bill/x84/").status == 404
        for file_id in one["files"]:
            assert desk.request.get(f"{installation.base_url}/files/{file_id}/original/").status == 404
            assert refused(program, "GET", f"/files/{file_id}")[0] == 404
    assert refused(program, "POST", f"/quote-requests/{request_id}/steps", {"step": "open"})[0] == 409
    assert refused(
        program, "POST", f"/quote-requests/{request_id}/award", {"quote_id": came_in[0]["id"], "reason": "x"}
    )[0] in {404, 409}
    assert not [s for s, _ in box.to(access.email)[told:] if "Angebot" in s and "abgesagt" not in s]

    # A week later the quotes are open, and Conrad's insurance has run out.
    seed(installation, "days", "7")
    box.wait_for(access.email, "die Angebote sind geöffnet")
    desk.goto(f"{installation.base_url}/quote-requests/{request_id}/")
    table = desk.locator("#compare")
    expect(table).to_contain_text("1.475,60")  # 700 + 12 × 45 = 1,240 and 19 %
    expect(table).to_contain_text("1.785,00")  # 900 + 12 × 50 = 1,500 and 19 %
    expect(table).to_contain_text("1.785,05")  # 880 + 12 × 51.67 = 1,500.04 and 19 %
    expect(table).to_contain_text("Betriebshaftpflicht: abgelaufen")
    expect(table.get_by_role("link", name="kasten.jpg")).to_be_visible()
    award = desk.locator("#award")
    expect(award).to_contain_text("Elektro Albers")
    expect(award).not_to_contain_text("Elektro Conrad")
    assert sound(desk)
    opened = {one["firm_name"]: one for one in program("GET", f"/quote-requests/{request_id}/quotes")["items"]}
    assert {name: one["gross_minor"] for name, one in opened.items()} == {
        "Elektro Albers": 178_500,
        "Elektro Berg": 178_505,
        "Elektro Conrad": 147_560,
    }
    status, why = refused(
        program,
        "POST",
        f"/quote-requests/{request_id}/award",
        {"quote_id": opened["Elektro Conrad"]["id"], "reason": REASON},
    )
    assert status == 409
    assert "gate_closed" in why

    # The owner has to agree, and does, by the link of the mail.
    desk.locator("summary", has_text="Eigentümer um Zustimmung bitten").click()
    asked = desk.locator("details", has=desk.locator("#owner-name"))
    asked.get_by_label("Elektro Albers").check()
    asked.locator("#owner-name").fill("Frau Petersen")
    asked.locator("#owner-email").fill(OWNER)
    clerk.button("Per E-Mail fragen")
    award.get_by_label("Elektro Albers").check()
    award.locator("#award-reason").fill(REASON)
    clerk.button("Vergeben")
    expect(desk.locator("[role=alert]")).to_contain_text("Eigentümer")
    owner = browser.new_context(locale="de-DE", viewport=PHONE).new_page()
    owner.goto(link_in(box.wait_for(OWNER, "bitte um Ihre Zustimmung"), "/owner-approvals/"))
    expect(owner.locator("main")).to_contain_text("1.785,00")
    assert sound(owner)
    tap(owner, "Ich stimme zu")
    expect(owner.locator("main")).to_contain_text("freigegeben")
    box.wait_for(access.email, "der Eigentümer hat entschieden")

    # The award; everybody is told, the losers why.
    desk.goto(f"{installation.base_url}/quote-requests/{request_id}/")
    award.get_by_label("Elektro Albers").check()
    award.locator("#award-reason").fill(REASON)
    clerk.button("Vergeben")
    expect(desk.locator("#record")).to_contain_text("Elektro Albers")
    expect(desk.locator("#record")).to_contain_text("1.475,60")
    assert sound(desk)
    box.wait_for(ALBERS, "Sie haben den Auftrag")
    for loser in (BERG, CONRAD):
        assert REASON in box.wait_for(loser, "diesmal hat ein anderer Betrieb den Auftrag")
    van.goto(by_link)
    expect(van.locator("main")).to_contain_text(REASON)
    assert refused(
        program,
        "POST",
        f"/quote-requests/{request_id}/award",
        {"quote_id": opened["Elektro Berg"]["id"], "reason": REASON},
    )[0] in {409, 412}
    record = program("GET", f"/quote-requests/{request_id}/award-record")
    assert [one["gross_minor"] for one in record["others"]] == [147_560, 178_505]

    # The order is made: Albers has it, at the quoted price.
    order = program("GET", f"/work-orders/{order_id}")
    assert (order["state"], order["firm_id"]) == ("awarded", firms[ALBERS])
    desk.goto(f"{installation.base_url}/orders/{order_id}/")
    expect(desk.locator("#items")).to_contain_text("1.785,00")
    winner = pages[ALBERS]
    winner.goto(link_in(box.wait_for(ALBERS, "Sie haben den Auftrag"), "/firm/jobs/"))
    expect(winner.locator("h1")).to_contain_text(re.compile("Sicherungskasten erneuern"))
    for context in (office, phone, at_albers, at_conrad, at_painter):
        context.close()
