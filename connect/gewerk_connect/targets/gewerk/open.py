"""Gewerk as a target: the public API's own client. It holds every field, so it needs no shape."""

from gewerk_client import ApiError, Client

from gewerk_connect import meter
from gewerk_connect.push import Abilities, no_such_api
from gewerk_connect.settings import TargetSettings

BATCH_SIZE = 500
"""The API's limit per request (spec 02)."""
IN_FLIGHT = 3
"""Requests under way at once. More only queue in the platform: its database has one writer."""


class GewerkTarget(Client):
    abilities = Abilities("Gewerk", "https://gewerk.example", batch_size=BATCH_SIZE, in_flight=IN_FLIGHT)


def open_target(settings: TargetSettings, client_id: str, client_secret: str, *, language: str) -> GewerkTarget:
    """Raises ``TargetError`` for an address that is none."""
    try:
        return GewerkTarget(
            settings.base_url,
            client_id,
            client_secret,
            language=language,
            timeout=120.0,
            connections=IN_FLIGHT + 1,
            user_agent="gewerk-connect",
            on_answer=lambda status: meter.asked("target", status),
        )
    except ApiError as error:
        raise no_such_api(GewerkTarget.abilities, f" ({error})") from error


def shape_of(_settings: TargetSettings) -> None:
    return None
