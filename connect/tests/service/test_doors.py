"""Nobody comes in without a session, no form from elsewhere is taken, nobody sees what is a stranger's."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from gewerk_connect.service import sessions
from gewerk_connect.service.connections import Connections, Tenant
from gewerk_connect.service.links import Role
from gewerk_connect.service.web.app import ROUTES
from gewerk_connect.service.web.rendering import static
from service_doors import BASE, TENANT, Doors, Visitor, activate, now, opened
from standin import StandIn
from starlette.testclient import TestClient

OPEN_TO_ALL = {"/open", "/health", "/health/live", "/health/ready", "/metrics"}
"""The last four answer machines; who may ask them for more than a word is tested in ``watch``."""
PAGES = [(route.path, next(iter(route.methods - {"HEAD"}))) for route in ROUTES if route.path not in OPEN_TO_ALL]
OF_A_CONNECTION = [(path, method) for path, method in PAGES if "{connection_id}" in path]


def filled(path: str, connection_id: str) -> str:
    for name, value in (("connection_id", connection_id), ("kind", "gewerk"), ("run_id", "x"), ("which", "usages")):
        path = path.replace(f"{{{name}}}", value)
    return path


def ask(visitor: Visitor, path: str, method: str) -> Any:
    if method == "GET":
        return visitor.client.get(path, follow_redirects=False)
    data = {"form_token": visitor.form_token}
    return visitor.client.post(path, data=data, headers={"origin": BASE}, follow_redirects=False)


@pytest.mark.parametrize(("path", "method"), PAGES)
def test_without_a_session_every_route_says_how_to_come_in(doors: Doors, path: str, method: str) -> None:
    client = TestClient(doors.app, base_url=BASE)
    answer = client.request(method, filled(path, "x"), headers={"origin": BASE}, data={} if method == "POST" else None)
    assert answer.status_code == 401
    assert "nicht geöffnet" in answer.text


def test_every_route_gives_404_to_a_stranger(doors: Doors, api: StandIn) -> None:
    mine = activate(doors.visitor(), api)
    strangers = [
        doors.visitor(org="org-2"),
        doors.visitor(org="org-2", role="clerk"),
        doors.visitor(issuer=doors.erp),  # the same organisation id, in another issuer's realm
    ]
    for stranger in strangers:
        for path, method in OF_A_CONNECTION:
            answer = ask(stranger, filled(path, mine), method)
            assert answer.status_code == 404, f"{method} {path}: {answer.status_code}"
            unknown = ask(stranger, filled(path, "unknown"), method)
            assert unknown.status_code == 404
            assert _without_paths(unknown.text) == _without_paths(answer.text)
    assert Connections(doors.service).get(mine).stage == "draft"


def _without_paths(text: str) -> str:
    return re.sub(r"/connections/[^\"'<\s]+", "", text)


def test_a_stranger_sees_no_name_of_it_anywhere(doors: Doors, api: StandIn) -> None:
    mine = activate(doors.visitor(), api)
    stranger = doors.visitor(org="org-2")
    for path in ("/", "/targets/gewerk"):
        stranger.get(path)
        assert mine not in stranger.page
        assert "Wodis Sigma aktivieren" not in stranger.page


def test_an_issuer_may_be_trusted_with_the_ids_of_another(tmp_path: Path, api: StandIn) -> None:
    from gewerk_connect.service.configuration import Issuer
    from issuing import Issuing

    erp = Issuing("wodis")
    with opened(tmp_path) as doors:
        mine = activate(doors.visitor(), api)
        key = doors.service.configuration.issuers[0]
    trusted = (key, Issuer(name="wodis", public_key=erp.public_key, realm="gewerk"))
    with opened(tmp_path, issuers=trusted) as doors:
        doors.visitor(issuer=erp).get(f"/connections/{mine}/login")


@pytest.mark.parametrize(("path", "method"), [page for page in PAGES if page[1] == "POST"])
def test_no_form_is_taken_from_elsewhere(doors: Doors, admin: Visitor, path: str, method: str) -> None:
    del method
    made = Connections(doors.service).create(
        TENANT, target_kind="gewerk", use_case="master-data", name="x", by="x", at=now()
    )
    where, data = filled(path, made), {"form_token": admin.form_token}
    for headers, form in (
        ({"origin": "https://evil.example"}, data),
        ({"origin": "null"}, data),
        ({}, data),
        ({"sec-fetch-site": "cross-site"}, data),
        ({"origin": BASE}, {"form_token": "x" * 43}),
        ({"origin": BASE}, {}),
    ):
        answer = admin.client.post(where, data=form, headers=headers, follow_redirects=False)
        assert answer.status_code == 403, f"{headers} {form}"
        assert "gilt nicht mehr" in answer.text


def test_the_token_of_another_session_is_none_of_mine(doors: Doors, admin: Visitor) -> None:
    other = doors.visitor(org="org-2")
    admin.post("/language", 403, form_token=other.form_token, language="en")


def test_a_browser_that_names_no_origin_is_taken_by_where_the_form_stood(admin: Visitor) -> None:
    data = {"form_token": admin.form_token, "language": "en", "back": "/"}
    answer = admin.client.post("/language", data=data, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 200
    assert "Where are your master data to go?" in answer.text


_SET_UP = """
    login login/target login/source login/source/answer settings settings/draft settings/sums settings/clients
    settings/objects finish start remove fuse schedule usages floors tables/{which}/effect mapping mapping/effect
    mapping/download separator sign-off go-live notify
