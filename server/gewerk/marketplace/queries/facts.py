"""What is known of firms that somebody looks through: of each firm it is asked once, and then as old as these ``Facts`` are."""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar
from uuid import UUID

Fact = TypeVar("Fact")


class Facts:
    """Kept with the offers of a large market for a minute, else for one search. Safe to use from several threads."""

    def __init__(self) -> None:
        self._known: dict[str, dict[UUID, object]] = {}

    def of(
        self,
        what: str,
        firm_ids: Collection[UUID],
        ask: Callable[[list[UUID]], Mapping[UUID, Fact]],
        otherwise: Fact,
    ) -> dict[UUID, Fact]:
        """Firm -> ``what``, of these and perhaps others. ``ask`` is called once for those not known yet, or not at all; of whom it says
        nothing, it is ``otherwise``."""
        known: dict[UUID, Fact] = self._known.setdefault(what, {})  # type: ignore[assignment]
        unknown = [one for one in dict.fromkeys(firm_ids) if one not in known]
        if unknown:
            found = ask(unknown)
            known.update({one: found.get(one, otherwise) for one in unknown})
        return known
