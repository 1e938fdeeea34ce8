"""Counts what passes between here and the others: requests, and the time spent waiting. Whoever wants to know listens."""

from typing import Literal, Protocol

Side = Literal["erp", "target"]


class Listener(Protocol):
    def asked(self, side: Side, status: int | None) -> None: ...
    def waited(self, side: Side, seconds: float) -> None: ...


_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """From here on it hears of every request and every wait of this process."""
    _listeners.append(listener)


def asked(side: Side, status: int | None) -> None:
    """A request was answered with this HTTP status; None: there was no answer."""
    for listener in _listeners:
        listener.asked(side, status)


def waited(side: Side, seconds: float) -> None:
    """A pause that the other side asked for, or that its failures made wise, has passed."""
    for listener in _listeners:
        listener.waited(side, seconds)