"""
NEEDS_AN_ADMINISTRATOR = {"/targets/{kind}/activate"} | {f"/connections/{{connection_id}}/{p}" for p in _SET_UP.split()}


def test_a_clerk_sees_and_runs_and_an_administrator_sets_up(doors: Doors, api: StandIn) -> None:
    mine = activate(doors.visitor(), api)
    clerk = doors.visitor(role="clerk")
    for path, method in OF_A_CONNECTION:
        refused = ask(clerk, filled(path, mine), method).status_code == 403
        assert refused == (path in NEEDS_AN_ADMINISTRATOR), f"{method} {path}"
    clerk.get("/targets/gewerk")
    assert "/activate" not in clerk.page
    clerk.post("/targets/gewerk/activate", 403)
    assert "Administration" in clerk.text


def test_a_session_ends_with_the_day_and_by_hand(doors: Doors) -> None:
    visitor = doors.visitor()
    value = visitor.client.cookies["gewerk_connect"]
    later = now() + sessions.LIFE + timedelta(seconds=1)
    assert sessions.find(doors.service, value, now()) is not None
    assert sessions.find(doors.service, value, later) is None
    answer = visitor.client.post(
        "/close", data={"form_token": visitor.form_token}, headers={"origin": BASE}, follow_redirects=False
    )
    assert answer.headers["location"] == "http://127.0.0.1:8000/integrations/"
    assert sessions.find(doors.service, value, now()) is None


def test_the_cookie_lies_nowhere_in_the_database(doors: Doors, admin: Visitor) -> None:
    value = admin.client.cookies["gewerk_connect"]
    with doors.service.engine.connect() as transaction:
        rows = transaction.exec_driver_sql("SELECT * FROM service_sessions").all()
    assert len(rows) == 1
    assert value not in repr(rows)


def test_a_piece_that_is_asked_for_after_the_session_makes_the_page_load(doors: Doors) -> None:
    client = TestClient(doors.app, base_url=BASE)
    answer = client.get("/connections/x/progress", headers={"hx-request": "true"})
    assert answer.status_code == 401
    assert answer.headers["hx-refresh"] == "true"


def test_every_page_may_be_framed_only_by_whom_the_operator_named(tmp_path: Path) -> None:
    with opened(tmp_path) as doors:
        answer = doors.visitor().client.get("/")
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"
    with opened(tmp_path, frame_ancestors=("https://erp.example", "https://two.example")) as doors:
        policy = doors.visitor().client.get("/").headers["content-security-policy"]
        assert "frame-ancestors https://erp.example https://two.example" in policy
        assert policy.startswith("default-src 'self';")


def test_no_page_needs_more_than_the_policy_allows(doors: Doors, api: StandIn) -> None:
    visitor = doors.visitor()
    mine = activate(visitor, api)
    for path, method in PAGES:
        if method == "GET":
            page = visitor.client.get(filled(path, mine)).text
            assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=", page), path


def test_pages_are_nobodys_to_keep_and_the_looks_files_are(admin: Visitor) -> None:
    assert admin.client.get("/").headers["cache-control"] == "no-store"
    answer = admin.client.get(static("app.css"))
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")


def test_another_host_is_not_served(doors: Doors) -> None:
    client = TestClient(doors.app, base_url=BASE)
    assert client.get("/health", headers={"host": "evil.example"}).status_code == 400


def test_a_body_beyond_reason_is_not_read(admin: Visitor) -> None:
    answer = admin.client.post("/language", content=b"x" * 3_000_000, headers={"origin": BASE})
    assert answer.status_code == 413


def test_the_language_is_the_links_and_can_be_changed(doors: Doors) -> None:
    visitor = doors.visitor(lang="en")
    assert "Where are your master data to go?" in visitor.text
    assert '<html lang="en"' in visitor.page
    visitor.post("/language", language="de", back="//evil.example")
    assert "Wohin sollen Ihre Stammdaten?" in visitor.text


def test_roles_are_those_of_the_link(doors: Doors) -> None:
    value = doors.visitor(role="clerk").client.cookies["gewerk_connect"]
    session = sessions.find(doors.service, value, now())
    assert session is not None
    assert (session.role, session.tenant) == (Role.CLERK, Tenant("gewerk", "org-1"))
