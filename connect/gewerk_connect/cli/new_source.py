"""``new-source``: makes a source's folder and says how to try it at once."""

import os
import shlex
from pathlib import Path

from gewerk_connect.cli.commands import Call, guarded, print_json, print_lines
from gewerk_connect.manifests import BUILT_IN
from gewerk_connect.messages import say
from gewerk_connect.new_source import make_source


def new_source(kind: str, erp_name: str | None, into: Path, as_json: bool, language: str) -> None:
    with guarded(Call(Path(), None, as_json, False, language)):
        folder = make_source(kind, erp_name, into)
    if as_json:
        files = sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())
        print_json({"kind": kind, "folder": str(folder), "files": files})
        return
    config = shlex.quote(str(folder / "golden" / "connection.toml"))
    print_lines(
        [
            say(language, "source_made", folder=folder),
            *([] if _is_known(folder.parent) else [f"  export GEWERK_SOURCES={shlex.quote(str(into.resolve()))}"]),
            f"  gewerk-connect check-source --config {config}",
            f"  gewerk-connect plan --offline --config {config}",
            f"  python -m pytest {shlex.quote(str(folder))}",
            say(language, "source_next"),
        ]
    )


def _is_known(place: Path) -> bool:
    """Whether this installation looks for sources there."""
    told = os.environ.get("GEWERK_SOURCES", "").split(os.pathsep)
    return place.resolve() in {BUILT_IN.resolve(), *(Path(one).resolve() for one in told if one)}
