"""One process tree per data folder. The lock goes with the process, also with a killed one."""

import fcntl
from pathlib import Path
from typing import IO

from gewerk.entrypoints.cli.texts import CommandError


def lock(data: Path) -> IO[str]:
    """Hold the returned file open as long as the folder is in use. Raises CommandError when another process holds it."""
    # Sessions and personal data lie in it: nobody else on this machine may read them.
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = (data / "up.lock").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as busy:
        file.close()
        raise CommandError(
            f"Gewerk läuft schon mit dem Ordner {data}. Beenden Sie es dort zuerst (Strg+C).",
            f"Gewerk is already running on the folder {data}. Stop it there first (Ctrl+C).",
        ) from busy
    return file
