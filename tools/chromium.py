"""The Chromium of the browser tests: found on the machine, else installed by the machine's own package manager, else by Playwright."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def _present() -> str | None:
    if given := os.environ.get("GEWERK_CHROMIUM"):
        return given
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    try:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
    except Exception as problem:  # noqa: BLE001 - without Playwright's own browser we look further, and say so
        print(f"Playwright: {problem}", file=sys.stderr)
        return None
    return path if Path(path).exists() else None


def chromium() -> str | None:
    """Path of a Chromium, installing one if need be and possible; None when there is none to be had."""
    if found := _present():
        return found
    attempts = []
    if os.geteuid() == 0 and shutil.which("apt-get"):
        attempts += [
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-color-emoji"],
        ]
    else:
        attempts.append([sys.executable, "-m", "playwright", "install", "chromium"])
    for command in attempts:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL).returncode != 0:
            print(f"did not work: {' '.join(command)}", file=sys.stderr)
    return _present()
