"""``up`` holds the ports it chose until the parts that serve on them start."""

import socket

import pytest
from gewerk.entrypoints.cli.connector import find_pages
from gewerk.entrypoints.cli.ports import HeldPort


def _free_pair() -> int:
    """A port whose next one is free too."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def test_a_held_port_is_given_to_nobody_until_it_is_released() -> None:
    held = HeldPort("127.0.0.1", _free_pair())
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", held.port))
    held.release()
    held.release()
    with socket.socket() as other:
        other.bind(("127.0.0.1", held.port))


def test_a_listening_port_cannot_be_held() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with pytest.raises(OSError, match="in use"):
            HeldPort("127.0.0.1", server.getsockname()[1])


def test_the_connectors_pages_lie_on_the_next_port_that_nobody_has() -> None:
    port = _free_pair()
    with socket.socket() as server:
        server.bind(("127.0.0.1", port + 1))
        server.listen()
        pages = find_pages(host="127.0.0.1", port=port, base_url=f"http://127.0.0.1:{port}", connector_url="")
    assert pages.port > port + 1
    assert pages.base_url == f"http://127.0.0.1:{pages.port}"
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", pages.port))
    pages.held.release()
