"""All runs of a connection, and the report of one: what it did, what it found, what is to be done."""

from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.responses import Response

from gewerk_connect.ledger import Runs
from gewerk_connect.report.workbook import SPREADSHEET, write_workbook
from gewerk_connect.service.access import NotFound
from gewerk_connect.service.history import History
from gewerk_connect.service.web.door import Visit
from gewerk_connect.service.web.paging import ROWS, Page, page_number
from gewerk_connect.service.web.plan import ENTITY_ORDER, finding_groups
from gewerk_connect.service.web.words import ENTITIES


def runs(visit: Visit) -> Response:
    number = page_number(visit.query.get("page", ""))
    total, found = History(visit.house.service).runs(visit.connection, first=(number - 1) * ROWS, limit=ROWS)
    return visit.page("runs.html", runs=found, page=Page(number, total, {}))


def report(visit: Visit) -> Response:
    """The run's report as a spreadsheet, for the colleagues at the ERP."""
    row = visit.connection
    history = History(visit.house.service)
    found = history.run(row, visit.request.path_params["run_id"])
    if found is None:
        raise NotFound
    with history.store(row, found.base_url) as store, TemporaryDirectory(prefix="gewerk-report-") as folder:
        path = Path(folder) / "report.xlsx"
        kept = Runs(store).of(found.external_id)
        write_workbook(path, kept, Runs(store).findings(found.no), row.name, visit.language)
        content = path.read_bytes()
    word = "bericht" if visit.language == "de" else "report"
    name = f"{word}-{found.number}-{found.as_of}.xlsx"
    return Response(content, media_type=SPREADSHEET, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def run(visit: Visit) -> Response:
    row = visit.connection
    history = History(visit.house.service)
    found = history.run(row, visit.request.path_params["run_id"])
    if found is None:
        raise NotFound
    base = f"/connections/{row.id}/runs/{found.external_id}"
    groups = finding_groups(found.outcome, visit.language)
    for group in groups:
        group["url"] = f"{base}?finding={group['code']}#rows"
    code = visit.query.get("finding", "")
    code = code if any(group["code"] == code for group in groups) else ""
    order = {group["code"]: place for place, group in enumerate(groups)}
    items = [item for item in history.findings(row, found) if not code or item.code == code]
    items.sort(key=lambda item: order.get(item.code, len(order)))
    number = page_number(visit.query.get("page", ""))
    page = Page(number, len(items), {"finding": code} if code else {}, anchor="#rows")
    listed = sum(group["count"] for group in groups if not code or group["code"] == code)
    return visit.page(
        "run.html",
        run=found,
        groups=groups,
        titles={group["code"]: group["title"] for group in groups},
        code=code,
        items=items[page.offset : page.offset + ROWS],
        page=page,
        not_listed=max(0, listed - len(items)),
        entities=[(name, ENTITIES[name]) for name in ENTITY_ORDER],
        progress=visit.house.engine.progress(row.id) if found.under_way else None,
    )
