"""``forget`` and ``tidy``: what leaves the ledger, because somebody asked or because its time is over."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.cli.commands import Call, guarded, print_json, print_lines
from gewerk_connect.messages import say

if TYPE_CHECKING:
    from gewerk_connect.forgetting import Forgotten


def forget(call: Call, entity: str, external_id: str) -> None:
    """Of a connection that is kept in a file."""
    from gewerk_connect.canonical import Entity
    from gewerk_connect.forgetting import forget as forget_it

    with guarded(call):
        _tell(call, entity, external_id, forget_it(call.load(), Entity(entity), external_id, call.day))


def forget_of_service(call: Call, connection_id: str, entity: str, external_id: str) -> None:
    """Of a connection that the service keeps."""
    from gewerk_connect.canonical import Entity
    from gewerk_connect.service.configuration import load_configuration
    from gewerk_connect.service.connections import Connections
    from gewerk_connect.service.erasure import forget_in_service
    from gewerk_connect.service.installation import open_service

    with guarded(call), open_service(load_configuration(call.config)) as service:
        connections = Connections(service)
        try:
            forgotten = forget_in_service(service, connections, connection_id, Entity(entity), external_id, call.day)
        except LookupError:
            raise SettingsError(
                "connection_unknown",
                f"Die Anbindung {connection_id} gibt es hier nicht. Ihre ID steht in der Adresse ihrer Seite.",
                f"There is no connection {connection_id} here. Its id stands in the address of its page.",
            ) from None
        _tell(call, entity, external_id, forgotten)


def _tell(call: Call, entity: str, external_id: str, forgotten: "Forgotten") -> None:
    erased = forgotten.erased
    if call.as_json:
        print_json(
            {
                "known": erased.known,
                "intents": erased.intents,
                "findings": erased.findings,
                "same_person": [{"entity": e, "external_id": x} for e, x in erased.same_person],
                "source_still_has": forgotten.source_still_has,
            }
        )
    else:
        print_lines(_text(forgotten, entity, external_id, call.language))


def _text(forgotten: "Forgotten", entity: str, external_id: str, language: str) -> Iterator[str]:
    erased, record = forgotten.erased, {"entity": entity, "external_id": external_id}
    if erased.known:
        yield say(language, "forgotten", intents=erased.intents, findings=erased.findings, **record)
    else:
        yield say(language, "nothing_known", **record)
    if forgotten.snapshot_deleted:
        yield say(language, "snapshot_deleted")
    if forgotten.source_still_has:
        yield say(language, "source_still_has", **record)
    if erased.same_person:
        others = ", ".join(f"{other} {name}" for other, name in erased.same_person)
        yield say(language, "same_person", others=others)


def tidy(call: Call) -> None:
    from gewerk_connect.ledger import Busy, open_store
    from gewerk_connect.ledger.retention import tidy as tidy_ledger

    with guarded(call):
        connection = call.load()
        base_url = connection.target.base_url.rstrip("/") if connection.target else ""
        with open_store(connection.state_url(), connection.id, base_url, make=False) as store:
            try:
                tidied = tidy_ledger(store, connection.retention, datetime.now(UTC))
            except Busy as error:
                raise SettingsError("busy", say("de", "busy"), say("en", "busy")) from error
        counts = {"runs": tidied.runs, "findings": tidied.findings, "payloads": tidied.payloads}
        if call.as_json:
            print_json(counts)
        else:
            print_lines([say(call.language, "tidied", **counts)])
