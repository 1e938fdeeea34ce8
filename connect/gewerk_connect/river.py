"""What a plan or a run is given, and the doors it opens: the ledger and a view of the target."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from gewerk_connect.canonical import PUSH_ORDER, Key
from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.diff import TargetView
from gewerk_connect.ledger import Busy, Records, Store, open_store, run_lock
from gewerk_connect.ledger.outbox import GROUP
from gewerk_connect.ledger.renaming import Renaming
from gewerk_connect.messages import say, table
from gewerk_connect.push import Patience, Shape, Target, read_target
from gewerk_connect.settings import Connection
from gewerk_connect.stock import Stock

WHOLE_TARGET_AFTER = timedelta(days=7)
"""Between two looks at everything the target holds; in between it is asked only for what changed."""
LARGE_RUN = 5_000
"""A run that sent more takes the target's clock at its end as known: reading all of it back would cost more than it finds."""
_A_SECOND = timedelta(seconds=1)
"""The target's clock is told in whole seconds."""


class Upper(Protocol):
    """The upper river for one source: ``gewerk_connect.stock`` bound to it."""

    def fetch(self, now: datetime, progress: Callable[[str, int, int | None], None]) -> None:
        """Reads a source that lies across a network anew; files are there already."""

    @property
    def hides(self) -> bool:
        """Whether an object that the source does not list may only be hidden from us."""

    def in_doubt(self, objects: Sequence[Key]) -> list[bool]:
        """For objects that the source does not list: whether that leaves it in doubt that they are gone."""

    def fingerprint(self) -> str:
        """Of the source's files, byte for byte."""

    def row_fingerprint(self) -> str | None:
        """Of the source's rows, in whatever order they stand; None where its form does not tell."""

    def judge(self, as_of: date, progress: Callable[[str, int, int], None] | None) -> Stock: ...


class Doing(str):
    """What is under way, as people read it; and for programs its stage and what that is at."""

    __slots__ = ("of", "stage")

    stage: str
    """``reading_target``, ``fetching_source``, ``reading_source``, ``comparing``, ``sending``, ``archive``, ``renaming``."""
    of: str | None
    """An entity, or a table or list of the source."""

    def __new__(cls, language: str, stage: str, of: str | None = None) -> "Doing":
        what = say(language, stage)
        if stage in ("fetching_source", "reading_source"):
            text = f"{what}: {table(language, of)}" if of else what
        elif stage == "comparing" and of:
            text = f"{what}: {say(language, of)}"
        else:
            text = f"{say(language, of)}: {what}" if of else what
        doing = super().__new__(cls, text)
        doing.stage, doing.of = stage, of
        return doing


Progress = Callable[[Doing, int, int | None], None]
"""Told (what is under way, how much is done, of how much if known)."""


def silent(_what: Doing, _done: int, _total: int | None) -> None:
    """Nobody looks on."""


@dataclass(slots=True)
class River:
    """What a plan or a run needs. ``target`` None: the ledger alone is asked (``--offline``), and ``apply`` refuses."""

    connection: Connection
    upper: Upper
    target: Target | None
    as_of: date
    now: Callable[[], datetime]
    """The clock, with zone."""
    read_target: bool = True
    """False: what the target holds is taken from the ledger."""
    whole: bool = False
    """True: compare with everything the target holds, whatever was known before."""
    confirm_fuse: bool = False
    shape: Shape | None = None
    """What the target can hold of a record; None: everything."""
    examples: int = 20
    """Changes named in a plan."""
    language: str = "de"
    progress: Progress = silent
    patience: Patience = field(default_factory=Patience)

    @property
    def base_url(self) -> str:
        return self.connection.target.base_url.rstrip("/") if self.connection.target else ""

    def fingerprint(self) -> str:
        """Of everything in the configuration that decides what is sent and how."""
        settings = self.connection.settings.fingerprint()
        return f"{settings}.{self.shape.fingerprint}" if self.shape else settings

    @property
    def client_id(self) -> str | None:
        return self.connection.target.credentials()[0] if self.connection.target else None


