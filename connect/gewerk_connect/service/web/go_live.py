"""From the test account to the production account: after the sign-off, with credentials that were tried."""

from starlette.responses import Response

from gewerk_connect.service.trials import try_target
from gewerk_connect.service.web.door import Visit
from gewerk_connect.service.web.forms import Form
from gewerk_connect.service.web.plain_words import plainly
from gewerk_connect.targets import manifest


def go_live_page(visit: Visit) -> Response:
    row = visit.connection
    if row.stage != "test":
        return visit.go(f"/connections/{row.id}")
    return _page(visit, Form({"base_url": str(row.document.get("target", {}).get("base_url", ""))}))


def go_live(visit: Visit) -> Response:
    """Tries the production account's key, then sends there from now on; its first run compares with all it holds."""
    row = visit.connection
    if row.stage != "test":
        return visit.go(f"/connections/{row.id}")
    german = visit.language == "de"
    form = Form({name: visit.text(name) for name in ("base_url", "client_id")})
    secret = visit.text("client_secret")
    if not row.checklist.get("signed_off"):
        form.errors[""] = "Zuerst fehlt die Abnahme." if german else "The sign-off comes first."
    labels = {one.name: one.label(visit.language) for one in manifest(row.target_kind).fields}
    for name, value in {**form.values, "client_secret": secret}.items():
        if not value:
            form.errors[name] = f"{labels[name]} fehlt." if german else f"{labels[name]} is missing."
    stored = row.document["target"]
    if not form.errors and form.values["client_id"] == stored.get("client_id"):
        form.errors["client_id"] = (
            "Das ist die Client-ID des Testkontos. Nehmen Sie die des Produktivkontos."
            if german
            else "This is the test account's client id. Take that of the production account."
        )
    if not form.errors:
        entries = {"kind": row.target_kind, **form.values}
        answer = try_target(visit.house.service.configuration, {**entries, "client_secret": secret})
        if not answer.ok:
            form.errors[""] = plainly(answer.de if german else answer.en, visit.language)
    if form.errors:
        return _page(visit, form, status=422)
    done = {"at": visit.now.isoformat(), "by": visit.by}
    visit.connections.save(
        row.id,
        version=row.version,
        by=visit.by,
        at=visit.now,
        event="went_live",
        stage="production",
        document={**row.document, "target": entries},
        secrets={**visit.connections.secrets(row), "target": {"client_secret": secret}},
        checklist={**row.checklist, "went_live": done},
    )
    visit.looks.forget(row.id, "plan")
    return visit.go(f"/connections/{row.id}/plan?done=live")


def _page(visit: Visit, form: Form, *, status: int = 200) -> Response:
    row = visit.connection
    return visit.page("go_live.html", status, form=form, target=manifest(row.target_kind))
