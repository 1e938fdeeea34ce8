"""The source ``sql`` against real databases: SQLite always, PostgreSQL and MariaDB where a server is named.

``GEWERK_TEST_POSTGRES`` and ``GEWERK_TEST_MARIADB`` name them (``./gewerk test`` starts both). The tables are made of the
Sigma export by this test, under column names and types of their own.
"""

import csv
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from exports_here import EXPORTS, everything, sample
from fetching import NOW, judged_source
from gewerk_connect.canonical import SettingsError, SourceError
from gewerk_connect.source_settings import SourceSettings
from gewerk_connect.sources import Source, manifest, open_source
from golden import compare_with_golden
from sqlalchemy import (
    Column,
    Engine,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    create_engine,
    make_url,
    text,
)
from sqlalchemy.exc import OperationalError

COLUMNS = {
    "Mandant": "mandant", "WIE-Nr": "we", "Objekt-Nr": "objekt", "VE-Nr": "ve", "Straße": "strasse", "PLZ": "plz", "Ort": "ort",
    "Ortsteil": "ortsteil", "Baujahr": "baujahr", "Geschosse": "geschosse", "Etage/Lage": "lage", "Nutzungsart": "nutzung",
    "Wohnfläche": "wohnfl", "Nutzfläche": "nutzfl", "Zimmer": "zimmer", "GP-Nr": "gp", "Typ": "typ", "Anrede": "anrede",
    "Titel": "titel", "Vorname": "vorname", "Name": "name", "E-Mail": "email", "Telefon": "telefon", "Handy": "handy",
    "Vertragsnummer": "vertrag", "Vertragsart": "art", "Beginn": "beginn", "Ende": "ende", "Rolle": "rolle", "Anteil": "anteil",
    "Bezeichnung": "bezeichnung",
}  # fmt: skip
TYPES: dict[str, Any] = {
    "wohnfl": Numeric(10, 2),
    "nutzfl": Numeric(10, 2),
    "zimmer": Numeric(4, 1),
    "baujahr": Integer,
}
QUERIES = {
    "clients": "SELECT mandant AS number, name FROM mandanten",
    "economic_entities": "SELECT mandant AS client, we AS number, bezeichnung AS name FROM wirtschaftseinheiten",
    "buildings": """
-- ein Prozentzeichen und ein Doppelpunkt bedeuten hier nichts Besonderes
SELECT mandant AS client, we AS economic_entity, objekt AS number, strasse AS street, plz AS postcode, ort AS city,
       ortsteil AS district, baujahr AS construction_year, geschosse AS storeys
FROM objekte WHERE ort NOT LIKE 'Nirgends%' AND ort <> 'um 10:30 :uhr'""",
    "units": "SELECT mandant AS client, we AS economic_entity, objekt AS building, ve AS number, nutzung AS usage_text,"
    " lage AS floor_text, wohnfl AS living_area_m2, nutzfl AS usable_area_m2, zimmer AS rooms FROM verwaltungseinheiten",
    "parties": "SELECT gp AS number, typ AS kind, anrede AS salutation, titel AS title, vorname AS first_name,"
    " name AS last_name, name AS company_name, email, telefon AS phone, handy AS mobile FROM geschaeftspartner",
    "contracts": "SELECT mandant AS client, vertrag AS number, art AS kind, beginn AS start_date, ende AS end_date"
    " FROM vertraege",
    "contract_units": "SELECT mandant AS client, vertrag AS contract, we AS economic_entity, objekt AS building, ve AS unit"
    " FROM vertrag_einheiten",
    "contract_parties": "SELECT mandant AS client, vertrag AS contract, gp AS party, rolle AS role, anteil AS share"
    " FROM vertragspartner",
}
RENAMED = {"usage": "usage_text", "floor": "floor_text", "start": "start_date", "end": "end_date", "role": "role"}
"""Words that some database reserves."""


@dataclass
class Database:
    engine: Engine
    url: str
    """Without a password, as a configuration names it."""
    folder: Path
    keeps_writers_out: bool = False
    """Whether nobody can write to it while it is read."""

    def source(self, **more: Any) -> Source:
        mapping = more.pop("mapping", None) or self.mapping()
        settings = SourceSettings(kind="sql", url=self.url, mapping=mapping, **more)
        return open_source(settings, self.folder / "snapshot")

    def mapping(self, **queries: str) -> Path:
        file = self.folder / "mapping.toml"
        file.write_text(mapping_text({**QUERIES, **queries}), encoding="utf-8")
        return file


