"""Twenty completions captured on site without network, the browser killed in between, the phone's clock wrong: each arrives once,
its photos whole."""

import hashlib
import io
import json
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from stories.installation import Access, Installation
from stories.test_second_factor import log_in

pytestmark = pytest.mark.browser

COUNT = 20
KILLED_AFTER = (5, 6, 14)
CLOCK_AHEAD = timedelta(days=-200, hours=3)


def photo(number: int) -> bytes:
    written = io.BytesIO()
    Image.effect_noise((160, 120), 20 + number).convert("RGB").save(written, "JPEG")
    return written.getvalue()


class Phone:
    """A Chromium with a profile of its own on the disk, which can be killed and opened again."""

    def __init__(self, playwright: Playwright, profile: Path, arguments: dict[str, Any], base_url: str) -> None:
        self._playwright, self._profile, self._arguments = playwright, profile, arguments
        self.base_url = base_url
        self.context: BrowserContext
        self.page: Page

    def open(self, *, offline: bool) -> Page:
        self.context = self._playwright.chromium.launch_persistent_context(
            str(self._profile),
            locale="de-DE",
            viewport={"width": 390, "height": 844},
            **self._arguments,
        )
        self.context.set_offline(offline)
        if offline:
            self.context.clock.install(time=datetime.now(UTC) + CLOCK_AHEAD)
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
        return self.page

    def kill(self) -> None:
        """As when the battery is empty: no goodbye."""
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    command = (folder / "cmdline").read_bytes()
                except OSError:
                    continue
                if f"--user-data-dir={self._profile}".encode() in command:
                    os.kill(int(folder.name), signal.SIGKILL)
        try:
            self.context.close()
        except Exception as gone:  # noqa: BLE001 - closing what was killed may say so in many ways
            print(f"killed: {type(gone).__name__}")
        for lock in self._profile.glob("Singleton*"):
            lock.unlink()


def test_captured_without_network_arrives_once_and_whole(
    installation: Installation,
    playwright: Playwright,
    browser_type_launch_args: dict[str, Any],
    tmp_path: Path,
) -> None:
    seeded = json.loads(installation.python("-m", "stories.seed_orders", str(COUNT)))
    phone = Phone(playwright, tmp_path / "profile", browser_type_launch_args, installation.base_url)
    page = phone.open(offline=False)
    log_in(page, installation.base_url, Access("", seeded["email"], seeded["password"], "", ""))
    page.goto(f"{installation.base_url}/on-site/")
    expect(page.locator(".job-line")).to_have_count(COUNT)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("caches.keys().then((names) => names.length > 0)")
    phone.context.close()

    page = phone.open(offline=True)
    really: dict[str, datetime] = {}
    for number, order in enumerate(seeded["orders"]):
        page.goto(f"{installation.base_url}/on-site/#{order}")
        page.reload()
        page.locator("textarea[name=text]").fill(f"Dichtung {number} getauscht")
        names = []
        for shot in range(2):
            file = tmp_path / f"{number}-{shot}.jpg"
            file.write_bytes(photo(number * 2 + shot))
            names.append(str(file))
        page.locator("#c-after").set_input_files(names)
        expect(page.locator(".field-photos img")).to_have_count(2)
        if number in KILLED_AFTER:
            # with the form filled in and not sent: the draft is there again
            page.wait_for_timeout(300)
            phone.kill()
            page = phone.open(offline=True)
            page.goto(f"{installation.base_url}/on-site/#{order}")
            expect(page.locator("textarea[name=text]")).to_have_value(f"Dichtung {number} getauscht")
            expect(page.locator(".field-photos img")).to_have_count(2)
        really[order] = datetime.now(UTC)
        page.get_by_role("button", name="Arbeit melden").click()
        expect(page.locator("[data-net]")).to_contain_text(f"Noch zu senden: {number + 1}")
    assert json.loads(installation.python("-m", "stories.seed_orders", "found", *seeded["orders"])) == []

    # network comes, goes while it is being sent, and comes again
    phone.context.set_offline(False)
    page.goto(f"{installation.base_url}/on-site/")
    page.wait_for_timeout(400)
    phone.kill()
    page = phone.open(offline=True)
    page.goto(f"{installation.base_url}/on-site/")
    phone.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-net]")).not_to_contain_text("Noch zu senden", timeout=120_000)
    patience = time.monotonic() + 60
    arrived: list[dict[str, Any]] = []
    while time.monotonic() < patience and len(arrived) < COUNT:
        arrived = json.loads(installation.python("-m", "stories.seed_orders", "found", *seeded["orders"]))
    assert sorted(one["order"] for one in arrived) == sorted(seeded["orders"])
    for one in arrived:
        number = seeded["orders"].index(one["order"])
        assert (one["state"], one["order_state"], one["text"]) == ("whole", "done", f"Dichtung {number} getauscht")
        wanted = [hashlib.sha256(photo_bytes(tmp_path, number, shot)).hexdigest() for shot in range(2)]
        assert one["files"] == sorted([digest, "after"] for digest in wanted)
        off = datetime.fromisoformat(one["captured_at"]) - really[one["order"]]
        assert abs(off) < timedelta(minutes=2), off
    expect(page.locator(".job-line")).to_have_count(0)
    phone.context.close()


def photo_bytes(folder: Path, number: int, shot: int) -> bytes:
    return (folder / f"{number}-{shot}.jpg").read_bytes()