def entities_of(river: River, records: Records) -> Sequence[str]:
    """The entities in the order of the push; property groups only where they are or were sent."""
    groups = river.connection.settings.economic_entities_as_groups or GROUP in records.in_force()
    return (*((GROUP,) if groups else ()), *PUSH_ORDER)


@contextmanager
def open_ledger(river: River, *, make: bool) -> Iterator[Store]:
    """The state; ``make=False`` leaves no file behind where there is none yet."""
    with open_store(river.connection.state_url(), river.connection.id, river.base_url, make=make) as store:
        yield store


@contextmanager
def alone(store: Store) -> Iterator[None]:
    """Holds the connection's lock. Raises ``SettingsError`` when another run is under way."""
    try:
        with run_lock(store):
            yield
    except Busy as error:
        raise SettingsError("busy", say("de", "busy"), say("en", "busy")) from error


def check_separator(store: Store, connection: Connection) -> None:
    """Rule 7: the separator is fixed by the first productive run. Raises ``SettingsError`` with the way to migrate."""
    begun = Renaming(store).under_way()
    if begun is not None:
        raise unfinished_change(connection, begun)
    fixed = store.facts()["separator"]
    wanted = connection.settings.separator
    if fixed is None or fixed == wanted:
        return
    count = sum(Records(store).in_force().values())
    command = change_command(connection, wanted)
    raise SettingsError(
        "separator_fixed",
        f"Der Separator steht seit dem ersten produktiven Lauf fest: „{fixed}“. Mit „{wanted}“ bekämen {count}"
        " Datensätze neue IDs und stünden doppelt in Gewerk. Tragen Sie wieder"
        f' separator = "{fixed}" ein. Oder wechseln Sie mit der Migration, die alle Datensätze behält; zuerst die'
        f" Vorschau: {command}",
        f'The separator has been fixed since the first productive run: "{fixed}". With "{wanted}" {count} records would'
        f' get new ids and stand in Gewerk twice. Put back separator = "{fixed}". Or change it by the migration, which'
        f" keeps all records; first the preview: {command}",
    )


def change_command(connection: Connection, to: str) -> str:
    """The command that previews a change of the separator, ready to be copied."""
    file = shlex.quote(str(connection.file or f"{connection.id}.toml"))
    return f"gewerk-connect change-separator --config {file} --to {shlex.quote(to)}"


def unfinished_change(connection: Connection, to: str) -> SettingsError:
    command = f"{change_command(connection, to)} --yes"
    return SettingsError(
        "separator_change_unfinished",
        f"Die Migration auf den Separator „{to}“ wurde begonnen und nicht beendet. Vollenden Sie sie zuerst: {command}",
        f'The migration to the separator "{to}" began and did not end. Complete it first: {command}',
    )


@contextmanager
def target_view(river: River, store: Store) -> Iterator[TargetView | None]:
    """What the target holds, or what changed there; None with ``--offline``."""
    if river.target is None or not river.read_target:
        yield None
        return
    facts = store.facts()
    seen_at, compared_at = facts["target_seen_at"], facts["target_compared_at"]
    whole = (
        river.whole
        or not river.target.abilities.tells_changes
        or seen_at is None
        or compared_at is None
        or facts["client_id"] != river.client_id
        or river.now() - compared_at > WHOLE_TARGET_AFTER
    )
    river.progress(Doing(river.language, "reading_target"), 0, None)
    entities = entities_of(river, Records(store))
    view = read_target(river.target, entities, None if whole else seen_at, river.patience)
    try:
        yield view
    finally:
        view.close()


def note_target_clock(river: River, store: Store, before: datetime | None, *, large: bool, whole: bool) -> None:
    """Notes up to when the target's changes are known. ``before`` is its clock before it was read."""
    if river.target is None or not river.read_target:
        return
    clock = _later(river.target.server_time, _A_SECOND) if large else _later(before, -_A_SECOND)
    if whole:
        store.note(target_seen_at=clock, target_compared_at=river.now(), client_id=river.client_id)
    else:
        store.note(target_seen_at=clock)


def _later(moment: datetime | None, by: timedelta) -> datetime | None:
    return moment + by if moment else None
