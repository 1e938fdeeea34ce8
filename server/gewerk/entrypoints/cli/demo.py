"""``./gewerk demo --reset``: the demo forgets everything; the next ``up`` fills it anew."""

import shutil
from pathlib import Path

from gewerk.entrypoints.cli.lock import lock
from gewerk.entrypoints.cli.texts import say


def reset(data: Path) -> None:
    """Delete the demo's data folder. Refused while the demo runs."""
    with lock(data):
        shutil.rmtree(data)
    say("Die Demo ist leer; ./gewerk up füllt sie neu.", "The demo is empty; ./gewerk up fills it anew.")
