"""How many processes answer."""

import os

from gewerk.config.installation import Installation
from gewerk.entrypoints.cli.web_server import web_processes, web_server_command


def test_with_sqlite_one_whatever_is_set() -> None:
    assert web_processes(Installation(GEWERK_DATABASE_URL="", web_processes=8)) == 1


def test_with_postgresql_as_set_else_one_per_processor() -> None:
    url = "postgresql://gewerk@127.0.0.1/gewerk"
    assert web_processes(Installation(GEWERK_DATABASE_URL=url, web_processes=3)) == 3
    assert web_processes(Installation(GEWERK_DATABASE_URL=url)) == os.cpu_count()


def test_the_command_names_them() -> None:
    command = web_server_command("127.0.0.1", 8000, processes=3)
    assert command[command.index("--workers") + 1] == "3"
