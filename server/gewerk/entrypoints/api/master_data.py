"""Properties, sub-properties and property groups: list, read, create, change, archive, upsert, export (spec 02, master data)."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI, Query
from pydantic import Field, TypeAdapter

from gewerk.entrypoints.api import cursors, schemas
from gewerk.entrypoints.api.batches import ARCHIVES, RENAMES, UPSERTS, Batch, records_of, result_of
from gewerk.entrypoints.api.door import actor_of, answer, body, if_match, in_turn, once, only_known, raw_body
from gewerk.entrypoints.api.openapi import reads, takes, writes
from gewerk.entrypoints.api.problems import InvalidInput
from gewerk.kit.locks import writers_turn
from gewerk.kit.refusals import FieldProblem
from gewerk.portfolio.access import sub_property_for
from gewerk.portfolio.operations.archive import archive, archive_many
from gewerk.portfolio.operations.change import change
from gewerk.portfolio.operations.create import create
from gewerk.portfolio.operations.rename import rename
from gewerk.portfolio.operations.upsert import upsert
from gewerk.portfolio.queries.records_for_programs import Wanted, every, one, page
from gewerk.portfolio.records import (
    Archive,
    GroupChange,
    GroupCreate,
    LandlordCreate,
    PartyChange,
    PropertyChange,
    PropertyCreate,
    TenantCreate,
    UnitChange,
    UnitCreate,
)

SubPropertyCreate = Annotated[UnitCreate | TenantCreate | LandlordCreate, Field(discriminator="type")]

_ARCHIVE: TypeAdapter[Any] = TypeAdapter(Archive)
_NDJSON = "application/x-ndjson"
_ARCHIVED = {"all": None, "true": True, "false": False}
_LINES = 200
"""Records per piece of a stream."""


class Resource:
    """What differs between the three."""

    def __init__(
        self,
        path: str,
        singular: str,
        *,
        shape: Any,
        shapes: tuple[Any, ...],
        page: Any,
        list_query: type[schemas.ListQuery],
        export_query: type[schemas.ExportQuery],
        creates: TypeAdapter[Any],
        changes: TypeAdapter[Any] | None,
        type: str | None,
    ) -> None:
        self.path = path
        self.name = path.replace("-", "_")
        self.singular = singular
        self.title = singular.title().replace("_", "")
        self.plural_title = path.title().replace("-", "")
        self.shape = shape
        self.fields = schemas.names_of(*shapes)
        self.page = page
        self.list_query = list_query
        self.export_query = export_query
        self.creates = creates
        self.changes = changes
        self.type = type
        self.upserts: Batch = UPSERTS[path]
        self.archives: Batch = ARCHIVES[path]
        self.renames: Batch = RENAMES[path]


_UNIT_CHANGE: TypeAdapter[Any] = TypeAdapter(UnitChange)
_PARTY_CHANGE: TypeAdapter[Any] = TypeAdapter(PartyChange)

RESOURCES = (
    Resource(
        "properties",
        "property",
        shape=schemas.Property,
        shapes=(schemas.Property,),
        page=schemas.PropertyPage,
        list_query=schemas.ListQuery,
        export_query=schemas.ExportQuery,
        creates=TypeAdapter(PropertyCreate),
        changes=TypeAdapter(PropertyChange),
        type="property",
    ),
    Resource(
        "sub-properties",
        "sub_property",
        shape=schemas.SubProperty,
        shapes=(schemas.Unit, schemas.Party),
        page=schemas.SubPropertyPage,
        list_query=schemas.SubPropertyListQuery,
        export_query=schemas.SubPropertyExportQuery,
        creates=TypeAdapter(SubPropertyCreate),
        changes=None,
        type=None,
    ),
    Resource(
        "property-groups",
        "property_group",
        shape=schemas.PropertyGroup,
        shapes=(schemas.PropertyGroup,),
        page=schemas.PropertyGroupPage,
        list_query=schemas.ListQuery,
        export_query=schemas.ExportQuery,
        creates=TypeAdapter(GroupCreate),
        changes=TypeAdapter(GroupChange),
        type="property_group",
    ),
)


def add_to(api: NinjaAPI) -> None:
    for resource in RESOURCES:
        _add_batches(api, resource)
        _add_lists(api, resource)
        _add_single(api, resource)


def _add_batches(api: NinjaAPI, resource: Resource) -> None:
    path, tags = f"/{resource.path}", [resource.path]

    @api.post(
        f"{path}/upsert",
        operation_id=f"upsert_{resource.name}",
        summary=f"Create or change up to 500 {resource.path} by external_id",
        tags=tags,
        response=writes(schemas.BatchResults),
        openapi_extra=takes(f"{resource.title}Upserts", resource.upserts.whole),
    )
    def upsert_records(request: HttpRequest) -> HttpResponse:
        """Answers per record, in the order sent. A field left out stays as it is, null empties it; an archived record is revived."""
        only_known(request)

        def act() -> HttpResponse:
            outcomes = upsert(actor=actor_of(request), resource=resource.path, records=records, now=timezone.now())
            return answer({"results": [result_of(outcome) for outcome in outcomes]})

        raw = raw_body(request)
        with writers_turn():
            records = records_of(raw, resource.upserts)
            return once(request, act)

    @api.post(
        f"{path}/archive",
        operation_id=f"archive_{resource.name}",
        summary=f"Archive up to 500 {resource.path} by external_id",
        tags=tags,
        response=writes(schemas.BatchResults),
        openapi_extra=takes(f"{resource.title}Archives", resource.archives.whole),
    )
    def archive_records(request: HttpRequest) -> HttpResponse:
        """Answers per record, in the order sent. Nothing is deleted: upsert revives what was archived."""
        only_known(request)
        records = records_of(raw_body(request), resource.archives)

        def act() -> HttpResponse:
            outcomes = archive_many(
                actor=actor_of(request), resource=resource.path, records=records, now=timezone.now()
            )
            return answer({"results": [result_of(outcome) for outcome in outcomes]})

        return once(request, act)

    @api.post(
        f"{path}/rename",
        operation_id=f"rename_{resource.name}",
        summary=f"Give up to 500 {resource.path} other external ids",
        tags=tags,
        response=writes(schemas.RenameResults),
        openapi_extra=takes(f"{resource.title}Renames", resource.renames.whole),
    )
    def rename_records(request: HttpRequest) -> HttpResponse:
        """Answers per record, in the order sent. The records stay, archived ones too; two may swap ids. When the old id is unknown
        and a record has the new one, it was renamed before: unchanged. Rejected: not_found, taken, duplicate_in_batch."""
        only_known(request)
        records = records_of(raw_body(request), resource.renames)

        def act() -> HttpResponse:
            outcomes = rename(actor=actor_of(request), resource=resource.path, records=records, now=timezone.now())
            return answer({"results": [result_of(outcome) for outcome in outcomes]})

        return once(request, act)


def _add_lists(api: NinjaAPI, resource: Resource) -> None:
    path, tags = f"/{resource.path}", [resource.path]
    list_query: Any = resource.list_query
    export_query: Any = resource.export_query

    @api.get(
        f"{path}/export",
        operation_id=f"export_{resource.name}",
        summary=f"All {resource.path} as a stream",
        tags=tags,
        response=reads(None),
        openapi_extra={
            "responses": {
                200: {
                    "description": "One record per line, by id.",
                    "content": {_NDJSON: {"schema": {"type": "string"}}},
                }
            }
        },
    )
    def export_records(request: HttpRequest, query: Query[export_query]) -> StreamingHttpResponse:
        """NDJSON, archived records too unless archived=false."""
        only_known(request, export_query)
        rows = every(actor_of(request), resource.path, _wanted(query))
        return StreamingHttpResponse(_lines(rows), content_type=_NDJSON)

    @api.get(
        path,
        operation_id=f"list_{resource.name}",
        summary=f"List {resource.path}",
        tags=tags,
        response=reads(resource.page),
    )
    def list_records(request: HttpRequest, query: Query[list_query]) -> HttpResponse:
        """Pages by (updated_at, id). A record that changes while you page comes again, none is missed."""
        only_known(request, list_query)
        wanted: schemas.ListQuery = query
        after = None if wanted.cursor is None else cursors.read(wanted.cursor)
        chosen = _chosen(wanted.fields, resource.fields)
        items, last = page(actor_of(request), resource.path, _wanted(wanted), after=after, limit=wanted.limit)
        if chosen is not None:
            items = [{name: value for name, value in item.items() if name in chosen} for item in items]
        return answer({"items": items, "next_cursor": None if last is None else cursors.write(last)})

    @api.post(
        path,
        operation_id=f"create_{resource.singular}",
        summary=f"Create one of {resource.path}",
        tags=tags,
        response=writes(resource.shape, 201),
        openapi_extra=takes(f"{resource.title}Create", resource.creates),
    )
    def create_record(request: HttpRequest) -> HttpResponse:
        """A record that no ERP leads for (source manual). 409 when the external_id is taken."""
        only_known(request)
        record = body(request, resource.creates, tagged=resource.type is None)
        actor = actor_of(request)
        type_ = resource.type or record["type"]

        def act() -> HttpResponse:
            record_id = create(actor=actor, type=type_, record=record, now=timezone.now())
            shown, version = one(actor, resource.path, record_id)
            location = f"{request.path}/{record_id}"
            return answer(shown, status=201, headers={"ETag": f'"{version}"', "Location": location})

        return once(request, act)


def _add_single(api: NinjaAPI, resource: Resource) -> None:
    path, tags = f"/{resource.path}/{{record_id}}", [resource.path]
    etag = {"responses": {200: {"headers": {"ETag": {"schema": {"type": "string"}}}}}}

    @api.get(
        path,
        operation_id=f"read_{resource.singular}",
        summary=f"Read one of {resource.path}",
        tags=tags,
        response=reads(resource.shape),
        openapi_extra=etag,
    )
    def read_record(request: HttpRequest, record_id: UUID) -> HttpResponse:
        """By Gewerk's own id. The ETag goes with If-Match."""
        only_known(request)
        return _shown(request, resource, record_id)

    changes = (
        {}
        if resource.changes is None
        else takes(f"{resource.title}Change", resource.changes, repeatable=False, conditional=True)
    )
    if resource.changes is None:
        changes = takes(
            f"{resource.title}Change", TypeAdapter(UnitChange | PartyChange), repeatable=False, conditional=True
        )

    @api.patch(
        path,
        operation_id=f"change_{resource.singular}",
        summary=f"Change one of {resource.path}",
        tags=tags,
        response=writes(resource.shape),
        openapi_extra={**changes, **etag},
    )
    def change_record(request: HttpRequest, record_id: UUID) -> HttpResponse:
        """Only the fields sent change. With If-Match: 412 when somebody was faster."""
        only_known(request)
        actor = actor_of(request)
        version = if_match(request)
        type_, adapter = resource.type, resource.changes
        if type_ is None or adapter is None:
            type_ = sub_property_for(actor, record_id).type
            adapter = _UNIT_CHANGE if type_ == "unit" else _PARTY_CHANGE
        record = body(request, adapter)
        with in_turn(request):
            change(actor=actor, type=type_, record_id=record_id, record=record, version=version, now=timezone.now())
            return _shown(request, resource, record_id)

    @api.post(
        f"{path}/archive",
        operation_id=f"archive_{resource.singular}",
        summary=f"Archive one of {resource.path}",
        tags=tags,
        response=writes(resource.shape),
        openapi_extra={**takes("Archive", _ARCHIVE, conditional=True), **etag},
    )
    def archive_record(request: HttpRequest, record_id: UUID) -> HttpResponse:
        """By Gewerk's own id; what is archived already stays as it is. With If-Match: 412 when somebody was faster."""
        only_known(request)
        actor = actor_of(request)
        version = if_match(request)
        reason = body(request, _ARCHIVE)["reason"]
        type_ = resource.type or sub_property_for(actor, record_id).type

        def act() -> HttpResponse:
            archive(actor=actor, type=type_, record_id=record_id, reason=reason, version=version, now=timezone.now())
            return _shown(request, resource, record_id)

        return once(request, act)


