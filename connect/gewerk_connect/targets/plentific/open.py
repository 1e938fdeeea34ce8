"""Opens Plentific with the mapping of this folder or the customer's copy of it."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from gewerk_client import Session

from gewerk_connect import meter
from gewerk_connect.push import no_such_api
from gewerk_connect.settings import TargetSettings
from gewerk_connect.targets.plentific.mapping_file import TargetMapping, load_mapping
from gewerk_connect.targets.plentific.records import PlentificShape
from gewerk_connect.targets.plentific.target import PlentificTarget, abilities_of

_VERSIONED = re.compile(r"/\d{4}-\d{2}-\d{2}$")


def open_target(settings: TargetSettings, client_id: str, client_secret: str, *, language: str) -> PlentificTarget:
    """Raises ``TargetError`` for an address that is none, ``SettingsError`` for a mapping that cannot be used."""
    mapping = _mapping(settings)
    root = settings.base_url.rstrip("/")
    if not urlsplit(root).netloc:
        raise no_such_api(abilities_of(mapping), "")
    session = Session(
        root if _VERSIONED.search(root) else f"{root}/{mapping.api.version}",
        client_id,
        client_secret,
        language=language,
        timeout=mapping.api.timeout_seconds,
        connections=mapping.api.in_flight + 1,
        user_agent="gewerk-connect",
        on_answer=lambda status: meter.asked("target", status),
    )
    return PlentificTarget(session, mapping)


def shape_of(settings: TargetSettings) -> PlentificShape:
    """Raises ``SettingsError`` for a mapping that cannot be used."""
    return PlentificShape(_mapping(settings))


def _mapping(settings: TargetSettings) -> TargetMapping:
    return load_mapping(settings.mapping or Path(__file__).parent / "mapping.toml")
