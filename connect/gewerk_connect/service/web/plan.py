"""The plan before a run: every change by name, what is left out, what the fuse says. Step 3 of the activation is the first one."""

from typing import Any

from starlette.responses import Response

from gewerk_connect.messages import FINDINGS
from gewerk_connect.service.looks import Look
from gewerk_connect.service.schedule import Schedule
from gewerk_connect.service.web.door import Visit
from gewerk_connect.service.web.forms import Form
from gewerk_connect.service.web.paging import ROWS, Page, page_number
from gewerk_connect.service.web.steps import is_done, steps
from gewerk_connect.service.web.words import ACTIONS, ENTITIES, TO_DO

_WAIT = 3.0
"""Seconds that a page waits for a plan before it shows how far it is."""
ENTITY_ORDER = ("property", "unit", "landlord", "tenant", "group")


def finish(visit: Visit) -> Response:
    """Step 3: the first plan to look at, then the start."""
    row = visit.connection
    if row.stage != "draft":
        return visit.go(f"/connections/{row.id}")
    for step in ("login", "settings"):
        if not is_done(row, visit.looks, step):
            return visit.go(f"/connections/{row.id}/{step}")
    look = visit.looks.newest(row.id, "plan")
    if look is None or look.for_version != row.version:
        look = visit.looks.start(row, "plan", wait=_WAIT)
    return _page(visit, look, Form({"account": "test"}))


def plan(visit: Visit) -> Response:
    """The last plan that was asked for."""
    if visit.connection.stage == "draft":
        return visit.go(f"/connections/{visit.connection.id}/finish")
    return _page(visit, visit.looks.newest(visit.connection.id, "plan"), Form({"name": visit.session.person or ""}))


def make_plan(visit: Visit) -> Response:
    """Asks for a new plan; nothing is changed anywhere."""
    row = visit.connection
    visit.looks.start(row, "plan", wait=_WAIT)
    return visit.go(f"/connections/{row.id}/{'finish' if row.stage == 'draft' else 'plan'}")


def plan_progress(visit: Visit) -> Response:
    """How far the plan is; the page is loaded anew once it is there."""
    look = visit.looks.newest(visit.connection.id, "plan")
    answer = visit.page("plan_progress.html", look=look)
    if look is None or look.status != "running":
        answer.headers["HX-Refresh"] = "true"
    return answer


def start(visit: Visit) -> Response:
    """From draft to operation: the schedule begins, the first run too."""
    row = visit.connection
    look = visit.looks.newest(row.id, "plan")
    account = visit.text("account")
    form = Form({"account": account})
    german = visit.language == "de"
    if row.stage != "draft":
        return visit.go(f"/connections/{row.id}")
    if look is None or look.status != "ready" or look.for_version != row.version:
        form.errors[""] = (
            "Zuerst braucht es einen Plan auf dem neuesten Stand."
            if german
            else "First a plan of the newest state is needed."
        )
    if account not in ("test", "production"):
        form.errors["account"] = "Wählen Sie, welches Konto das ist." if german else "Choose which account this is."
    if form.errors:
        return _page(visit, look, form, status=422)
    done = {"at": visit.now.isoformat(), "by": visit.by}
    checklist = {**row.checklist, "plan_seen": done} | ({"test_skipped": done} if account == "production" else {})
    visit.connections.save(
        row.id,
        version=row.version,
        by=visit.by,
        at=visit.now,
        event="started",
        data={"account": account},
        stage=account,
        checklist=checklist,
        next_run_at=Schedule.of(row.schedule).next_after(visit.now),
    )
    visit.house.engine.start_run(row.id, by=visit.by)
    visit.looks.forget(row.id, "plan")
    return visit.go(f"/connections/{row.id}")


def _page(visit: Visit, look: Look | None, form: Form, *, status: int = 200) -> Response:
    row = visit.connection
    listed = _changes(visit, look) if look is not None and look.status == "ready" else {}
    return visit.page(
        "plan.html",
        status,
        look=look,
        form=form,
        stale=look is not None and look.for_version != row.version,
        groups=finding_groups(look.outcome, visit.language) if look else [],
        steps=steps(row, visit.looks, "finish", visit.language) if row.stage == "draft" else [],
        actions=ACTIONS,
        entities=[(name, ENTITIES[name]) for name in ENTITY_ORDER],
        **listed,
    )


def _changes(visit: Visit, look: Look) -> dict[str, Any]:
    counts = visit.looks.change_counts(look.id)
    action = visit.query.get("action", "")
    entity = visit.query.get("entity", "")
    search = visit.query.get("q", "").strip()[:100]
    action = action if action in ACTIONS else ""
    entity = entity if entity in ENTITY_ORDER else ""
    query = {name: value for name, value in (("action", action), ("entity", entity), ("q", search)) if value}
    number = page_number(visit.query.get("page", ""))
    total, rows = visit.looks.changes(
        look.id, action=action, entity=entity, search=search, first=(number - 1) * ROWS, limit=ROWS
    )
    return {
        "counts": counts,
        "action": action,
        "entity": entity,
        "search": search,
        "changes": rows,
        "page": Page(number, total, query, anchor="#changes"),
        "all_changes": sum(counts.values()),
        "query": query,
    }


def finding_groups(outcome: dict[str, Any], language: str) -> list[dict[str, Any]]:
    """Findings by kind with what is to be done, the gravest first: those that hold a record, then the rare ones."""
    by_code: dict[str, int] = outcome.get("findings", {}).get("by_code", {})
    return [
        {
            "code": code,
            "count": count,
            "title": FINDINGS[code].title(language) if code in FINDINGS else code,
            "todo": _to_do(code, language),
            "effect": "held" if code in HELD else "left_out" if code in LEFT_OUT else "sent",
        }
        for code, count in sorted(by_code.items(), key=lambda pair: (pair[0] not in HELD, pair[1]))
        if count
    ]


def _to_do(code: str, language: str) -> str:
    if code in TO_DO:
        return TO_DO[code].in_(language)
    return FINDINGS[code].todo(language) if code in FINDINGS else ""


HELD = frozenset(
    {
        "unit_without_building",
        "broken_reference",
        "invalid_date",
        "conflicting_rows",
        "id_collision",
        "parent_held",
        "unmapped_value",
        "missing_key",
        "refused",
    }
)
"""Findings whose record stays in the ERP until it is put right."""
LEFT_OUT = frozenset({"tenant_without_email", "unknown_client", "unknown_object"})
