"""Trying what was entered, at once: does the target take the key, are the entries for the ERP whole."""

import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from gewerk_connect.canonical.refusals import Refusal
from gewerk_connect.push import authorize
from gewerk_connect.service.configuration import Configuration
from gewerk_connect.service.places import check_places
from gewerk_connect.settings import TargetSettings
from gewerk_connect.source_settings import SourceSettings
from gewerk_connect.targets import open_target


@dataclass(slots=True, frozen=True)
class Answer:
    """What came back."""

    ok: bool
    code: str
    de: str
    en: str
    seconds: float = 0.0


def try_target(configuration: Configuration, entries: Mapping[str, Any]) -> Answer:
    """Logs in at the target with these entries and changes nothing there."""
    started = time.monotonic()
    try:
        check_places(configuration, entries)
        settings = TargetSettings.model_validate(entries)
        with closing(open_target(settings, language="de")) as target:
            authorize(target)
            name = target.abilities.name
    except ValidationError as error:
        names = ", ".join(str(item["loc"][0]) if item["loc"] else item["msg"] for item in error.errors())
        return Answer(False, "invalid", f"Nicht verwendbar: {names}.", f"Not usable: {names}.")
    except Refusal as refusal:
        return Answer(False, refusal.code, refusal.message("de"), refusal.message("en"), time.monotonic() - started)
    return Answer(
        True,
        "authorized",
        f"{name} hat die Zugangsdaten angenommen.",
        f"{name} has accepted the credentials.",
        time.monotonic() - started,
    )


def source_problems(configuration: Configuration, entries: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Entry -> what is wrong with it (German, English), all at once; empty when they are whole. Reads nothing."""
    try:
        check_places(configuration, entries)
    except Refusal as refusal:
        place = {"path_not_allowed": "path", "host_not_allowed": "url", "database_not_allowed": "url"}
        return {place.get(refusal.code, ""): (refusal.de, refusal.en)}
    try:
        settings = SourceSettings.model_validate(entries)
    except ValidationError as error:
        found: dict[str, tuple[str, str]] = {}
        for item in error.errors(include_url=False, include_input=False):
            de, _, en = item["msg"].removeprefix("Value error, ").partition(" / ")
            found.setdefault(str(item["loc"][0]) if item["loc"] else "", (de, en or de))
        return found
    return {problem.place.removeprefix("source."): (problem.de, problem.en) for problem in settings.problems()}
