"""What every folder in ``sources/`` owes, and a folder that ``new-source`` has just made as well.

A built-in source is read from the shared exports, or from the simulated ERP; any other folder from the sample that it carries
(``golden/connection.toml``). A new folder without a sample fails here.
"""

import ast
import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from command_line import Cli, cli_in
from exports_here import EXPORTS, HEADERS, SAMPLES, SMALL
from fetching import DATA, simulated, source_settings
from gewerk_connect.manifests import BUILT_IN, NETWORK, Manifest, kinds, load_manifest
from gewerk_connect.new_source import make_source
from gewerk_connect.sources.mapping_file import load_mapping
from pydantic import SecretStr
from sqlalchemy import Column, MetaData, String, Table, create_engine

REPOSITORY = Path(__file__).parents[3]
MADE = "frisch-angelegt"
EVERY = [*kinds(), MADE]
DAY = ("--as-of", "2026-11-22")
ADAPTED_TO = {"rest": "wodis-yuneo", "odata": "sap-blue-eagle"}
"""Generic source -> the ERP whose dialect its mapping describes here."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_source(MADE, None, tmp_path_factory.mktemp("quellen"))


@pytest.fixture
def folder(kind: str, made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if kind != MADE:
        return kinds()[kind].folder
    monkeypatch.setenv("GEWERK_SOURCES", str(made.parent))
    return made


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> Cli:
    return cli_in(monkeypatch)


# -- what stands in the folder


@pytest.mark.parametrize("kind", EVERY)
def test_the_folder_is_whole(kind: str, folder: Path) -> None:
    for name in ("__init__.py", "manifest.toml", "mapping.toml", "read.py", "translate.py", "golden/records.json"):
        assert (folder / name).is_file(), name
    for name in ("__init__.py", "read.py", "translate.py"):
        module = ast.parse((folder / name).read_text(encoding="utf-8"))
        assert ast.get_docstring(module), f"{name} says nothing of itself"
    assert json.loads((folder / "golden" / "records.json").read_text(encoding="utf-8"))
    assert folder.name == kind.replace("-", "_")


@pytest.mark.parametrize("kind", EVERY)
def test_the_manifest_says_everything(kind: str, folder: Path) -> None:
    of = load_manifest(folder / "manifest.toml")
    assert of.kind == kind
    for told in ((of.erp_name,), (of.form,), of.yields, of.needs, of.access, of.assumed):
        assert told
        assert all(text.strip() == text and text for text in told)
    for field in of.fields:
        for language in ("de", "en"):
            assert field.label(language).strip(), (field.name, language)
            assert field.help(language).strip(), (field.name, language)
        assert field.help_de != field.help_en, field.name
    way = "url" if set(of.access) & NETWORK else "path"
    assert way in {field.name for field in of.fields if field.required}


@pytest.mark.parametrize("kind", EVERY)
def test_every_claim_of_the_checklist_names_a_test_that_exists(kind: str, folder: Path) -> None:
    checks = load_manifest(folder / "manifest.toml").quality
    assert checks
    for check in checks:
        assert check.claim
        file, _, name = check.test.partition("::")
        path = next((root / file for root in (folder, REPOSITORY) if (root / file).is_file()), None)
        assert path is not None, check.test
        tests = [
            node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)
        ]
        assert name in tests, check.test


# -- that it works


@contextmanager
def sampled(of: Manifest, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """``[source]`` and ``[settings]`` of a connection to the source's sample."""
    settings = {"separator": "-"}
    if of.kind in SAMPLES:
        yield {"source": {"kind": of.kind, "path": str(EXPORTS / SAMPLES[of.kind])}, "settings": settings}
    elif of.kind == "table-folder":
        path = str(EXPORTS / "austria")
        yield {"source": {"kind": of.kind, "path": path}, "settings": {**settings, "country": "AT"}}
    elif of.kind == "sql":
        _fill(tmp_path / "erp.sqlite3")
        source = {"kind": "sql", "url": f"sqlite:///{tmp_path}/erp.sqlite3", "mapping": str(of.folder / "mapping.toml")}
        yield {"source": source, "settings": settings}
    elif (like := ADAPTED_TO.get(of.kind, of.kind)) in DATA:
        more = {"mapping": kinds()[like].folder / "mapping.toml"} if like != of.kind else {}
        with simulated(like) as erp:
            told = source_settings(of.kind, erp.url, like=like, **more).model_dump(exclude_unset=True)
            source = {
                name: value.get_secret_value() if isinstance(value, SecretStr) else value
                for name, value in told.items()
            }
            yield {"source": {**source, **{name: str(path) for name, path in more.items()}}, "settings": settings}
    else:
        file = of.folder / "golden" / "connection.toml"
        assert file.is_file(), f"{of.folder.name} carries no sample"
        told = tomllib.loads(file.read_text(encoding="utf-8"))
        told["source"]["path"] = str(file.parent / told["source"]["path"])
        yield told


