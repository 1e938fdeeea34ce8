"""The target as the river sees it, and what its errors mean to the person who runs it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

import orjson
from gewerk_client import (
    EXPORT_TYPES,
    ApiError,
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


@dataclass(slots=True, frozen=True)
class Abilities:
    """What a target can do, so that nothing is asked of it that it cannot."""

    name: str
    """As people call it, for messages."""
    example_url: str
    """An address as [target] base_url expects it."""
    batch_size: int
    """Records per request."""
    in_flight: int
    """Requests under way at once."""
    tells_changes: bool = True
    """False: what changed there is found by reading all of it."""
    renames: bool = True
    """False: a record keeps its id for ever, so the separator cannot be changed."""


class Target(Protocol):
    """What the river asks of a target; each folder below ``targets/`` opens one."""

    @property
    def server_time(self) -> datetime | None:
        """The target's clock at its last answer."""

    @property
    def abilities(self) -> Abilities: ...

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

    def close(self) -> None: ...


@runtime_checkable
class TakesReports(Protocol):
    """A target that also wants to hear what each run did."""

    def put_integration(self, integration: IntegrationInput) -> str: ...

    def post_run(self, integration_id: str, run: RunInput) -> None: ...


class Shape(Protocol):
    """What a target can hold of a record. A target that holds every field needs none."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever ``fits`` may answer otherwise."""

    def fits(self, entity: str, record: Mapping[str, Any]) -> dict[str, Any]:
        """The record as the target will show it: without fields it lacks, values as it keeps them."""


def resource_of(entity: str) -> tuple[Resource, SubPropertyType | None]:
    return EXPORT_TYPES.get(entity, (GROUP_RESOURCE, None))


def authorize(target: Target) -> None:
    """Tries the key before any work. Waits only shortly: who starts a run by hand wants to know at once."""
    try:
        Patience(first_wait=0.3, longest_wait=2.0, give_up_after=4.0).call(target.authorize)
    except ApiError as error:
        raise explain_error(error, target) from error


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
        raise explain_error(error, target) from error
    except BaseException:
        view.close()
        raise
    return view


def explain_error(error: ApiError, target: Target) -> TargetError:
    """The error as a sentence that says what to do."""
    name = target.abilities.name
    told = f" ({error})" if not isinstance(error, Unauthorized) else ""
    if isinstance(error, Unauthorized):
        return TargetError(
            "credentials_rejected",
            f"{name} nimmt die Zugangsdaten nicht mehr an: Das Client-Geheimnis wurde gewechselt, der Schlüssel widerrufen"
            " oder falsch abgeschrieben. Holen Sie dort unter Konto > API-Schlüssel das aktuelle Client-Geheimnis, tragen"
            " Sie es in [target] client_secret (oder die Datei bzw. Umgebungsvariable) ein und starten Sie den Lauf"
            " neu. Was schon bestätigt ist, bleibt; der Rest wird dann gesendet.",
            f"{name} no longer accepts the credentials: the client secret was rotated, the key revoked or copied"
            " wrongly. Get the current client secret there from Account > API keys, put it into [target] client_secret"
            " (or its file or environment variable) and start the run again. What is confirmed stays; the rest is sent"
            " then.",
        )
    if isinstance(error, Forbidden):
        return TargetError(
            "key_not_allowed",
            f"Der API-Schlüssel von {name} darf das nicht{told}. Er braucht den Umfang „Stammdaten“ und keine"
            " Beschränkung auf einen anderen Mandanten (Konto > API-Schlüssel).",
            f"The API key of {name} is not allowed to do this{told}. It needs the scope master data and no limit to"
            " another client number (Account > API keys).",
        )
    if isinstance(error, Unavailable):
        return TargetError(
            "target_unavailable",
            f"{name} ist nicht erreichbar{told}. Prüfen Sie [target] base_url und das Netz; der nächste Lauf macht"
            " dort weiter, wo dieser aufgehört hat.",
            f"{name} cannot be reached{told}. Check [target] base_url and the network; the next run goes on where"
            " this one stopped.",
        )
    if isinstance(error, NotGewerk):
        return no_such_api(target.abilities, told)
    return TargetError(
        "target_refused",
        f"{name} hat die Anfrage abgelehnt{told}. Der nächste Lauf versucht es wieder; bleibt es dabei, passen die"
        f" Versionen von {name} und Konnektor nicht zusammen.",
        f"{name} refused the request{told}. The next run tries again; if it stays so, the versions of {name} and the"
        " connector do not match.",
    )


def no_such_api(abilities: Abilities, told: str) -> TargetError:
    """What answers at the address is something else."""
    return TargetError(
        "wrong_address",
        f"Unter [target] base_url antwortet keine API von {abilities.name}{told}. Tragen Sie die richtige Adresse ein,"
        f" zum Beispiel {abilities.example_url}.",
        f"No API of {abilities.name} answers at [target] base_url{told}. Enter the right address, for example"
        f" {abilities.example_url}.",
    )
