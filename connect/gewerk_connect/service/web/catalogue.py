"""Where master data can go: the catalogue of targets, and a target with its use cases."""

from starlette.responses import Response

from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.manifests import kinds as source_kinds
from gewerk_connect.service.access import NotFound
from gewerk_connect.service.connections import ConnectionRow
from gewerk_connect.service.web.door import Visit
from gewerk_connect.targets import Manifest, kinds, manifest

USE_CASE = "master-data"


def catalogue(visit: Visit) -> Response:
    rows = visit.connections.of_tenant(visit.session.tenant)
    tiles = [(one, [row for row in rows if row.target_kind == one.kind]) for one in _targets()]
    return visit.page("catalogue.html", tiles=tiles)


def target(visit: Visit) -> Response:
    """A target and its use cases; only those that are built are shown."""
    one = _target(visit)
    rows = [row for row in visit.connections.of_tenant(visit.session.tenant) if row.target_kind == one.kind]
    return visit.page(
        "target.html", target=one, mine=rows, erps=[source.erp_name for source in source_kinds().values()]
    )


def activate(visit: Visit) -> Response:
    """Begins a set-up, or goes on with one that was begun and left."""
    one = _target(visit)
    begun = next((row for row in visit.connections.of_tenant(visit.session.tenant) if _is_blank(row, one)), None)
    connection_id = begun.id if begun else _create(visit, one)
    return visit.go(f"/connections/{connection_id}/login")


def _is_blank(row: ConnectionRow, one: Manifest) -> bool:
    return row.stage == "draft" and row.target_kind == one.kind and not row.document


def _create(visit: Visit, one: Manifest) -> str:
    name = "Stammdaten" if visit.language == "de" else "Master data"
    return visit.connections.create(
        visit.session.tenant,
        target_kind=one.kind,
        use_case=USE_CASE,
        name=name,
        by=visit.by,
        at=visit.now,
        zone=visit.session.zone,
    )


def _targets() -> list[Manifest]:
    """Gewerk first, then the others by name."""
    return sorted(kinds().values(), key=lambda one: (one.kind != "gewerk", one.name))


def _target(visit: Visit) -> Manifest:
    try:
        return manifest(visit.request.path_params["kind"])
    except SettingsError:
        raise NotFound from None
