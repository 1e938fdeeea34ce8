"""One fetch: every list of the ERP, whole or only what changed, checked until it is beyond doubt complete."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Entries
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson
from xxhash import xxh3_128_intdigest

from gewerk_connect.canonical.model import PART
from gewerk_connect.source_settings import SourceSettings
from gewerk_connect.sources.http import errors
from gewerk_connect.sources.http.erp import Erp
from gewerk_connect.sources.http.errors import ErpError
from gewerk_connect.sources.http.paging import pages
from gewerk_connect.sources.http.rules import HttpRules, Resource
from gewerk_connect.sources.http.shape import Shape
from gewerk_connect.sources.mapping_file import Mapping
from gewerk_connect.sources.snapshot import Contents, Row, Snapshot, Writer
from gewerk_connect.sources.source import FetchProgress

OVERLAP = timedelta(minutes=5)
"""What changed is asked for from this long before the latest change known: an ERP may commit a little late."""
_LISTENING_SECONDS = 0.2


class _Stopped(Exception):
    """Another list failed, or whoever looks on wants no more: this thread has nothing to wait for."""


@dataclass(slots=True)
class _Tally:
    """What one reading of a list came to."""

    rows: int = 0
    keys: set[bytes] = field(default_factory=set)
    doubles: bool = False
    checksum: int = 0
    """Of all rows, whatever their order."""
    paged: bool = False
    """Some list had more than one page."""
    parts: dict[str, int] = field(default_factory=dict)
    latest: datetime | None = None
    """The latest change of any row."""
    undated: bool = False
    """Some row does not say when it changed."""


class _Listed(NamedTuple):
    """One address of a list, and what is put into its records."""

    address: str
    added: dict[str, str]
    part: str


class HttpFetch:
    """How a source is read over HTTP. Nothing is asked before ``fetch``."""

    def __init__(self, settings: SourceSettings, mapping: Mapping, rules: HttpRules) -> None:
        self._settings = settings
        self._mapping = mapping
        self._rules = rules

    def fetch(self, writer: Writer, former: Snapshot | None, now: datetime, progress: FetchProgress) -> None:
        """Writes every list. Raises ``SourceError``, ``SettingsError``, and what ``progress`` raises to stop it."""
        stop = threading.Event()

        def sleep(seconds: float) -> None:
            if stop.wait(seconds):
                raise _Stopped

        events: queue.SimpleQueue[tuple[str, int, int | None]] = queue.SimpleQueue()
        with Erp(self._settings, self._rules, sleep=sleep) as erp:
            one = _Fetching(self._settings, self._mapping, self._rules, erp, writer, former, now, stop, events.put)
            ordered = self._rules.in_order()
            parents = {resource.per for resource in ordered if resource.per}
            with ThreadPoolExecutor(self._settings.parallel_requests, thread_name_prefix="fetch") as pool:
                try:
                    for group in (True, False):  # the lists that others are read per record of come first
                        futures = [pool.submit(one.resource, r) for r in ordered if (r.name in parents) is group]
                        _listen(futures, events, progress)
                except BaseException:
                    stop.set()
                    pool.shutdown(cancel_futures=True)
                    raise

    def gone(self, current: Snapshot, objects: Sequence[Entries[str, str]]) -> list[bool]:
        """For each building, by its canonical fields: whether the ERP says for certain that there is no such one (404).

        Whatever else it says leaves it in doubt, and so does an ERP that does not find a building either that it lists.
        """
        table = self._mapping.tables["buildings"]
        single = self._rules.resources[table.resource].single
        known = next(current.rows(table.resource), None)
        if single is None or known is None:
            return [False] * len(objects)
        columns = current.contents[table.resource].columns
        with Erp(self._settings, self._rules) as erp:

            def status(values: Entries[str, str]) -> int:
                address = _address(single, values)
                try:
                    return 0 if "{" in address else erp.status(table.resource, address)
                except ErpError:
                    return 0

            if status(dict(zip(columns, known, strict=False))) != 200:
                return [False] * len(objects)
            return [
                status({name: one[field] for field in one for name in table.columns.get(field, ())}) == 404
                for one in objects
            ]


class _Fetching:
    """The lists of one fetch; each is read by one thread."""

    def __init__(
        self,
        settings: SourceSettings,
        mapping: Mapping,
        rules: HttpRules,
        erp: Erp,
        writer: Writer,
        former: Snapshot | None,
        now: datetime,
        stop: threading.Event,
        tell: Callable[[tuple[str, int, int | None]], None],
    ) -> None:
        self._settings = settings
        self._mapping = mapping
        self._rules = rules
        self._erp = erp
        self._writer = writer
        self._former = former
        self._now = now
        self._stop = stop
        self._tell = tell
        self._size = settings.page_size or rules.paging.size
        self._parents: dict[str, list[dict[str, str]]] = {}
        """Records of the lists that others are read per record of."""

    def resource(self, resource: Resource) -> None:
        """Reads one list. Raises ``ErpError`` when it cannot be had whole."""
        tables = self._mapping.tables_of(resource.name)
        try:
            self._anew(lambda: self._read(resource))
        except ErpError as error:
            had = self._former is not None and resource.name in self._former.contents
            may_miss = bool(tables) and all(table.optional for table in tables)
            if (
                error.code != "erp_not_found"
                or not may_miss
                or (had and resource.name not in self._settings.empty_allowed)
            ):
                raise

    def _anew(self, read: Callable[[], None]) -> None:
        """Reads a list again while it does not add up."""
        self._erp.patience.repeat(read, lambda error: error.anew if isinstance(error, ErpError) else None)

    def _read(self, resource: Resource) -> None:
        if not self._only_changes(resource):
            self._whole(resource)

    # -- the whole list -----------------------------------------------------------------------------------------------

    def _whole(self, resource: Resource) -> None:
        shape = Shape(self._mapping, self._rules, resource)
        addresses = self._addresses(resource)
        tally, parents = _Tally(), list[dict[str, str]]()
        is_parent = bool(self._rules.asked_of(resource))
        with self._writer.resource(resource.name) as out:
            for one in addresses:
                for rows in self._listing(resource, shape, one, {}, self._size, tally):
                    out.add(rows)
                    if is_parent:
                        parents += map(shape.named, rows)
        if tally.doubles and tally.paged:
            # the ERP's own doubles come again however the pages are cut; those of an order that changes do not
            second = _Tally()
            for one in addresses:
                for _ in self._listing(resource, shape, one, {}, _other_size(self._size), second):
                    pass
            if second.checksum != tally.checksum:
                raise errors.moving(resource.name)
        self._check_empty(resource, tally)
        self._parents[resource.name] = parents
        latest = tally.latest.isoformat() if tally.latest and not tally.undated else ""
        self._writer.contents[resource.name] = shape.contents(tally.rows, tally.parts, self._now.isoformat(), latest)

    def _listing(
        self, resource: Resource, shape: Shape, one: _Listed, further: dict[str, str], size: int, tally: _Tally
    ) -> Iterator[list[Row]]:
        """The rows of one address, page by page. Raises ``ErpError`` when they are not what the pages announce."""
        come, announced = 0, None
        for number, page in enumerate(pages(self._erp, self._rules, resource, one.address, further, size)):
            if self._stop.is_set():
                raise _Stopped
            if number and page.total != announced:
                raise errors.moving(resource.name)
            announced = page.total
            come += len(page.records)
            rows = [shape.row({**record, **one.added} if one.added else record) for record in page.records]
            tally.paged |= number > 0
            _count(tally, shape, rows)
            yield rows
            self._tell((resource.name, tally.rows, None if further or resource.per else announced))
        if announced is not None and come != announced:
            raise errors.short(resource.name, announced, come)
        tally.parts[one.part] = tally.parts.get(one.part, 0) + come

    def _addresses(self, resource: Resource) -> list[_Listed]:
        if resource.per is None:
            return [_Listed(resource.path, {}, "")]
        found = []
        for parent in self._parents[resource.per]:
            added = {name: parent[of] for name, of in resource.add.items()}
            found.append(_Listed(_address(resource.path, parent), added, PART.join(added.values())))
        return found

    def _check_empty(self, resource: Resource, tally: _Tally) -> None:
        """An empty list may be a right taken away or a fault; where there was something before, it is not believed."""
        needed = [
            t for t in self._mapping.tables_of(resource.name) if not (t.optional or t.may_be_empty) and t.each is None
        ]
        allowed = resource.name in self._settings.empty_allowed
        if needed and not tally.rows:
            raise errors.empty(resource.name, None, allowed=False)
        known = self._former.contents.get(resource.name) if self._former else None
        for part, rows in tally.parts.items():
            before = known.parts.get(part, 0) if known else 0
            if not rows and before and not allowed:
                raise errors.empty(resource.name, before, allowed=True)

    # -- only what changed --------------------------------------------------------------------------------------------

    def _only_changes(self, resource: Resource) -> bool:
        """Brings the former list up to date. False when it must be read whole, for whatever reason."""
        known = self._former.contents.get(resource.name) if self._former else None
        if self._former is None or known is None or resource.changed is None or not self._is_fresh(known):
            return False
        shape = Shape(self._mapping, self._rules, resource)
        addresses = self._addresses(resource)
        parts = [one.part for one in addresses]
        if not shape.fits(known) or not known.changed_until or set(parts) != set(known.parts):
            return False
        latest = datetime.fromisoformat(known.changed_until)
        moment = (latest - OVERLAP).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        asked = self._rules.changed_value.replace("{field}", resource.changed).replace("{moment}", moment)
        changed: dict[bytes, Row] = {}
        tally = _Tally()
        for one in addresses:
            for rows in self._listing(resource, shape, one, {self._rules.changed_param: asked}, self._size, tally):
                changed |= {shape.key(row): row for row in rows}
        counts = self._merge(resource, shape, self._former, changed)
        totals = [self._total(resource, one.address) for one in addresses]
        if tally.doubles or (tally.undated and tally.rows) or [counts.get(part, 0) for part in parts] != totals:
            return False  # something was deleted, or came in no order: only the whole list can tell
        contents = shape.contents(sum(totals), dict(zip(parts, totals, strict=True)), known.whole_at, "")
        contents.absent = [name for name in known.absent if name in contents.absent]
        contents.changed_until = max(latest, tally.latest or latest).isoformat()
        self._writer.contents[resource.name] = contents
        return True

    def _is_fresh(self, known: Contents) -> bool:
        days = self._settings.full_fetch_days
        return days > 0 and self._now - datetime.fromisoformat(known.whole_at) < timedelta(days=days)

    def _merge(self, resource: Resource, shape: Shape, former: Snapshot, changed: dict[bytes, Row]) -> dict[str, int]:
        """Writes the former rows with the changed ones in their places and the new ones behind; rows of each part."""
        left = dict(changed)
        counts: dict[str, int] = {}
        with self._writer.resource(resource.name) as out:
            for known in former.rows(resource.name):
                key = shape.key(known)
                row = changed.get(key, known)
                left.pop(key, None)
                counts[shape.part(row)] = counts.get(shape.part(row), 0) + 1
                out.add([row])
            for row in left.values():
                counts[shape.part(row)] = counts.get(shape.part(row), 0) + 1
                out.add([row])
        return counts

    def _total(self, resource: Resource, address: str) -> int:
        """How many records the list has now, by its first page."""
        first = next(pages(self._erp, self._rules, resource, address, {}, 1))
        return first.total or 0


def _count(tally: _Tally, shape: Shape, rows: list[Row]) -> None:
    tally.rows += len(rows)
    for row in rows:
        key = shape.key(row)
        tally.doubles |= key in tally.keys
        tally.keys.add(key)
        tally.checksum = (tally.checksum + xxh3_128_intdigest(orjson.dumps(row))) % (1 << 128)
        if changed_at := shape.changed_at(row):
            try:
                moment = datetime.fromisoformat(changed_at)
            except ValueError:
                moment = None
            if moment is not None and moment.tzinfo is not None:
                tally.latest = max(tally.latest or moment, moment)
                continue
        tally.undated = True


def _address(template: str, values: Entries[str, Any]) -> str:
    """``{column}`` by the values, each safe within an address."""
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", quote(str(value), safe=""))
    return template


def _other_size(size: int) -> int:
    return size - max(1, size // 7) if size > 1 else 2


def _listen(
    futures: Sequence[Future[None]], events: "queue.SimpleQueue[tuple[str, int, int | None]]", progress: FetchProgress
) -> None:
    """Hands on what the threads tell until all are done; only this thread calls ``progress``."""
    left = set(futures)
    while left:
        done, left = wait(left, timeout=_LISTENING_SECONDS, return_when=FIRST_COMPLETED)
        while not events.empty():
            progress(*events.get())
        for future in done:
            future.result()
