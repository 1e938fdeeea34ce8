"""Damage reported from the stairwell by a phone, seen by the clerk, followed by the tenant; and uploads that go wrong on a real server."""

import io
import json
import re
import socket
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from stories.installation import Access, Installation

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


class Program:
    """The API as a program of one organisation."""

    def __init__(self, installation: Installation, access: Access) -> None:
        self.base = f"{installation.base_url}/api/2026-11-01"
        self.token = ""
        sent = {"client_id": access.client_id, "client_secret": access.client_secret}
        self.token = self("POST", "/token", sent)["access_token"]

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(self.base + path, method=method)
        request.add_header("Content-Type", "application/json")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(request, data) as answer:
            return json.loads(answer.read())


@pytest.fixture
def program(installation: Installation, access: Access) -> Program:
    return Program(installation, access)


@pytest.fixture
def code(program: Program) -> str:
    """What the code in the stairwell of a building says."""
    address = {"street": "Lindemannstraße", "house_number": "12", "postcode": "44137", "city": "Dortmund"}
    building = {"external_id": "1-9-66", "name": "Lindemannstraße 12", "address": {**address, "country": "DE"}}
    record = program("POST", "/properties/upsert", {"records": [building]})["results"][0]
    made: dict[str, str] = program("POST", "/report-links", {"property_id": record["id"]})
    return made["url"]


def picture(width: int = 3000, height: int = 2000) -> bytes:
    """As a phone takes it: large, and with the place in it."""
    exif = Image.Exif()
    exif[0x010F] = "Telefon"
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (51.0, 30.0, 0.0), "E", (7.0, 27.0, 0.0)
    written = io.BytesIO()
    Image.effect_noise((width, height), 80).convert("RGB").save(written, "JPEG", quality=90, exif=exif.tobytes())
    return written.getvalue()


def tap(page: Page, words: str) -> None:
    page.get_by_role("button", name=re.compile(words)).first.click()
    page.wait_for_load_state()


def report(page: Page, code: str, photo: Path) -> None:
    page.goto(code)
    for words in ("Wasser und Sanitär", "Wasserhahn tropft", "In meiner Wohnung", "^Bad", "Seit einigen Tagen"):
        tap(page, words)
    page.get_by_label("Was ist passiert?").fill("Tropft seit Montag.")
    page.locator("input[type=file]").set_input_files(photo)


