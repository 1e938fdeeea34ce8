"""``forget`` and ``tidy``: what leaves the ledger, because somebody asked or because its time is over."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from gewerk_connect.canonical.refusals import SettingsError, SourceError
from gewerk_connect.cli.commands import Call, guarded, print_json, print_lines
from gewerk_connect.messages import say

if TYPE_CHECKING:
    from gewerk_connect.ledger.erasure import Erased


def forget(call: Call, entity: str, external_id: str) -> None:
    from gewerk_connect.ledger import open_store
    from gewerk_connect.ledger.erasure import compact, erase
    from gewerk_connect.river import alone
    from gewerk_connect.sources import open_source

    with guarded(call):
        connection = call.load()
        base_url = connection.target.base_url.rstrip("/") if connection.target else ""
        source = open_source(connection.source, connection.snapshot_folder())
        with open_store(connection.state_url(), connection.id, base_url, make=False) as store, alone(store):
            still_sent = _is_sent(call, source, entity, external_id)
            erased = erase(store, entity, external_id)
            compact(store)
            source.forget()
        if call.as_json:
            print_json(
                {
                    "known": erased.known,
                    "intents": erased.intents,
                    "findings": erased.findings,
                    "same_person": [{"entity": e, "external_id": x} for e, x in erased.same_person],
                    "source_still_has": still_sent,
                }
            )
        else:
            print_lines(_text(erased, entity, external_id, still_sent, source.network is not None, call.language))


def _is_sent(call: Call, source: Any, entity: str, external_id: str) -> bool:
    """Whether the ERP as it was read last still gives the record; False where nothing can be read."""
    from gewerk_connect import stock
    from gewerk_connect.canonical import Entity, Verdict

    assert call.connection is not None
    try:
        found = stock.trace(source.pinned(), call.connection.settings, call.day, Entity(entity), external_id)
    except SourceError:
        return False
    return found is not None and found.judged.verdict is Verdict.SEND


def _text(
    erased: "Erased", entity: str, external_id: str, still_sent: bool, snapshot: bool, language: str
) -> Iterator[str]:
    record = {"entity": entity, "external_id": external_id}
    if erased.known:
        yield say(language, "forgotten", intents=erased.intents, findings=erased.findings, **record)
    else:
        yield say(language, "nothing_known", **record)
    if snapshot:
        yield say(language, "snapshot_deleted")
    if still_sent:
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
