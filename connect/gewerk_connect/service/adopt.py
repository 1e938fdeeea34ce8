"""Takes over a connection that was run from a file: with its credentials, its ledger and what it has sent."""

from datetime import datetime

from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.service.configuration import Adopted
from gewerk_connect.service.connections import Connections, Tenant
from gewerk_connect.service.schedule import Schedule
from gewerk_connect.settings import load
from gewerk_connect.source_settings import CREDENTIALS

_SECRETS = ("password", "token", "client_secret")


def adopt(connections: Connections, adopted: Adopted, at: datetime) -> str:
    """The connection's id. One that was taken over before stays as it is now. Raises ``SettingsError``."""
    loaded = load(adopted.file)
    tenant = Tenant(adopted.realm, adopted.organisation)
    if connections.of_tenant(tenant, loaded.id):
        return loaded.id
    if loaded.target is None:
        raise SettingsError(
            "no_target", f"{adopted.file.name}: [target] fehlt.", f"{adopted.file.name}: [target] is missing."
        )
    client_id, client_secret = loaded.target.credentials()
    given = {name: loaded.source.credential(name) for name in CREDENTIALS}
    plain = loaded.source.model_dump(
        mode="json", exclude_unset=True, exclude=_not_plain(loaded.source.model_fields_set)
    )
    source = {**plain, **{name: value for name, value in given.items() if value and name not in _SECRETS}}
    try:
        connections.create(
            tenant,
            target_kind=loaded.target.kind,
            use_case="master-data",
            name=loaded.name,
            by="gewerk-connect",
            at=at,
            connection_id=loaded.id,
            stage="production",
            document={
                "source": source,
                "target": {"kind": loaded.target.kind, "base_url": loaded.target.base_url, "client_id": client_id},
                "settings": loaded.settings.model_dump(mode="json", exclude_unset=True),
                "state": {"url": loaded.state_url()},
            },
            secrets={
                "source": {name: value for name, value in given.items() if value and name in _SECRETS},
                "target": {"client_secret": client_secret},
            },
            mapping=loaded.source.mapping.read_text(encoding="utf-8-sig") if loaded.source.mapping else None,
        )
    except LookupError:
        raise SettingsError(
            "id_taken",
            f"{adopted.file.name}: Die id {loaded.id} hat hier schon eine andere Anbindung. Tragen Sie eine andere ein.",
            f"{adopted.file.name}: another connection here has the id {loaded.id}. Enter another one.",
        ) from None
    row = connections.get(loaded.id)
    connections.set_next_run(loaded.id, Schedule.of(row.schedule).next_after(at))
    return loaded.id


def _not_plain(given: set[str]) -> set[str]:
    """Credentials in whichever way, and the mapping, which is kept as text."""
    ways = {f"{name}{way}" for name in CREDENTIALS for way in ("", "_env", "_file")}
    return (given & ways) | {"mapping"}
