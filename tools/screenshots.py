"""Pictures of every page of a running demo: phone and wide, light and dark, for the docs and for the eyes of whoever changed a page."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.chromium import chromium

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
_ADMIN = "admin"


@contextmanager
def demo() -> Iterator[str]:
    """A demo of its own on a free port; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        process = subprocess.Popen(
            [sys.executable, "-m", "gewerk.entrypoints.cli", "up", "--port", str(port)],
            env={**os.environ, "GEWERK_DEMO_DATA": data},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if match := re.match(r"ready (\S+)", line):
                    yield match.group(1).rstrip("/")
                    return
            raise RuntimeError("the demo did not get ready; the reason is above")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


def main() -> None:
    """Write ``docs/pictures/*.png``: the pages that the README and the tutorial show."""
    from playwright.sync_api import sync_playwright

    PICTURES.mkdir(parents=True, exist_ok=True)
    with demo() as address, sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--disable-background-networking", *sandbox]
        )
        for width, height, scheme in ((1440, 900, "light"), (1440, 900, "dark"), (390, 844, "light")):
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, locale="de-DE"
            )
            page = context.new_page()
            kind = ("phone" if width < 600 else "wide") + ("-dark" if scheme == "dark" else "")
            page.goto(f"{address}/")
            page.screenshot(path=PICTURES / f"demo-logins-{kind}.png")
            page.locator(f'form[action="/login/demo/{_ADMIN}/"] button').click()
            page.wait_for_load_state("networkidle")
            page.screenshot(path=PICTURES / f"start-{kind}.png", full_page=True)
            for name, path in (
                ("properties", "/properties/"),
                ("integrations", "/integrations/"),
                ("api-keys", "/account/api-keys/"),
            ):
                page.goto(address + path)
                page.screenshot(path=PICTURES / f"{name}-{kind}.png")
            page.goto(f"{address}/properties/")
            page.locator("tbody th a").first.click()
            page.wait_for_load_state("networkidle")
            page.screenshot(path=PICTURES / f"property-{kind}.png")
            context.close()
        browser.close()
