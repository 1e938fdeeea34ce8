"""Pictures of the activation, step by step, for ``docs/how-to/integration-aktivieren.md``.

``python -m tools.activation_pictures`` starts an installation with its connector, walks through it as a clerk would and
writes ``docs/pictures/activation-*.webp``.
"""

import io
import os
import re
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from stories.connector import Connector
from stories.installation import Installation, free_port
from tools.chromium import chromium
from tools.screenshots import PICTURES, ROOT

_EXPORTS = ROOT / "connect" / "tests" / "exports"
_PATIENCE = 180_000
"""Milliseconds: reading, planning and a whole first run on a small machine."""
_PUBLIC_KEY = (
    "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'gewerk.config.settings'; django.setup();"
    "from gewerk.identity.connector_links import connector_public_key; print(connector_public_key())"
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        port = free_port()
        installation = Installation(data / "platform", extra={"GEWERK_CONNECTOR_URL": f"http://127.0.0.1:{port}"})
        try:
            installation.start()
            gewerk = {"public_key": installation.python("-c", _PUBLIC_KEY).strip(), "name": "gewerk"}
            gewerk["home"] = f"{installation.base_url}/integrations/"
            connector = Connector(data / "connector", [_EXPORTS], [gewerk], port=port)
            try:
                connector.start()
                _walk(installation, connector)
            finally:
                connector.stop()
        finally:
            installation.stop()


def _walk(installation: Installation, connector: Connector) -> None:
    access = installation.organisation()
    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--disable-background-networking", *sandbox]
        )
        context = browser.new_context(viewport={"width": 1200, "height": 760}, locale="de-DE", reduced_motion="reduce")
        page = context.new_page()
        page.set_default_timeout(_PATIENCE)
        page.goto(f"{installation.base_url}/login/")
        page.get_by_label("E-Mail").fill(access.email)
        page.get_by_label("Passwort").fill(access.password)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url(re.compile(r"/(start/)?$"))
        page.goto(f"{installation.base_url}/integrations/")
        _take(page, "1-integrationen")

        page.get_by_role("button", name="Abgleich einrichten").click()
        page.wait_for_url(f"{connector.base_url}/")
        _take(page, "2-ziele")
        page.get_by_role("link", name="Gewerk", exact=True).click()
        _take(page, "3-ziel")

        page.get_by_role("button", name="Aktivieren").click()
        page.get_by_label("Client-ID").fill(access.client_id)
        page.locator("#client_secret").fill(access.client_secret)
        page.get_by_role("button", name="Autorisieren").click()
        expect(page.get_by_text("Gewerk hat die Zugangsdaten angenommen")).to_be_visible()
        page.get_by_label("Ihr ERP").select_option("wodis-sigma")
        page.wait_for_url(re.compile(r"kind=wodis-sigma"))
        page.locator("#path").fill(str(_EXPORTS / "sigma"))
        page.get_by_role("button", name="Zugang prüfen").click()
        expect(page.get_by_text("Der Export ist lesbar.")).to_be_visible()
        page.locator("#path").fill("/srv/erp/export")  # for the picture alone: the field is not sent again
        page.evaluate("document.activeElement.blur()")
        _take(page, "4-login", whole=True)

        page.get_by_role("link", name="Weiter zu den Einstellungen").click()
        page.locator('input[name=separator][value="-"]').check()
        page.get_by_role("combobox", name="Mandanten Nummern").press_sequentially("bau")
        expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
        _take(page, "5-einstellungen")
        page.get_by_role("combobox", name="Mandanten Nummern").fill("")
        page.get_by_role("button", name="Weiter zum ersten Plan").click()
        expect(page.get_by_role("heading", name="Änderungen")).to_be_visible()
        _take(page, "6-plan")

        page.get_by_role("button", name="Abgleich starten").click()
        expect(page.locator("#progress")).to_contain_text(re.compile("übertragen|fertig"))
        _take(page, "7-lauf")
        expect(page.locator("#last")).to_contain_text("fertig")
        _take(page, "8-anwendungsfall", whole=True)
        here = page.url.split("?")[0]
        page.goto(f"{here}/usages")
        _take(page, "9-nutzungsarten")
        page.goto(f"{here}/sign-off")
        _take(page, "10-abnahme")
        browser.close()


def _take(page: Page, name: str, *, whole: bool = False) -> None:
    """``whole``: the page down to its end, else what the window shows."""
    page.wait_for_load_state("networkidle")
    shot = Image.open(io.BytesIO(page.screenshot(full_page=whole)))
    shot.convert("RGB").save(PICTURES / f"activation-{name}.webp", quality=82, method=6)


if __name__ == "__main__":
    main()