def mapping_text(queries: dict[str, str]) -> str:
    """The mapping of Sigma's export, with queries in the place of files and canonical names in that of columns."""
    from gewerk_connect.canonical.model import TABLES

    sigma = (manifest("wodis-sigma").folder / "mapping.toml").read_text(encoding="utf-8")
    codes = sigma[sigma.index("# Schlüssel des ERP") :]
    parts = ['[format]\ncolumns_optional = true\ndecimal = "."\n']
    for table, query in queries.items():
        columns = "\n".join(f'{name} = "{RENAMED.get(name, name)}"' for name in TABLES[table]._fields)  # type: ignore[attr-defined]
        parts.append(f"[tables.{table}]\nquery = '''{query}'''\n[tables.{table}.columns]\n{columns}\n")
    return "\n".join([*parts, codes])


def fill(engine: Engine) -> None:
    metadata = MetaData()
    rows: dict[str, list[dict[str, Any]]] = {}
    for file in sorted((EXPORTS / "sigma").glob("*.csv")):
        with file.open(encoding="cp1252", newline="") as opened:
            records = [
                {COLUMNS[name]: _typed(COLUMNS[name], value) for name, value in record.items()}
                for record in csv.DictReader(opened, delimiter=";")
            ]
        Table(file.stem, metadata, *(Column(name, TYPES.get(name, String(200))) for name in records[0]))
        rows[file.stem] = records
    metadata.create_all(engine)
    with engine.begin() as connection:
        for table in metadata.tables.values():
            connection.execute(table.insert(), rows[table.name])


def _typed(column: str, value: str) -> Any:
    if not value:
        return None
    if column in TYPES:
        return int(value) if column == "baujahr" else value.replace(",", ".")
    if column in ("beginn", "ende"):  # the export holds an impossible date: no date column could
        return "-".join(reversed(value.split(".")))
    return value


def _sqlite(folder: Path, *, write_ahead: bool = False) -> Database:
    """``write_ahead``: with a write-ahead log, where one may write while another reads."""
    file = folder / "erp 100%.sqlite3"  # characters that an address would have to quote
    with sqlite3.connect(file) as connection:
        connection.execute(f"PRAGMA journal_mode = {'WAL' if write_ahead else 'DELETE'}")
    connection.close()
    return Database(create_engine(f"sqlite:///{file}"), f"sqlite:///{file}", folder, keeps_writers_out=not write_ahead)


