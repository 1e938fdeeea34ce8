"""The judged stock: what the lower river reads. Streams are sorted by ``external_id`` (plain code point order)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from gewerk_connect.canonical import Entity, Finding, Judged
from gewerk_connect.settings import Settings
from gewerk_connect.sources import Source

SKIPPED = (
    "tenant_without_email",
    "ended",
    "not_yet",
    "unit_without_building",
    "broken_reference",
    "invalid_date",
    "conflicting_rows",
    "id_collision",
    "parent_held",
)
"""The keys of ``Stock.skipped`` (spec 01, "For scripts")."""

Progress = Callable[[str, int, int], None]
"""Called with (what is being read, steps done, steps in all)."""


@dataclass(slots=True, frozen=True)
class Group:
    """A property group made from an economic entity (only with ``economic_entities_as_groups``)."""

    external_id: str
    name: str


class Stock:
    """Everything but the streams is final as soon as ``judge`` returns."""

    skipped: dict[str, int]
    """Every key of ``SKIPPED``."""
    let_units: int | None
    """Units sent with a lease running on ``as_of``; None when the source has no leases."""
    vacant_units: int | None
    finding_counts: dict[str, int]
    """Findings by code, without building them."""
    complete: dict[Entity, bool]
    """False: the source does not yield this entity, so nothing of it may be archived as vanished."""
    valid_until: date | None
    """Earliest date after ``as_of`` on which a time window or an occupancy changes; None when none does."""
    groups: list[Group]
    safe_separators: tuple[str, ...]
    """Separators that occur in no key part of a record to be sent."""
    source_rows: dict[str, int]
    """Rows read per table, for ``check-source``."""

    @property
    def findings(self) -> Iterator[Finding]:
        """Every finding, made anew at each reading (a stock of a million units has hundreds of thousands)."""
        raise NotImplementedError

    def stream(self, entity: Entity) -> Iterator[Judged]:
        """The entity's records, sorted by ``external_id``, each id once; may be read any number of times."""
        raise NotImplementedError


def judge(source: Source, settings: Settings, as_of: date, *, progress: Progress | None = None) -> Stock:
    """Reads the source whole and judges every record. Raises ``SourceError`` when it cannot be used."""
    raise NotImplementedError


def fingerprint(source: Source) -> str:
    """Hash of the source's files, its mapping and the rules' own code; cheap, before anything is read as rows.

    With the same fingerprint, the same ``Settings.fingerprint()`` and a day before ``Stock.valid_until`` a run
    would judge exactly as the one before.
    """
    raise NotImplementedError
