"""The command that serves pages and API."""

import os
import sys

from gewerk.config.installation import Installation


def web_server_command(host: str, port: int, *, processes: int) -> list[str]:
    """granian on this address; four threads in each process."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(processes), "--blocking-threads", "4", "--backpressure", "64"),
        *("--workers-kill-timeout", "5", "--no-ws", "--log-level", "warning", "gewerk.entrypoints.wsgi:application"),
    ]


def web_processes(settings: Installation) -> int:
    """As many as set, else one per processor; with SQLite one, whose threads write in turn."""
    if not settings.database_url:
        return 1
    return settings.web_processes or os.cpu_count() or 1
