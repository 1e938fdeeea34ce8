"""A published version changes only compatibly: what a program sent and read on the first day still works.

``published/<version>.json`` is the schema of that day, without texts; it is never renewed, only a new version adds a file.
"""

import copy
from pathlib import Path
from typing import Any

import orjson
import pytest
from gewerk.entrypoints.api.openapi import text_of
from gewerk.entrypoints.api.versions import VERSIONS

PUBLISHED = {path.stem: path for path in (Path(__file__).parent / "published").glob("*.json")}


def breaks(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What a program written against ``old`` would trip over in ``new``."""
    found: list[str] = []
    for path, operations in old["paths"].items():
        for method, operation in operations.items():
            place = f"{method.upper()} {path}"
            now = new["paths"].get(path, {}).get(method)
            if now is None:
                found.append(f"{place} is gone")
                continue
            found += _parameters(place, operation, now)
            for media, body in operation.get("requestBody", {}).get("content", {}).items():
                taken = now.get("requestBody", {}).get("content", {}).get(media)
                found += (
                    [f"{place} no longer takes {media}"]
                    if taken is None
                    else _sent(place, body["schema"], taken["schema"], old, new, ())
                )
            for status, answer in operation["responses"].items():
                given = now["responses"].get(status)
                if given is None and status.startswith("2"):
                    found.append(f"{place} no longer answers {status}")
                for media, content in answer.get("content", {}).items():
                    if given is not None and media in given.get("content", {}):
                        found += _read(
                            f"{place} {status}", content["schema"], given["content"][media]["schema"], old, new, ()
                        )
                    elif given is not None:
                        found.append(f"{place} {status} is no longer {media}")
    return found


def _parameters(place: str, old: Any, new: Any) -> list[str]:
    before = {(p["in"], p["name"]) for p in old.get("parameters", [])}
    after = {(p["in"], p["name"]): p for p in new.get("parameters", [])}
    return [f"{place}: parameter {name} is gone" for _, name in before - after.keys()] + [
        f"{place}: parameter {p['name']} is required now"
        for key, p in after.items()
        if p["required"] and key not in before
    ]


def _resolved(schema: Any, whole: Any) -> tuple[Any, str]:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    return (whole["components"]["schemas"][name], name) if name else (schema, "")


def _branches(schema: Any) -> list[Any]:
    return schema.get("anyOf") or schema.get("oneOf") or [schema]


def _sent(place: str, old: Any, new: Any, one: Any, two: Any, seen: tuple[str, ...]) -> list[str]:
    """What may be sent: nothing may vanish, nothing may become required."""
    (before, name), (after, _) = _resolved(old, one), _resolved(new, two)
    if name in seen:
        return []
    seen = (*seen, name) if name else seen
    found = [
        f"{place}: {field} is required now"
        for field in set(after.get("required", [])) - set(before.get("required", []))
    ]
    found += [
        f"{place}: {field} is gone"
        for field in before.get("properties", {})
        if field not in after.get("properties", {})
    ]
    found += [
        f"{place}: {value!r} is refused now"
        for value in before.get("enum", [])
        if value not in after.get("enum", before["enum"])
    ]
    if after.get("maxLength", 10**9) < before.get("maxLength", 10**9):
        found.append(f"{place}: shorter than before")
    found += _inner(_sent, place, before, after, one, two, seen)
    return found


def _read(place: str, old: Any, new: Any, one: Any, two: Any, seen: tuple[str, ...]) -> list[str]:
    """What is read: nothing may vanish."""
    (before, name), (after, _) = _resolved(old, one), _resolved(new, two)
    if name in seen:
        return []
    seen = (*seen, name) if name else seen
    found = [
        f"{place}: {field} is gone"
        for field in before.get("properties", {})
        if field not in after.get("properties", {})
    ]
    if before.get("type") != after.get("type"):
        found.append(f"{place}: is {after.get('type')} now")
    found += _inner(_read, place, before, after, one, two, seen)
    return found


def _inner(compare: Any, place: str, before: Any, after: Any, one: Any, two: Any, seen: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for field, schema in before.get("properties", {}).items():
        if field in after.get("properties", {}):
            found += compare(f"{place}/{field}", schema, after["properties"][field], one, two, seen)
    if "items" in before and "items" in after:
        found += compare(f"{place}[]", before["items"], after["items"], one, two, seen)
    if len(_branches(before)) > 1 and len(_branches(before)) <= len(_branches(after)):
        for left, right in zip(_branches(before), _branches(after), strict=False):
            found += compare(place, left, right, one, two, seen)
    elif len(_branches(before)) > 1:
        found.append(f"{place}: fewer forms than before")
    return found


@pytest.mark.parametrize("version", sorted(PUBLISHED))
def test_what_was_published_still_works(version):
    assert breaks(orjson.loads(PUBLISHED[version].read_bytes()), orjson.loads(text_of(VERSIONS[version]))) == []


def test_every_version_was_published():
    assert PUBLISHED.keys() == VERSIONS.keys()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda s: s["paths"].pop("/api/2026-11-01/properties/export"), "is gone"),
        (lambda s: s["components"]["schemas"]["UnitUpsert"]["properties"].pop("floor"), "floor is gone"),
        (lambda s: s["components"]["schemas"]["UnitUpsert"]["required"].append("name"), "name is required now"),
        (lambda s: s["components"]["schemas"]["Party"]["properties"].pop("email"), "email is gone"),
        (lambda s: s["paths"]["/api/2026-11-01/properties"]["get"]["parameters"].pop(), "is gone"),
        (lambda s: s["paths"]["/api/2026-11-01/properties"]["post"]["responses"].pop("201"), "201"),
        (
            lambda s: s["components"]["schemas"]["PropertyArchive"]["properties"]["reason"]["enum"].remove("manual"),
            "manual",
        ),
    ],
)
def test_what_would_break_a_program_is_noticed(change, word):
    old = orjson.loads(next(iter(PUBLISHED.values())).read_bytes())
    new = copy.deepcopy(old)
    change(new)
    assert any(word in line for line in breaks(old, new))


def test_additions_break_nothing():
    old = orjson.loads(next(iter(PUBLISHED.values())).read_bytes())
    new = copy.deepcopy(old)
    new["paths"]["/api/2026-11-01/tickets"] = {"get": {"responses": {}}}
    new["components"]["schemas"]["UnitUpsert"]["properties"]["balcony"] = {"type": "boolean"}
    new["components"]["schemas"]["Party"]["properties"]["fax"] = {"type": "string"}
    assert breaks(old, new) == []
