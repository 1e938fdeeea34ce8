"""The published schema: committed as the code says, valid, and readable as a page."""

import importlib
import pkgutil
from collections import defaultdict
from pathlib import Path

import orjson
import pytest
from django.core.management import CommandError, call_command
from gewerk.entrypoints import api
from gewerk.entrypoints.api.openapi import text_of
from gewerk.entrypoints.api.versions import LATEST, VERSIONS
from ninja import Schema
from typing_extensions import is_typeddict

ROOT = Path(__file__).resolve().parents[3]


def test_the_committed_schema_is_what_the_code_says(tmp_path):
    call_command("export_openapi", str(ROOT / "openapi.json"), check=True)
    (tmp_path / "openapi.json").write_text("{}")
    with pytest.raises(CommandError):
        call_command("export_openapi", str(tmp_path / "openapi.json"), check=True)


def test_every_reference_leads_somewhere():
    schema = orjson.loads(text_of(VERSIONS[LATEST]))
    assert schema["openapi"].startswith("3.1")
    known = {f"#/components/schemas/{name}" for name in schema["components"]["schemas"]}

    def references(part):
        if isinstance(part, dict):
            for name, value in part.items():
                if name == "$ref":
                    yield value
                elif name == "mapping":
                    yield from value.values()
                else:
                    yield from references(value)
        elif isinstance(part, list):
            for value in part:
                yield from references(value)

    assert set(references(schema)) <= known
    assert not any("$defs" in reference for reference in references(schema))


def test_no_two_shapes_share_a_name():
    """The published schema knows them by name alone: of two the later one would stand for both."""
    homes = defaultdict(set)
    for found in pkgutil.walk_packages(api.__path__, f"{api.__name__}."):
        module = importlib.import_module(found.name)
        for one in vars(module).values():
            is_shape = isinstance(one, type) and (issubclass(one, Schema) or is_typeddict(one))
            if is_shape and one.__module__ == module.__name__:
                homes[one.__name__].add(one.__module__)
    assert len(homes) > 100
    assert {name: places for name, places in homes.items() if len(places) > 1} == {}


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "word"), [("de", "API-Referenz"), ("en", "API reference")])
def test_the_reference_page_shows_every_operation(client, language, word):
    answer = client.get("/api/docs", headers={"Accept-Language": language})
    page = answer.content.decode().replace("<wbr>", "")
    assert answer.status_code == 200
    assert word in page
    for path, operations in orjson.loads(text_of(VERSIONS[LATEST]))["paths"].items():
        for method in operations:
            assert f"{method.upper()} {path}" in page
    assert "<script>" not in page
    assert " style=" not in page


@pytest.mark.django_db
def test_the_schema_is_served_as_committed(client):
    answer = client.get(f"/api/{LATEST}/openapi.json")
    assert answer.content == (ROOT / "openapi.json").read_bytes()
    assert client.post(f"/api/{LATEST}/openapi.json").status_code == 405
