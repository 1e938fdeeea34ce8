"""The two targets behind one handle, so that one suite can ask the same of both."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from fake_upper import FakeUpper
from gewerk_connect import run
from gewerk_connect.settings import Connection, Settings, SourceSettings, TargetSettings
from gewerk_connect.targets import open_target, shape_of
from lower import AS_OF, now, quick_patience
from plentific_standin import PlentificStandIn
from standin import Fault, StandIn

MAPPING = Path(__file__).parents[2] / "gewerk_connect" / "targets" / "plentific" / "mapping.toml"


class Side(Protocol):
    kind: str
    secret: str
    faults: list[Fault]
    reject: dict[str, str]
    mapping: Path | None

    @property
    def url(self) -> str: ...

    def rotate(self) -> None: ...

    def end_tokens(self) -> None:
        """Every token given so far no longer counts."""

    def made(self) -> Counter[str]:
        """Entity and external id -> how often it was made."""

    def held(self, entity: str) -> dict[str, dict[str, Any]]:
        """External id -> ``name`` (of a person the last name) and ``archived``."""

    def rename_by_hand(self, entity: str, external_id: str, name: str) -> None: ...

    def writing(self, entity: str) -> str:
        """The path of a fault that meets what makes records of this entity."""

    def reading(self, entity: str) -> str: ...

    def writes(self) -> int:
        """Requests that changed something or tried to."""


class GewerkSide:
    kind = "gewerk"
    mapping = None

    def __init__(self, api: StandIn) -> None:
        self.api = api
        self.faults, self.reject = api.faults, api.reject

    @property
    def url(self) -> str:
        return self.api.url

    @property
    def secret(self) -> str:
        return self.api.secret

    def rotate(self) -> None:
        self.api.rotate()

    def end_tokens(self) -> None:
        self.api.tokens.clear()

    def made(self) -> Counter[str]:
        return Counter({f"{entity} {key}": count for (entity, key), count in self.api.created.items()})

    def held(self, entity: str) -> dict[str, dict[str, Any]]:
        name = "last_name" if entity in ("tenant", "landlord") else "name"
        return {
            key: {"name": record.get(name), "archived": record["archived_at"] is not None}
            for key, record in self.api.records[entity].items()
        }

    def rename_by_hand(self, entity: str, external_id: str, name: str) -> None:
        self.api.touch(entity, external_id, name=name)

    def writing(self, entity: str) -> str:
        return "/properties/upsert" if entity == "property" else "/sub-properties/upsert"

    def reading(self, entity: str) -> str:
        return "/properties/export" if entity == "property" else "/sub-properties/export"

    def writes(self) -> int:
        return sum(count for path, count in self.api.requests.items() if path.endswith(("upsert", "archive")))


class PlentificSide:
    kind = "plentific"
    _PLACES = {
        "property": ("locations", "building"),
        "unit": ("locations", "unit"),
        "landlord": ("owners", None),
        "tenant": ("tenants", None),
    }

    def __init__(self, api: PlentificStandIn, folder: Path, **options: Any) -> None:
        self.api = api
        self.faults, self.reject = api.faults, api.reject
        self.mapping = quick_mapping(folder, **options)

    @property
    def url(self) -> str:
        return self.api.url

    @property
    def secret(self) -> str:
        return self.api.secret

    def rotate(self) -> None:
        self.api.rotate()

    def end_tokens(self) -> None:
        self.api.tokens.clear()

    def made(self) -> Counter[str]:
        entities = {place: entity for entity, place in self._PLACES.items()}
        return Counter({f"{entities[path, kind]} {key}": n for (path, kind, key), n in self.api.made.items()})

    def held(self, entity: str) -> dict[str, dict[str, Any]]:
        name = "last_name" if entity in ("tenant", "landlord") else "name"
        return {
            key: {"name": record.get(name), "archived": record["status"] == "archived"}
            for key, record in self.api.by_external_id(*self._PLACES[entity]).items()
        }

    def rename_by_hand(self, entity: str, external_id: str, name: str) -> None:
        self.api.by_external_id(*self._PLACES[entity])[external_id]["name"] = name

    def writing(self, entity: str) -> str:
        return f"POST /{self._PLACES[entity][0]}"

    def reading(self, entity: str) -> str:
        return f"GET /{self._PLACES[entity][0]}"

    def writes(self) -> int:
        return sum(
            count for key, count in self.api.requests.items() if not key.startswith("GET") and "token" not in key
        )


def quick_mapping(folder: Path, **options: Any) -> Path:
    """The mapping as delivered, but without waiting before a look-up; ``options`` are entries of [api]."""
    changes = {"look_up_after_seconds": 0, **options}
    lines = MAPPING.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.split(" = ")[0] not in changes]
    at = kept.index("[api]") + 1
    kept[at:at] = [f"{name} = {str(value).lower()}" for name, value in changes.items()]
    path = folder / "zuordnung" / "mapping.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(kept), encoding="utf-8")
    return path


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[Side]:
    if kind == "gewerk":
        with StandIn() as api:
            yield GewerkSide(api)
    else:
        with PlentificStandIn() as other:
            yield PlentificSide(other, folder)


def connection(folder: Path, side: Side, *, secret: str | None = None, separator: str = "-") -> Connection:
    return Connection(
        id="haus",
        name="Haus",
        source=SourceSettings(kind="wodis-sigma", path=folder),
        target=TargetSettings(
            kind=side.kind,
            base_url=side.url,
            mapping=side.mapping,
            client_id="key-1",
            client_secret=secret or side.secret,
        ),
        settings=Settings(separator=separator),
        folder=folder,
    )


def river(folder: Path, side: Side, rows: Any, *, secret: str | None = None, **options: Any) -> run.River:
    made = connection(folder, side, secret=secret)
    upper = rows if isinstance(rows, FakeUpper) else FakeUpper(rows)
    target = open_target(made.target, language="de") if options.pop("online", True) else None
    defaults = {"as_of": AS_OF, "now": now, "patience": quick_patience(), "shape": shape_of(made.target)}
    return run.River(connection=made, upper=upper, target=target, **{**defaults, **options})


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
