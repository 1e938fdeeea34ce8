"""Plentific as a target: single requests, a look-up before each record that is made, and ids translated on the way.

Nothing is doubled: a record is made only after a look-up found none. An answer that was lost leaves a record in doubt;
whoever tries again looks first. What stands there twice already is refused by name, for no rule says which one counts.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import orjson
from gewerk_client import (
    NotFound,
    NotGewerk,
    RateLimited,
    Refused,
    Resource,
    Result,
    ServerFault,
    Session,
    SubPropertyType,
    Unavailable,
)

from gewerk_connect.diff.fields import same
from gewerk_connect.push import Abilities, TargetError
from gewerk_connect.targets.plentific.ids import KnownIds
from gewerk_connect.targets.plentific.mapping_file import EntityMapping, TargetMapping
from gewerk_connect.targets.plentific.paging import pages
from gewerk_connect.targets.plentific.records import (
    PlentificShape,
    UnknownReference,
    get,
    is_archived,
    put,
    read,
    write,
)

EXAMPLE_URL = "https://api.plentific.com"


def abilities_of(mapping: TargetMapping) -> Abilities:
    return Abilities(
        "Plentific",
        EXAMPLE_URL,
        batch_size=1,
        in_flight=mapping.api.in_flight,
        tells_changes=mapping.api.changed_since is not None,
        renames=mapping.api.renames,
    )


class _Rejected(Exception):
    """One record cannot be taken; the others can."""

    def __init__(self, code: str, detail: str, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.field = field


class PlentificTarget:
    """``sleep`` and ``clock`` are in seconds."""

    def __init__(
        self,
        session: Session,
        mapping: TargetMapping,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.abilities = abilities_of(mapping)
        self._session = session
        self._mapping = mapping
        self._shape = PlentificShape(mapping)
        self._sleep = sleep
        self._clock = clock
        self._known = KnownIds()
        self._in_doubt: dict[tuple[str, str], float] = {}
        """(entity, external id) of a record that was sent to be made and not answered -> when."""
        self._doubt_lock = threading.Lock()

    @property
    def server_time(self) -> datetime | None:
        return self._session.server_time

    def authorize(self) -> None:
        self._session.authorize()

    def close(self) -> None:
        self._session.close()
        self._known.close()

    # reading

    def export(self, resource: Resource, *, type: SubPropertyType | None = None) -> Iterator[bytes]:
        """All records in Gewerk's fields, archived ones too. One that stands there twice comes without its fields."""
        return self._lines(_entity(resource, type), {})

    def changed_since(
        self, resource: Resource, since: datetime, *, type: SubPropertyType | None = None
    ) -> Iterator[dict[str, Any]]:
        """As ``export``, those that changed since then; all of them where the mapping names no parameter for it."""
        name = self._mapping.api.changed_since
        query = {name: since.isoformat()} if name else {}
        return (orjson.loads(line) for line in self._lines(_entity(resource, type), query))

    def _lines(self, entity: str, query: dict[str, str]) -> Iterator[bytes]:
        mapped = self._mapping.of(entity)
        if mapped is None:
            return
        for page in self._pages(mapped, {**mapped.query, **query}):
            ours = [(item, str(external_id)) for item in page if (external_id := self._external_id(mapped, item))]
            self._known.add(entity, ((external_id, str(get(item, mapped.id))) for item, external_id in ours))
            for item, external_id in ours:
                archived_at = "archived" if is_archived(mapped, item) else None
                doubled = len(self._known.ids(entity, external_id)) > 1
                fields = {} if doubled else read(mapped, item, self._external_id_of)
                record = {**fields, "type": entity, "external_id": external_id, "archived_at": archived_at}
                yield orjson.dumps(record)

    def _pages(self, mapped: EntityMapping, query: dict[str, str]) -> Iterator[list[dict[str, Any]]]:
        def fetch(params: dict[str, str]) -> Any:
            try:
                return orjson.loads(self._session.call("GET", mapped.path, params=params).content)
            except orjson.JSONDecodeError as error:
                raise NotGewerk(f"GET {mapped.path}: the answer is no JSON") from error

        try:
            for page in pages(fetch, self._mapping.paging, query, mapped.id):
                yield [item for item in page if _is_of(mapped, item)]
        except NotFound as error:
            raise _no_such_path(mapped.path) from error

    @staticmethod
    def _external_id(mapped: EntityMapping, item: Mapping[str, Any]) -> Any:
        return get(item, mapped.external_id)

    def _external_id_of(self, entity: str, id_: str) -> str | None:
        found = self._known.external_id(entity, id_)
        mapped = self._mapping.of(entity)
        if found is not None or mapped is None:
            return found
        try:
            held = self._one(self._session.call("GET", self._address(mapped, id_)).content)
        except NotFound:
            return None
        name = self._external_id(mapped, held)
        if name:
            self._known.add(entity, [(str(name), id_)])
        return str(name) if name else None

    # writing

    def upsert(
        self,
        resource: Resource,
        records: bytes | Sequence[Any],
        *,
        idempotency_key: str | None = None,  # noqa: ARG002 - Plentific names no such key: looking up does its work
    ) -> list[Result]:
        return [self._answered(resource, record, self._put) for record in _records(records)]

    def archive(
        self,
        resource: Resource,
        records: bytes | Sequence[Any],
        *,
        idempotency_key: str | None = None,  # noqa: ARG002
    ) -> list[Result]:
        return [self._answered(resource, record, self._archive) for record in _records(records)]

    def rename(
        self,
        resource: Resource,
        records: bytes | Sequence[Any],
        *,
        idempotency_key: str | None = None,  # noqa: ARG002
    ) -> list[Result]:
        return [self._answered(resource, record, self._rename) for record in _records(records)]

    def _answered(
        self, resource: Resource, record: dict[str, Any], verb: Callable[[str, EntityMapping, dict[str, Any]], str]
    ) -> Result:
        entity = _entity(resource, record.get("type"))
        external_id = str(record["external_id"])
        result: Result = {"external_id": external_id, "type": entity, "status": "rejected", "id": None, "problem": None}
        mapped = self._mapping.of(entity)
        try:
            if mapped is None:
                raise _Rejected("not_in_mapping", f"[entities.{entity}] fehlt in der Zuordnung / is not in the mapping")
            result["status"] = verb(entity, mapped, record)  # type: ignore[typeddict-item]  # one of the statuses
        except _Rejected as error:
            errors = [{"pointer": f"/{error.field}", "code": error.code, "message": error.detail}]
            result["problem"] = {"code": error.code, "detail": error.detail, "errors": errors if error.field else []}
        return result

    def _put(self, entity: str, mapped: EntityMapping, record: dict[str, Any]) -> str:
        external_id = record["external_id"]
        doubted = self._await_doubt(entity, external_id)
        try:
            body = write(mapped, record, self._id_of)
        except UnknownReference as error:
            code = "unknown_property" if error.entity == "property" else f"unknown_{error.entity}"
            raise _Rejected(code, "Plentific hat den Datensatz nicht, auf den dieser verweist.", error.field) from error
        id_, held = self._find(entity, mapped, external_id, known_will_do=not doubted)
        if id_ is None:
            return self._create(entity, mapped, external_id, body)
        status = self._bring_up_to_date(entity, mapped, record, body, id_, held)
        self._settle_doubt(entity, external_id)
        return "created" if doubted else status

    def _bring_up_to_date(
        self,
        entity: str,
        mapped: EntityMapping,
        record: dict[str, Any],
        body: dict[str, Any],
        id_: str,
        held: Mapping[str, Any] | None,
    ) -> str:
        if held is not None and not is_archived(mapped, held):
            fields = read(mapped, held, self._external_id_of)
            if all(same(value, fields.get(name)) for name, value in self._shape.fits(entity, record).items()):
                return "unchanged"
        if mapped.archived is not None:
            put(body, mapped.archived.field, mapped.archived.active)
        try:
            self._change(mapped, id_, body)
        except NotFound:  # somebody deleted it since it was read
            self._known.forget(entity, id_)
            return self._create(entity, mapped, record["external_id"], body)
        return "updated"

    def _create(self, entity: str, mapped: EntityMapping, external_id: str, body: dict[str, Any]) -> str:
        sent = {name: value for name, value in body.items() if value is not None}
        put(sent, mapped.external_id, external_id)
        try:
            answer = self._session.call("POST", mapped.path, content=orjson.dumps(sent))
        except RateLimited:  # a request that was turned away made nothing
            raise
        except (Unavailable, ServerFault):
            with self._doubt_lock:
                self._in_doubt[entity, external_id] = self._clock()
            raise
        except NotFound as error:
            raise _no_such_path(mapped.path) from error
        except Refused as error:
            if error.problem is None or error.problem.status != 409:
                raise
            id_, _ = self._find(entity, mapped, external_id, known_will_do=False)
            if id_ is None:
                raise
            self._change(mapped, id_, body)
            return "updated"
        self._settle_doubt(entity, external_id)
        id_ = get(self._one(answer.content), mapped.id)
        if id_ is not None:
            self._known.add(entity, [(external_id, str(id_))])
        return "created"

    def _archive(self, entity: str, mapped: EntityMapping, record: dict[str, Any]) -> str:
        archived = mapped.archived
        if archived is None:
            raise _Rejected("cannot_archive", f"[entities.{entity}] archived fehlt in der Zuordnung / is missing")
        id_, held = self._find(entity, mapped, record["external_id"], known_will_do=False)
        if id_ is None:
            raise _Rejected("not_found", "Plentific hat den Datensatz nicht.")
        if held is not None and is_archived(mapped, held):
            return "unchanged"
        body: dict[str, Any] = {}
        put(body, archived.field, archived.value)
        if archived.reason and record.get("reason"):
            put(body, archived.reason, record["reason"])
        try:
            self._change(mapped, id_, body)
        except NotFound as error:
            raise _Rejected("not_found", "Plentific hat den Datensatz nicht.") from error
        return "archived"

    def _rename(self, entity: str, mapped: EntityMapping, record: dict[str, Any]) -> str:
        old, new = record["external_id"], record["new_external_id"]
        id_, _ = self._find(entity, mapped, old, known_will_do=False)
        other, _ = self._find(entity, mapped, new, known_will_do=False)
        if id_ is None and other is None:
            raise _Rejected("not_found", "Plentific hat den Datensatz nicht.")
        if id_ is None:
            return "unchanged"
        if other is not None and other != id_:
            raise _Rejected("taken", "Die neue ID gehört in Plentific schon einem anderen Datensatz.")
        body: dict[str, Any] = {}
        put(body, mapped.external_id, new)
        self._change(mapped, id_, body)
        self._known.add(entity, [(new, id_)])
        return "renamed"

    def _change(self, mapped: EntityMapping, id_: str, body: dict[str, Any]) -> None:
        self._session.call(mapped.change, self._address(mapped, id_), content=orjson.dumps(body))

    # finding

    def _id_of(self, entity: str, external_id: str) -> str | None:
        mapped = self._mapping.of(entity)
        return self._find(entity, mapped, external_id, known_will_do=True)[0] if mapped else None

    def _find(
        self, entity: str, mapped: EntityMapping, external_id: str, *, known_will_do: bool
    ) -> tuple[str | None, Mapping[str, Any] | None]:
        """(their id, the record as it stands there). An id that this run has seen comes without the record."""
        known = self._known.ids(entity, external_id)
        if not known or not known_will_do:
            held = {str(get(item, mapped.id)): item for item in self._looked_up(mapped, external_id)}
            self._known.add(entity, ((external_id, id_) for id_ in held))
            if len(held) == 1:
                return next(iter(held.items()))
            known = list(held)
        if len(known) > 1:
            raise _Rejected(
                "doubled_in_target",
                "Diese ID steht in Plentific mehrfach. Löschen oder benennen Sie dort alle bis auf einen Datensatz.",
            )
        return (known[0] if known else None), None

    def _looked_up(self, mapped: EntityMapping, external_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        strangers = False
        for page in self._pages(mapped, {**mapped.query, self._mapping.find.query: external_id}):
            if strangers and page:
                raise _find_ignored(self._mapping.find.query)
            own = [item for item in page if self._external_id(mapped, item) == external_id]
            found += own
            strangers = len(own) < len(page)
            if own and not strangers:
                break
        return found

    # doubt

    def _await_doubt(self, entity: str, external_id: str) -> bool:
        """Whether an earlier request to make this record had no answer; waits until a look-up would show it."""
        with self._doubt_lock:
            since = self._in_doubt.get((entity, external_id))
        if since is None:
            return False
        left = since + self._mapping.api.look_up_after_seconds - self._clock()
        if left > 0:
            self._sleep(left)
        return True

    def _settle_doubt(self, entity: str, external_id: str) -> None:
        with self._doubt_lock:
            self._in_doubt.pop((entity, external_id), None)

    # one record

    def _one(self, content: bytes) -> Mapping[str, Any]:
        try:
            found = orjson.loads(content) if content else {}
        except orjson.JSONDecodeError as error:
            raise NotGewerk("the answer is no JSON") from error
        envelope = self._mapping.api.envelope
        found = get(found, envelope) if envelope else found
        return found if isinstance(found, Mapping) else {}

    @staticmethod
    def _address(mapped: EntityMapping, id_: str) -> str:
        return f"{mapped.path}/{quote(id_, safe='')}"


def _entity(resource: Resource, type: str | None) -> str:
    return type or {"properties": "property", "property-groups": "group"}[resource]


def _records(records: bytes | Sequence[Any]) -> list[dict[str, Any]]:
    return list(orjson.loads(records)["records"] if isinstance(records, bytes) else records)


def _is_of(mapped: EntityMapping, item: Mapping[str, Any]) -> bool:
    """Two kinds may share a path; what says that it is of the other kind is not this one."""
    return all(get(item, name) in (None, value) for name, value in mapped.constants.items())


def _no_such_path(path: str) -> TargetError:
    return TargetError(
        "mapping_does_not_fit",
        f"Plentific kennt den Pfad {path} nicht. Berichtigen Sie ihn oder die Version in der Zuordnung ([target]"
        " mapping); die API-Dokumentation Ihres Kontos nennt beide.",
        f"Plentific does not know the path {path}. Correct it or the version in the mapping ([target] mapping); the API"
        " documentation of your account names both.",
    )


def _find_ignored(query: str) -> TargetError:
    return TargetError(
        "mapping_does_not_fit",
        f"Plentific sucht nicht nach „{query}“, sondern gibt alles. So ließe sich nicht ausschließen, dass etwas"
        " doppelt angelegt wird. Berichtigen Sie [find] query in der Zuordnung ([target] mapping).",
        f'Plentific does not search by "{query}" but gives everything. Nothing would keep records from being made twice.'
        " Correct [find] query in the mapping ([target] mapping).",
    )
