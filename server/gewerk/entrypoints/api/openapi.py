"""The published schema: what ninja derives, with bodies, problem types and headers put in. OpenAPI 3.1."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from ninja import NinjaAPI
from pydantic import TypeAdapter

from gewerk.entrypoints.api.schemas import Problem

_REF = "#/components/schemas/"
_BODIES: dict[str, TypeAdapter[Any]] = {}

_READ = (400, 401, 404, 422, 429, 503)
_WRITE = (400, 401, 403, 404, 409, 412, 413, 415, 422, 429, 503)

_HEADERS = {
    "RateLimit": {
        "schema": {"type": "string"},
        "description": "Calls left in this window (r) and seconds until it ends (t).",
    },
    "RateLimit-Policy": {"schema": {"type": "string"}, "description": "Calls (q) per window in seconds (w)."},
}
_RETRY_AFTER = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
_ETAG = {"schema": {"type": "string"}, "description": "The record's version, for If-Match."}

IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[A-Za-z0-9._:-]+$"},
    "description": "A key of your own per request: repeated within 24 hours it gives the first answer again.",
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    "description": "The ETag read before; 412 when the record was changed meanwhile.",
}


def reads(model: Any, *more: int) -> dict[int, Any]:
    """``response=`` of a GET."""
    return {200: model} | dict.fromkeys((*_READ, *more), Problem)


def writes(model: Any, *statuses: int) -> dict[int, Any]:
    """``response=`` of a POST or PATCH with success ``statuses``."""
    return dict.fromkeys(statuses or (200,), model) | dict.fromkeys(_WRITE, Problem)


def takes(
    name: str, adapter: TypeAdapter[Any], *, repeatable: bool = True, conditional: bool = False
) -> dict[str, Any]:
    """``openapi_extra=`` of an operation whose body is ``adapter``, published as ``name``."""
    _BODIES[name] = adapter
    extra: dict[str, Any] = {
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": _REF + name}}}}
    }
    headers = [*([IDEMPOTENCY_KEY] if repeatable else []), *([IF_MATCH] if conditional else [])]
    if headers:
        extra["parameters"] = headers
    return extra


@lru_cache
def schema_of(api: NinjaAPI) -> Mapping[str, Any]:
    """The schema of one version. Treat as read-only."""
    schema: dict[str, Any] = orjson.loads(
        orjson.dumps(dict(api.get_openapi_schema(path_prefix=f"api/{api.version}/")), option=orjson.OPT_NON_STR_KEYS)
    )
    components = schema["components"]["schemas"]
    for name, adapter in _BODIES.items():
        found = adapter.json_schema(ref_template=_REF + "{model}")
        components.update(found.pop("$defs", {}))
        if found.get("$ref") != _REF + name:
            components[name] = found
    for operations in schema["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                _dress(int(status), response, public="security" not in operation)
    schema["components"]["schemas"] = dict(sorted(components.items()))
    return schema


def _dress(status: int, response: dict[str, Any], *, public: bool) -> None:
    if status >= 400:
        response["content"] = {"application/problem+json": {"schema": {"$ref": _REF + "Problem"}}}
    headers = {} if public else dict(_HEADERS)
    if status in (429, 503):
        headers["Retry-After"] = _RETRY_AFTER
    if headers:
        response["headers"] = {**headers, **response.get("headers", {})}


def text_of(api: NinjaAPI) -> bytes:
    """As ``openapi.json`` is committed and served: sorted, indented."""
    return orjson.dumps(schema_of(api), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
