"""The target as the river sees it, and what its errors mean to the person who runs it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

import orjson
from gewerk_client import (
    EXPORT_TYPES,
    ApiError,
    Client,
    Forbidden,
    IntegrationInput,
    NotGewerk,
    Resource,
    Result,
    RunInput,
    SubPropertyType,
    Unauthorized,
    Unavailable,
)

from gewerk_connect.canonical.refusals import Refusal
from gewerk_connect.diff import TargetView
from gewerk_connect.push.patience import Patience

GROUP_RESOURCE: Resource = "property-groups"


class TargetError(Refusal):
    """The target cannot be used (exit code 4). What was not confirmed is sent by the next run."""


class Target(Protocol):
    """What the river asks of a target; ``gewerk_client.Client`` is one."""

    server_time: datetime | None

    def authorize(self) -> None: ...

    def upsert(
        self, resource: Resource, records: bytes | Sequence[Any], *, idempotency_key: str | None = None
    ) -> list[Result]: ...

    def archive(
        self, resource: Resource, records: bytes | Sequence[Any], *, idempotency_key: str | None = None
    ) -> list[Result]: ...

    def rename(
        self, resource: Resource, records: bytes | Sequence[Any], *, idempotency_key: str | None = None
    ) -> list[Result]: ...

    def export(self, resource: Resource, *, type: SubPropertyType | None = None) -> Iterator[bytes]: ...

    def changed_since(
        self, resource: Resource, since: datetime, *, type: SubPropertyType | None = None
    ) -> Iterator[dict[str, Any]]: ...

    def put_integration(self, integration: IntegrationInput) -> str: ...

    def post_run(self, integration_id: str, run: RunInput) -> None: ...


def open_target(base_url: str, client_id: str, client_secret: str, *, language: str, connections: int) -> Client:
    """A client for the target. Raises ``TargetError`` for an address that is none."""
    try:
        return Client(
            base_url,
            client_id,
            client_secret,
            language=language,
            timeout=120.0,
            connections=connections,
            user_agent="gewerk-connect",
        )
    except ApiError as error:
        raise explain_error(error) from error


def resource_of(entity: str) -> tuple[Resource, SubPropertyType | None]:
    return EXPORT_TYPES.get(entity, (GROUP_RESOURCE, None))


def authorize(target: Target) -> None:
    """Tries the key before any work. Waits only shortly: who starts a run by hand wants to know at once."""
    try:
        Patience(first_wait=0.3, longest_wait=2.0, give_up_after=4.0).call(target.authorize)
    except ApiError as error:
        raise explain_error(error) from error


def read_target(target: Target, entities: Sequence[str], since: datetime | None, patience: Patience) -> TargetView:
    """What the target holds: all of it, or with ``since`` (its own clock) what changed at or after that."""
    view = TargetView(whole=since is None)

    def fill(entity: str) -> None:
        resource, kind = resource_of(entity)
        if since is None:
            view.add(entity, target.export(resource, type=kind))
        else:
            view.add(entity, (orjson.dumps(r) for r in target.changed_since(resource, since, type=kind)))

    try:
        for entity in entities:
            patience.call(lambda entity=entity: fill(entity))  # type: ignore[misc]
    except ApiError as error:
        view.close()
        raise explain_error(error) from error
    except BaseException:
        view.close()
        raise
    return view


def explain_error(error: ApiError) -> TargetError:
    """The error as a sentence that says what to do."""
    told = f" ({error})" if not isinstance(error, Unauthorized) else ""
    if isinstance(error, Unauthorized):
        return TargetError(
            "credentials_rejected",
            "Gewerk nimmt die Zugangsdaten nicht mehr an: Das Client-Secret wurde rotiert, der Schlüssel widerrufen oder"
            " falsch abgeschrieben. Holen Sie unter Konto > API-Schlüssel das aktuelle Client-Secret, tragen Sie es in"
            " [target] client_secret (oder die Datei bzw. Umgebungsvariable) ein und starten Sie den Lauf neu. Was schon"
            " bestätigt ist, bleibt; der Rest wird dann gesendet.",
            "Gewerk no longer accepts the credentials: the client secret was rotated, the key revoked or copied wrongly."
            " Get the current client secret from Account > API keys, put it into [target] client_secret (or its file or"
            " environment variable) and start the run again. What is confirmed stays; the rest is sent then.",
        )
    if isinstance(error, Forbidden):
        return TargetError(
            "key_not_allowed",
            f"Der API-Schlüssel darf das nicht{told}. Er braucht den Umfang „Stammdaten“ und keine Beschränkung auf"
            " einen anderen Mandanten (Konto > API-Schlüssel).",
            f"The API key is not allowed to do this{told}. It needs the scope master data and no limit to another"
            " client number (Account > API keys).",
        )
    if isinstance(error, Unavailable):
        return TargetError(
            "target_unavailable",
            f"Gewerk ist nicht erreichbar{told}. Prüfen Sie [target] base_url und das Netz; der nächste Lauf macht"
            " dort weiter, wo dieser aufgehört hat.",
            f"Gewerk cannot be reached{told}. Check [target] base_url and the network; the next run goes on where"
            " this one stopped.",
        )
    if isinstance(error, NotGewerk):
        return TargetError(
            "not_gewerk",
            f"Unter [target] base_url antwortet keine Gewerk-API{told}. Tragen Sie die Adresse Ihrer Gewerk-Installation"
            " ein, zum Beispiel https://gewerk.example.",
            f"No Gewerk API answers at [target] base_url{told}. Enter the address of your Gewerk installation, for"
            " example https://gewerk.example.",
        )
    return TargetError(
        "target_refused",
        f"Gewerk hat die Anfrage abgelehnt{told}. Der nächste Lauf versucht es wieder; bleibt es dabei, passen die"
        " Versionen von Gewerk und Konnektor nicht zusammen.",
        f"Gewerk refused the request{told}. The next run tries again; if it stays so, the versions of Gewerk and the"
        " connector do not match.",
    )
