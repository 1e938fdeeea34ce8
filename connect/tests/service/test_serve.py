"""``serve`` before it serves."""

import socket
from pathlib import Path

import pytest
from command_line import cli_in


def test_a_taken_address_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        config = tmp_path / "service.toml"
        config.write_text(f'data = "."\nbase_url = "http://{listen}"\nlisten = "{listen}"\n')
        ended = cli_in(monkeypatch)("serve", "--config", config)
    assert ended.code == 2
    assert f"Auf {listen} kann der Dienst nicht warten" in ended.err
