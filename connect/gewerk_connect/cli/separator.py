"""``change-separator``: the preview, or the change, as text or JSON."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from gewerk_connect.cli.commands import Call, guarded, print_json, print_lines
from gewerk_connect.messages import say

if TYPE_CHECKING:
    from gewerk_connect.separator import Change
    from gewerk_connect.settings import Connection


def change_separator(call: Call, to: str, confirmed: bool) -> None:
    """Of a connection that is kept in a file."""
    from gewerk_connect.river import change_command

    with guarded(call):
        connection = call.load()
        _change(call, connection, to, confirmed, change_command(connection, to))


def change_separator_of_service(call: Call, connection_id: str, to: str, confirmed: bool) -> None:
    """Of a connection that the service keeps: what is done is noted there too, so that its runs go on with it."""
    from gewerk_connect.canonical.refusals import SettingsError
    from gewerk_connect.service.configuration import load_configuration
    from gewerk_connect.service.connections import Connections
    from gewerk_connect.service.installation import open_service

    with guarded(call), open_service(load_configuration(call.config)) as service:
        connections = Connections(service)
        try:
            row = connections.get(connection_id)
        except LookupError:
            raise SettingsError(
                "connection_unknown",
                f"Die Anbindung {connection_id} gibt es hier nicht. Ihre ID steht in der Adresse ihrer Seite.",
                f"There is no connection {connection_id} here. Its id stands in the address of its page.",
            ) from None
        command = separator_command(call.config, connection_id, to)
        change = _change(call, connections.load(connection_id), to, confirmed, command)
        if change.status in ("done", "already"):
            settings = {**row.document["settings"], "separator": to}
            connections.save(
                row.id,
                version=connections.get(row.id).version,
                by="gewerk-connect",
                at=datetime.now(UTC),
                event="separator_changed",
                data={"from": change.old, "to": to},
                document={**row.document, "settings": settings},
            )


def separator_command(config: Path, connection_id: str, to: str) -> str:
    """The command that previews the change, ready to be copied."""
    return (
        f"gewerk-connect change-separator --config {quote(str(config))}"
        f" --connection {quote(connection_id)} --to {quote(to)}"
    )


def _change(call: Call, connection: "Connection", to: str, confirmed: bool, command: str) -> "Change":
    from gewerk_connect.cli.progress import progress
    from gewerk_connect.separator import change_separator as change_it
    from gewerk_connect.targets import open_target

    target = None
    if connection.target is not None:
        target = open_target(connection.target, language=call.language)
    with progress(wanted=not call.as_json) as show:
        change = change_it(
            connection,
            target,
            to,
            confirmed=confirmed,
            now=lambda: datetime.now(UTC),
            language=call.language,
            progress=show,
        )
    if call.as_json:
        print_json(change.as_json())
    else:
        print_lines(_text(change, connection.name, command, call.language))
    return change


def _text(change: "Change", name: str, command: str, language: str) -> Iterator[str]:
    if change.status == "already":
        yield say(language, "separator_already", new=change.new)
    else:
        title = "separator_plan" if change.status == "planned" else "separator_done"
        yield say(language, title, old=change.old, new=change.new, name=name)
        yield ""
        for entity, count in change.rename.items():
            yield f"  {count:>7}  {say(language, entity)}"
        yield ""
        yield from (f"  {say(language, entity)}: {old} -> {new}" for entity, old, new in change.examples)
    missing = sum(of.missing for of in change.renamed.values())
    if missing:
        yield ""
        yield say(language, "separator_missing", count=missing)
    yield ""
    if change.taken:
        yield say(language, "separator_taken", count=len(change.taken))
        yield from (f"  {say(language, entity)}: {external_id}" for entity, external_id in change.taken[:20])
    elif change.status == "planned":
        yield say(language, "separator_confirm", command=f"{command} --yes")
    elif change.configured != change.new:
        yield say(language, "separator_configure", new=change.new)
