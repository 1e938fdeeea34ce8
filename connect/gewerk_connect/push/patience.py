"""Patience towards the target: which of its answers are worth waiting for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from gewerk_client import ServerFault, Unavailable

from gewerk_connect import patience

T = TypeVar("T")


@dataclass
class Patience(patience.Patience):
    fault_tries: int = 3
    """How often a request is tried that the server fails on (500), before it is looked at record by record."""

    def call(self, request: Callable[[], T]) -> T:
        """The request's answer. Raises ``Unavailable`` when patience has ended, every other error as it comes."""
        return self.repeat(request, self._weigh)

    def _weigh(self, error: Exception) -> patience.Again | None:
        if isinstance(error, ServerFault):
            return patience.Again(tries=self.fault_tries)
        return patience.Again(error.retry_after) if isinstance(error, Unavailable) else None
