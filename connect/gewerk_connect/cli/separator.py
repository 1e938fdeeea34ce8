"""``change-separator``: the preview, or the change, as text or JSON."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gewerk_connect.cli.commands import Call, guarded, print_json, print_lines
from gewerk_connect.messages import say

if TYPE_CHECKING:
    from gewerk_connect.separator import Change


def change_separator(call: Call, to: str, confirmed: bool) -> None:
    from gewerk_connect.cli.progress import progress
    from gewerk_connect.river import change_command
    from gewerk_connect.separator import change_separator as change_it
    from gewerk_connect.targets import open_target

    with guarded(call):
        connection = call.load()
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
            print_lines(_text(change, connection.name, change_command(connection, to), call.language))


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