def _shown(request: HttpRequest, resource: Resource, record_id: UUID) -> HttpResponse:
    shown, version = one(actor_of(request), resource.path, record_id)
    return answer(shown, headers={"ETag": f'"{version}"'})


def _wanted(query: Any) -> Wanted:
    since: datetime | None = getattr(query, "updated_since", None)
    return Wanted(
        external_id=getattr(query, "external_id", None),
        type=getattr(query, "type", None),
        client_number=query.client_number,
        archived=_ARCHIVED[query.archived],
        updated_since=since,
    )


def _chosen(text: str | None, known: frozenset[str]) -> set[str] | None:
    if text is None:
        return None
    chosen = {name.strip() for name in text.split(",") if name.strip()}
    if chosen - known:
        message = str(_("There is no such field. Fields: %(fields)s.")) % {"fields": ", ".join(sorted(known))}
        raise InvalidInput(problems=(FieldProblem("/query/fields", "unknown_field", message),))
    return chosen | {"id"}


def _lines(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    pieces: list[bytes] = []
    dump: Callable[..., bytes] = orjson.dumps
    for row in rows:
        pieces.append(dump(row, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE))
        if len(pieces) == _LINES:
            yield b"".join(pieces)
            pieces.clear()
    if pieces:
        yield b"".join(pieces)
