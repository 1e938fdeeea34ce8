"""Ports that are held from the moment they are chosen until the part that serves on them starts.

A demo takes minutes between the two, and a port that is merely seen to be free is somebody else's by then: any
outgoing connection of the machine may be given it.
"""

import socket


class HeldPort:
    """A bound port that nobody listens on. ``release`` it right before the server that takes it starts."""

    def __init__(self, host: str, port: int) -> None:
        """Raises OSError when the port is taken."""
        self.port = port
        self._socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        try:
            # a server that ended a moment ago leaves connections behind: they are no reason to refuse
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise

    def release(self) -> None:
        """Frees the port. A second time it does nothing."""
        self._socket.close()
