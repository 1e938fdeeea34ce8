"""The deactivation fuse (spec 01, rule 5): a run that would archive too much stops before anything is sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from gewerk_connect.diff.decide import Comparison


@dataclass(slots=True, frozen=True)
class Tripped:
    entity: str
    archive: int
    """Records that would be archived, ended leases apart."""
    in_force: int
    percent: float


def check_fuse(results: Mapping[str, Comparison], *, percent: float, minimum: int) -> list[Tripped]:
    """The entities for which more than ``percent`` of the records in force and more than ``minimum`` would go."""
    return [
        Tripped(entity, result.archive_in_force, result.in_force, 100 * result.archive_in_force / result.in_force)
        for entity, result in results.items()
        if result.archive_in_force > minimum and result.archive_in_force * 100 > percent * result.in_force
    ]