def _fill(file: Path) -> None:
    """The small stock in the views that the source's own mapping asks for."""
    engine, metadata = create_engine(f"sqlite:///{file}"), MetaData()
    for name, columns in HEADERS.items():
        Table(f"gewerk_{name}", metadata, *(Column(column, String) for column in columns))
    metadata.create_all(engine)
    with engine.begin() as connection:
        for name, columns in HEADERS.items():
            rows = [dict(zip(columns, row, strict=True)) for row in SMALL[name]]
            connection.execute(metadata.tables[f"gewerk_{name}"].insert(), rows)
    engine.dispose()


def write_connection(file: Path, told: dict[str, Any]) -> Path:
    file.write_text(
        "\n".join(
            f"[{part}]\n" + "\n".join(f"{name} = {json.dumps(value)}" for name, value in entries.items())
            for part, entries in told.items()
        ),
        encoding="utf-8",
    )
    return file


@pytest.mark.parametrize("kind", EVERY)
def test_check_source_and_plan_read_the_sample(kind: str, folder: Path, cli: Cli, tmp_path: Path) -> None:
    """And the same with a copy of the mapping in which something was changed: it is the customer's to edit."""
    of = load_manifest(folder / "manifest.toml")
    with sampled(of, tmp_path) as told:
        file = write_connection(tmp_path / "verbindung.toml", told)
        checked = cli("check-source", "--config", file, *DAY, "--json")
        assert (checked.code, checked.err) == (0, "")
        assert checked.json["kind"] == kind
        assert all(checked.json["rows"][table] for table in ("clients", "buildings", "units", "parties", "contracts"))
        assert all(checked.json["counts"].values())

        in_words = cli("check-source", "--config", file, *DAY)
        assert in_words.code == 0
        assert of.erp_name in in_words.out

        original = Path(told["source"].get("mapping", folder / "mapping.toml"))
        own = tmp_path / "mapping.toml"
        own.write_text(_with_a_floor_more(original), encoding="utf-8")
        told["source"]["mapping"] = str(own)
        again = cli("plan", "--offline", "--config", write_connection(file, told), *DAY, "--json")
        assert again.code == 0, again.err
        assert {e: of["create"] for e, of in again.json["counts"].items()} == checked.json["counts"]
        assert again.json["findings"] == checked.json["findings"]


def _with_a_floor_more(mapping: Path) -> str:
    text = mapping.read_text(encoding="utf-8")
    assert text.startswith("#"), "the mapping does not say what it is"
    assert "opieren" in text.partition("[")[0], "the mapping does not say how it is adapted"
    assert text.count("[floor]") == 1
    return text.replace("[floor]", '[floor]\n"Zwischengeschoss gegenüber" = 1')


@pytest.mark.parametrize("kind", EVERY)
def test_the_mapping_names_what_can_be_edited(kind: str, folder: Path) -> None:
    mapping = load_mapping(folder / "mapping.toml")
    assert mapping.usage
    assert all(mapping.codes[name] for name in ("contract_kind", "role"))
    assert {"clients", "buildings", "units", "parties", "contracts", "contract_units", "contract_parties"} <= set(
        mapping.tables
    )


def test_every_folder_below_sources_that_looks_like_a_source_is_one() -> None:
    """A folder with a manifest is held to the contract above; one with half of a source's files is a mistake."""
    found = {manifest.folder for manifest in kinds().values()}
    for folder in BUILT_IN.iterdir():
        if any((folder / name).exists() for name in ("manifest.toml", "mapping.toml", "translate.py", "golden")):
            assert folder in found, folder.name
