"""One running installation of the service: its configuration, its state database and its key, opened once per process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from gewerk_connect.ledger.store import make_tables, open_engine, unusable
from gewerk_connect.service import schema
from gewerk_connect.service.configuration import Configuration
from gewerk_connect.service.vault import Vault, key_in


@dataclass(slots=True, frozen=True)
class Service:
    configuration: Configuration
    engine: Engine
    vault: Vault


@contextmanager
def open_service(configuration: Configuration) -> Iterator[Service]:
    """Raises ``StateError`` or ``SettingsError``."""
    # with key and state elsewhere nothing else makes it, and health asks for the room that it has
    configuration.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = configuration.key.get_secret_value() if configuration.key else key_in(configuration.data)
    vault = Vault(key)
    engine, _ = open_engine(configuration.url, make=True)
    try:
        try:
            make_tables(engine, schema.metadata)
        except SQLAlchemyError as error:
            raise unusable(error) from error
        yield Service(configuration, engine, vault)
    finally:
        engine.dispose()
