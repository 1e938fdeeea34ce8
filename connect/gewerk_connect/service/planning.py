"""The plan of a run with every change named, for the page that shows it before anything is sent.

``gewerk_connect.run.plan`` counts and names a few; here each intent is told with a title and the fields it changes.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from gewerk_connect.canonical import Entity
from gewerk_connect.diff import Mark, changed_fields
from gewerk_connect.explain import pick
from gewerk_connect.ledger import Intent, Records, Store
from gewerk_connect.push import authorize
from gewerk_connect.report.findings import gather
from gewerk_connect.report.outcome import COUNTED, PLANNED, calm_counts, planned_counts
from gewerk_connect.river import Progress, River, check_separator, open_ledger, target_view
from gewerk_connect.settings import Connection
from gewerk_connect.survey import Survey, survey_of
from gewerk_connect.targets import open_target
from gewerk_connect.upper import open_river

_LONGEST_VALUE = 200
"""Characters of a value shown before and after."""


class Noted(NamedTuple):
    """One planned change."""

    action: str
    entity: str
    external_id: str
    title: str
    reason: str | None
    """Of an update ``erp_changed``, ``settings_changed`` or ``target_changed``; of an archiving the API's reason."""
    fields: list[list[Any]]


def plan_all(
    connection: Connection, as_of: date, now: Callable[[], datetime], note: Callable[[Noted], None], tell: Progress
) -> dict[str, Any]:
    """Tells every planned change to ``note``. Returns what ``plan --json`` prints, with ``tripped`` and ``unread``.

    Raises ``Refusal``; changes nothing.
    """
    assert connection.target is not None
    with closing(open_target(connection.target, language="de")) as target:
        river = open_river(connection, target, as_of=as_of, now=now, progress=tell)
        with open_ledger(river, make=True) as store:
            check_separator(store, connection)
            authorize(target)
            namer = _Namer(river, store)

            def take(decision: Intent | Mark) -> None:
                if isinstance(decision, Intent) and decision.action != "adopt":
                    note(namer.name(decision))

            with target_view(river, store) as view:
                survey = survey_of(river, store, view, take)
            return _outcome(survey, as_of)


def _outcome(survey: Survey, as_of: date) -> dict[str, Any]:
    if survey.stock is None:
        was = (survey.last.outcome if survey.last else None) or {}
        return {
            **was,
            "as_of": as_of.isoformat(),
            "counts": _named(calm_counts(was["counts"], PLANNED)),
            "unread": True,
        }
    lost = survey.results[Entity.TENANT].email_lost if Entity.TENANT in survey.results else []
    _, skipped, codes = gather(survey.stock, lost)
    return {
        "as_of": as_of.isoformat(),
        "counts": _named(planned_counts(survey.results)),
        "held": {entity: result.held for entity, result in survey.results.items()},
        "skipped": skipped,
        "let_units": survey.stock.let_units,
        "vacant_units": survey.stock.vacant_units,
        "findings": {"total": sum(codes.values()), "by_code": codes},
        "safe_separators": list(survey.stock.safe_separators),
        "tripped": [
            {"entity": one.entity, "archive": one.archive, "in_force": one.in_force, "percent": round(one.percent, 1)}
            for one in survey.tripped
        ],
        "unread": False,
    }


def _named(counts: Mapping[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    return {entity.value: counts[entity] for entity in COUNTED}


class _Namer:
    """Finds for each intent what it was before."""

    def __init__(self, river: River, store: Store) -> None:
        self._records = Records(store)
        last = _last_fingerprint(store)
        self._settings_moved = last is not None and last != river.fingerprint()

    def name(self, intent: Intent) -> Noted:
        old = self._records.payload(intent.previous) if intent.action != "create" else None
        new = orjson.loads(intent.payload)
        fields: list[list[Any]] = []
        reason = intent.reason
        if intent.action == "update":
            names = [name for name in changed_fields(old, new) if name not in ("external_id", "type")] if old else []
            fields = [[name, _shown(pick(old, name)), _shown(pick(new, name))] for name in names]
            reason = "target_changed" if not fields else "settings_changed" if self._settings_moved else "erp_changed"
        shown = new if intent.action != "archive" else (old or {})
        return Noted(intent.action, intent.entity, intent.external_id, title_of(shown), reason, fields)


def _last_fingerprint(store: Store) -> str | None:
    from gewerk_connect.ledger import Runs

    last = Runs(store).last_finished()
    return last.settings_fingerprint if last else None


def title_of(payload: Mapping[str, Any]) -> str:
    """What people call the record: a person's or company's name, a street, a usage with its floor."""
    person = " ".join(str(payload[part]) for part in ("first_name", "last_name") if payload.get(part))
    address = payload.get("address") or {}
    street = " ".join(str(address[part]) for part in ("street", "house_number") if address.get(part))
    if "property_external_id" in payload:
        parts = (payload.get("name") or payload.get("usage_raw"), payload.get("floor_raw"))
        return ", ".join(str(part) for part in parts if part)
    return str(payload.get("company_name") or person or street or payload.get("name") or "")


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return value[:_LONGEST_VALUE]
    if isinstance(value, list | dict):
        return orjson.dumps(value).decode()[:_LONGEST_VALUE]
    return value