def finish(page: Page, email: str = "") -> None:
    tap(page, "^Weiter")
    page.get_by_label("Wann kann jemand hinein?").fill("Ab 16 Uhr")
    tap(page, "^Weiter")
    page.get_by_label("Welche Wohnung?").fill("2. OG links")
    page.get_by_label("Ihr Name").fill("Jonas Wiebe")
    page.get_by_label("Telefon").fill("0231 123456")
    page.get_by_label("E-Mail").fill(email)
    tap(page, "^Weiter")
    expect(page.get_by_role("heading", name="Stimmt alles?")).to_be_visible()
    tap(page, "Meldung abschicken")
    expect(page.get_by_text("Wir haben Ihre Meldung")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_the_stairwell_to_mended(
    browser: Browser, installation: Installation, access: Access, code: str, tmp_path: Path, script: bool
) -> None:
    photo = tmp_path / "IMG_1234.jpg"
    photo.write_bytes(picture())
    phone = browser.new_context(viewport=PHONE, locale="de-DE", java_script_enabled=script, has_touch=True)
    page = phone.new_page()
    report(page, code, photo)
    if script:
        expect(page.locator("[data-photo-list] img")).to_be_visible()
    finish(page)
    expect(page.locator("#matter img")).to_have_count(1)

    office = browser.new_context(locale="de-DE").new_page()
    office.goto(f"{installation.base_url}/login/")
    office.locator("input[name=login]").fill(access.email)
    office.locator("input[name=password]").fill(access.password)
    office.locator("main button[type=submit]").first.click()
    office.get_by_role("link", name=re.compile("Meldung ansehen.*Wasserhahn tropft")).click()
    expect(office.get_by_text("Tropft seit Montag.")).to_be_visible()
    tap(office, "Prüfung beginnen")
    tap(office, "Arbeit beginnen")
    office.get_by_role("link", name="Als behoben melden").first.click()
    office.locator("textarea").fill("Dichtung getauscht.")
    tap(office, "Als behoben melden")

    if not script:
        page.reload()
    # Without a hand on the phone: the page asks by itself every twenty seconds.
    expect(page.get_by_text("Dichtung getauscht.")).to_be_visible(timeout=40_000)
    tap(page, "Ja, es ist behoben")
    expect(page.get_by_text("Sie haben bestätigt, dass es behoben ist")).to_be_visible()
    office.reload()
    expect(office.locator(".heads")).to_contain_text("abgeschlossen")
    phone.close()
    office.context.close()
    stored = [p.read_bytes() for p in (installation.data / "files").rglob("*.jpg")]
    assert stored
    assert not any(b"Telefon" in one or b"Exif" in one for one in stored)


def test_back_and_later_on_the_same_phone(browser: Browser, code: str) -> None:
    phone = browser.new_context(viewport=PHONE, locale="de-DE")
    page = phone.new_page()
    page.goto(code)
    for words in ("Heizung und Warmwasser", "Heizung ausgefallen", "In meiner Wohnung"):
        tap(page, words)
    expect(page.get_by_role("heading", name="Wer ist betroffen?")).to_be_visible()
    page.get_by_role("link", name="Zurück").click()
    expect(page.get_by_role("heading", name="Wo ist es?")).to_be_visible()
    page.close()
    later = phone.new_page()
    later.goto(code)
    expect(later.get_by_role("heading", name="Wer ist betroffen?")).to_be_visible()
    phone.close()


def test_a_photo_that_is_none_is_said_beside_the_field(browser: Browser, code: str, tmp_path: Path) -> None:
    wrong = tmp_path / "foto.jpg"
    wrong.write_bytes(b"\xff\xd8\xff\xe0 no picture")
    phone = browser.new_context(viewport=PHONE, locale="de-DE")
    page = phone.new_page()
    report(page, code, wrong)
    expect(page.locator("[data-photo-error]")).to_contain_text("lässt sich nicht öffnen")
    expect(page.locator(".photo-item")).to_have_count(0)
    expect(page.get_by_label("Was ist passiert?")).to_have_value("Tropft seit Montag.")
    phone.close()


# ---------------------------------------------------------------------------------------------- faults of the line


def files_of(installation: Installation) -> set[Path]:
    return {p for p in (installation.data / "files").rglob("*") if p.is_file()}


def settled(installation: Installation, before: set[Path]) -> set[Path]:
    """What is left of an upload once the server has noticed that it broke off."""
    patience = time.monotonic() + 20
    while (left := files_of(installation) - before) and time.monotonic() < patience:
        time.sleep(0.2)
    return left


class Line:
    """A raw connection that sends a multipart upload to the API piece by piece."""

    def __init__(self, program: Program, size: int) -> None:
        parts = urlsplit(program.base)
        head = (
            b'--B\r\nContent-Disposition: form-data; name="file"; filename="film.mp4"\r\n'
            b"Content-Type: video/mp4\r\n\r\n"
        )
        self.end = b"\r\n--B--\r\n"
        self.socket = socket.create_connection((str(parts.hostname), int(parts.port or 80)), timeout=60)
        self.socket.sendall(
            f"POST {parts.path}/files HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n"
            f"Authorization: Bearer {program.token}\r\nContent-Type: multipart/form-data; boundary=B\r\n"
            f"Content-Length: {len(head) + size + len(self.end)}\r\n\r\n".encode()
            + head
        )

    def send(self, piece: bytes) -> None:
        self.socket.sendall(piece)

    def answer(self) -> tuple[int, dict[str, Any]]:
        received = b""
        while piece := self.socket.recv(65536):
            received += piece
        head, _sep, body = received.partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(body)


FILM_HEAD = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42"


def test_a_line_that_is_cut_half_way_leaves_nothing(installation: Installation, program: Program) -> None:
    before = files_of(installation)
    size = 30 * 1024 * 1024
    for sent in (0, 100, 9 * 1024 * 1024):
        line = Line(program, size)
        line.send((FILM_HEAD + bytes(sent))[:sent] if sent else b"")
        line.socket.close()
    assert settled(installation, before) == set()
    assert program("GET", "/tickets")["items"] == [], "and the server goes on"


def test_a_video_of_201_megabytes_gets_a_clear_answer(installation: Installation, program: Program) -> None:
    before = files_of(installation)
    megabyte = bytes(1024 * 1024)
    line = Line(program, len(FILM_HEAD) + 201 * len(megabyte))
    line.send(FILM_HEAD)
    for _ in range(201):
        line.send(megabyte)
    line.send(line.end)
    status, problem = line.answer()
    assert (status, problem["type"]) == (413, "urn:gewerk:problem:file_too_large")
    assert "200 MB" in problem["detail"]
    assert settled(installation, before) == set()


def test_a_body_larger_than_any_is_refused_before_it_is_read(installation: Installation, program: Program) -> None:
    line = Line(program, 2 * 1024**3)
    status, problem = line.answer()
    assert (status, problem["type"]) == (413, "urn:gewerk:problem:too_large")
