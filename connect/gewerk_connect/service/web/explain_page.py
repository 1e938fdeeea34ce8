"""Why a field is what it is: what the ERP said, which rule applied, what was sent, what came back. Shows personal data."""

from zoneinfo import ZoneInfo

from starlette.responses import Response

from gewerk_connect import stock
from gewerk_connect.canonical import Entity
from gewerk_connect.canonical.refusals import Refusal
from gewerk_connect.explain import Explanation, explain, flat, pick
from gewerk_connect.ledger import Runs
from gewerk_connect.service.history import History
from gewerk_connect.service.schedule import Schedule
from gewerk_connect.service.web import words
from gewerk_connect.service.web.door import Visit
from gewerk_connect.service.web.forms import Form
from gewerk_connect.targets import shape_of
from gewerk_connect.upper import Upper

ENTITIES = ("property", "unit", "landlord", "tenant")


def explain_page(visit: Visit) -> Response:
    """``?entity=tenant&id=1-601404-15023&field=email``; without an id the page asks for one."""
    values = {name: visit.query.get(name, "").strip()[:200] for name in ("entity", "id", "field")}
    form = Form({**values, "entity": values["entity"] if values["entity"] in ENTITIES else "tenant"})
    found: Explanation | None = None
    if values["id"]:
        try:
            found = _explain(visit, Entity(form.values["entity"]), values["id"], values["field"] or None)
        except Refusal as refusal:
            form.errors[
                "id" if refusal.code == "unknown_record" else "field" if refusal.code == "unknown_field" else ""
            ] = refusal.message(visit.language)
    fields = sorted(flat(found.wanted or found.confirmed or {})) if found else []
    return visit.page(
        "explain.html",
        200 if form.ok else 404,
        form=form,
        entities_named=[(name, visit.say(words.ONE[name])) for name in ENTITIES],
        found=found,
        fields=fields,
        fields_named=[("", "alle Felder" if visit.language == "de" else "all fields"), *_named(visit, fields)],
        value_of=pick,
    )


def _named(visit: Visit, fields: list[str]) -> list[tuple[str, str]]:
    return sorted(((name, visit.say(words.field(name))) for name in fields), key=lambda pair: pair[1].casefold())


def _explain(visit: Visit, entity: Entity, external_id: str, field: str | None) -> Explanation:
    row = visit.connection
    connection = visit.connections.load(row.id)
    upper = Upper(connection)
    with History(visit.house.service).store(row) as store:
        last = Runs(store).last_finished()
        today = visit.now.astimezone(ZoneInfo(Schedule.of(row.schedule).zone)).date()
        trace = stock.trace(upper.source, connection.settings, last.as_of if last else today, entity, external_id)
        moved = last is not None and last.read_another(upper.fingerprint())
        return explain(store, trace, entity, external_id, field, source_moved=moved, shape=shape_of(connection.target))