@pytest.fixture(
    params=[
        "sqlite",
        "sqlite-write-ahead",
        pytest.param("postgres", marks=pytest.mark.postgres),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ]
)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of its own with the Sigma export in tables."""
    if request.param.startswith("sqlite"):
        made = _sqlite(tmp_path, write_ahead=request.param == "sqlite-write-ahead")
        fill(made.engine)
        yield made
        made.engine.dispose()
        return
    variable = f"GEWERK_TEST_{request.param.upper()}"
    server = os.environ.get(variable)
    if not server:
        pytest.skip(f"{variable} names no server")
    driver = {"postgres": "postgresql+psycopg", "mariadb": "mysql+pymysql"}[request.param]
    root = make_url(server).set(drivername=driver)
    name = f"erp_{os.getpid()}"
    admin = create_engine(root, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = root.set(database=name)
    made = Database(create_engine(url), url.render_as_string(), tmp_path)
    fill(made.engine)
    yield made
    made.engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
    admin.dispose()


def test_a_database_tells_the_same_stock_as_the_files(database: Database) -> None:
    of_database = everything(judged_source(database.source().fetched(NOW)))
    of_files = everything(judged_source(sample("wodis-sigma")))
    # a decimal column says 2.0 rooms where the file says 2; SQLite, which has no decimals, also 116 where it says 116.00
    numbers = ("rooms", "living_area_m2", "usable_area_m2")
    numbers = numbers if database.engine.dialect.name == "sqlite" else numbers[:1]
    assert _plain(of_database, numbers) == _plain(of_files, numbers)


def _plain(records: list[tuple[Any, ...]], numbers: tuple[str, ...]) -> list[Any]:
    """These fields as numbers, however they are written."""
    return [
        [
            *head,
            payload
            and {name: Decimal(str(value)) if name in numbers and value else value for name, value in payload.items()},
        ]
        for *head, payload in records
    ]


def test_golden_records(tmp_path: Path) -> None:
    database = _sqlite(tmp_path)
    fill(database.engine)
    compare_with_golden(manifest("sql"), judged_source(database.source().fetched(NOW)))


def test_the_transaction_cannot_write(database: Database) -> None:
    """A query that writes is refused by the database, whatever it looks like to us."""
    dialect = database.engine.dialect.name
    writing = {
        "postgresql": "WITH gone AS (DELETE FROM objekte RETURNING *) SELECT * FROM gone",
        "sqlite": "WITH x AS (SELECT 1) DELETE FROM objekte",
        "mysql": "SELECT * FROM objekte FOR UPDATE",
    }[dialect]
    if dialect == "mysql":  # its read-only transaction lets rows be locked, and nothing else
        with pytest.raises(SourceError, match="SELECT oder WITH"):
            database.source(mapping=database.mapping(buildings="DELETE FROM objekte"))
        with database.engine.begin() as connection:
            connection.execute(
                text("CREATE FUNCTION weg() RETURNS INT MODIFIES SQL DATA BEGIN DELETE FROM objekte; RETURN 1; END")
            )
        writing = "SELECT weg()"
    with pytest.raises(SourceError) as caught:
        database.source(mapping=database.mapping(buildings=writing)).fetched(NOW)
    assert caught.value.code == "query_refused"
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM objekte")).scalar() == 41


def test_all_tables_are_of_one_moment(database: Database) -> None:
    """Somebody writes while the second table is read: what is read is as it was when the first was."""
    before = everything(judged_source(database.source().fetched(NOW)))
    written: list[bool] = []

    def progress(what: str, _done: int, _total: int | None) -> None:
        if what != "clients" and not written:
            written.append(_write_elsewhere(database))

    source = database.source().fetched(NOW + timedelta(hours=1), progress)
    # with its rollback journal SQLite lets nobody write while somebody reads; all others do, and hide it from the reader
    assert written == [not database.keeps_writers_out]
    assert everything(judged_source(source)) == before
    if database.keeps_writers_out:
        assert _write_elsewhere(database)
    assert everything(judged_source(source.fetched(NOW + timedelta(hours=2)))) != before


def _write_elsewhere(database: Database) -> bool:
    """Takes every natural person out of the contracts, from a connection of its own; whether the database let it."""
    elsewhere = create_engine(
        database.engine.url, connect_args={"timeout": 0} if database.engine.dialect.name == "sqlite" else {}
    )
    try:
        with elsewhere.begin() as connection:
            connection.execute(
                text("DELETE FROM vertragspartner WHERE gp IN (SELECT gp FROM geschaeftspartner WHERE typ = 'N')")
            )
    except OperationalError as error:
        if "database is locked" not in str(error.orig):
            raise
        return False
    finally:
        elsewhere.dispose()
    return True


def test_a_database_that_somebody_else_holds_is_said_to_be_busy(tmp_path: Path) -> None:
    """Not that the query were wrong: it is right, and the next run will read it."""
    database = _sqlite(tmp_path)
    fill(database.engine)
    with sqlite3.connect(database.engine.url.database or "") as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SourceError) as caught:
            database.source().fetched(NOW)
        other.rollback()
    other.close()
    assert caught.value.code == "database_busy"
    assert "nächste Lauf" in caught.value.message("de")
    assert database.source().fetched(NOW).place.path.exists()


def test_a_table_of_more_rows_than_are_held_at_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from gewerk_connect.sources.database import fetch

    monkeypatch.setattr(fetch, "ROWS_AT_A_TIME", 50)
    told: list[int] = []
    source = database.source().fetched(NOW, lambda what, done, _total: told.append(done) if what == "units" else None)
    assert told == [*range(0, 548, 50), 548]
    assert judged_source(source).source_rows["units"] == 548


# -- what can go wrong


def test_a_query_that_the_database_refuses_names_its_table_and_no_value(database: Database) -> None:
    source = database.source(mapping=database.mapping(units="SELECT client, 'Müller' AS number FROM gibt_es_nicht"))
    with pytest.raises(SourceError) as caught:
        source.fetched(NOW)
    assert caught.value.code == "query_refused"
    message = caught.value.message("de")
    assert "units" in message
    assert "Müller" not in message
    assert not [*(database.folder / "snapshot").iterdir()]


def test_a_column_that_the_query_lacks_is_named(database: Database) -> None:
    source = database.source(mapping=database.mapping(units="SELECT mandant AS client FROM verwaltungseinheiten"))
    with pytest.raises(SourceError) as caught:
        judged_source(source.fetched(NOW))
    assert (caught.value.code, caught.value.file, caught.value.column) == ("column_missing", "units", "number")


def test_a_table_that_is_suddenly_empty_is_not_believed(database: Database) -> None:
    kept = database.source().fetched(NOW)
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM vertragspartner"))
    with pytest.raises(SourceError) as caught:
        database.source().fetched(NOW)
    assert caught.value.code == "table_suddenly_empty"
    assert 'empty_allowed = ["contract_parties"]' in caught.value.message("de")
    assert database.source().place.path == kept.place.path
    stock = judged_source(
        database.source(empty_allowed=("contract_parties",), mapping=_may_be_empty(database)).fetched(NOW)
    )
    assert stock.skipped["tenant_without_email"] == 0


def _may_be_empty(database: Database) -> Path:
    file = database.mapping()
    head = "[tables.contract_parties]\n"
    file.write_text(file.read_text(encoding="utf-8").replace(head, f"{head}may_be_empty = true\n"), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "url",
    ["postgresql+psycopg://127.0.0.1:9/erp", "mysql+pymysql://127.0.0.1:9/erp", "sqlite:////nirgends/erp.sqlite3"],
)
def test_a_database_that_is_not_there(url: str, tmp_path: Path) -> None:
    database = Database(create_engine("sqlite://"), url, tmp_path)
    login = {} if url.startswith("sqlite") else {"user": "leser", "password": "sehr-geheim"}
    with pytest.raises(SourceError) as caught:
        database.source(**login).fetched(NOW)
    assert caught.value.code == "database_unreachable"
    assert "sehr-geheim" not in caught.value.message("de")
    assert not Path("/nirgends").exists()


@pytest.mark.parametrize(
    ("url", "extra"), [("mssql+pyodbc://rechner/erp", "sqlserver"), ("oracle+oracledb://rechner/erp", "oracle")]
)
def test_a_driver_that_is_not_installed_is_named(url: str, extra: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        Database(create_engine("sqlite://"), url, tmp_path).source().fetched(NOW)
    assert caught.value.code == "database_driver"
    assert f"gewerk-connect[{extra}]" in caught.value.message("de")


def test_a_password_in_the_address_is_refused_and_not_repeated(tmp_path: Path) -> None:
    settings = SourceSettings(
        kind="sql", url="postgresql+psycopg://leser:sehr-geheim@rechner/erp", mapping=tmp_path / "m.toml"
    )
    (problem,) = settings.problems()
    assert problem.place == "source.url"
    assert "password_env" in problem.de
    assert "sehr-geheim" not in repr(settings) + problem.de + problem.en


def test_user_and_password_come_from_where_the_configuration_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gewerk_connect.sources.database.fetch import _url

    (tmp_path / "kennwort").write_text("p@ss/wort\n", encoding="utf-8")
    monkeypatch.setenv("ERP_URL", "postgresql+psycopg://rechner:5433/erp")
    settings = SourceSettings(
        kind="sql", url_env="ERP_URL", user="leser", password_file=tmp_path / "kennwort", mapping=tmp_path / "m.toml"
    )
    url = _url(settings)
    assert (url.username, url.password, url.host, url.port) == ("leser", "p@ss/wort", "rechner", 5433)
    monkeypatch.delenv("ERP_URL")
    with pytest.raises(SettingsError, match="ERP_URL"):
        _url(settings)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("query = '''SELECT mandant AS number", "query = '''UPDATE mandanten SET mandant", "SELECT oder WITH"),
        ("query = '''SELECT mandant AS number", "file = 'mandanten'\n#'''", "query"),
        ("[tables.clients]\n", "[tables.clients]\nfile = 'units'\n", "zweimal"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_why(old: str, new: str, told: str, tmp_path: Path) -> None:
    database = _sqlite(tmp_path)
    file = database.mapping()
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new, 1).replace("#''' , name FROM mandanten'''", ""), encoding="utf-8")
    with pytest.raises(SourceError, match=told):
        database.source(mapping=file)
