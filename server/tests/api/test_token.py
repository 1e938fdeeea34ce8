"""POST /token: JSON and OAuth 2, one answer for every wrong credential, and a limit to guessing."""

import base64
from datetime import timedelta

import jwt
import pytest
from django.utils import timezone
from gewerk.identity.access import actor_for, live_memberships
from gewerk.identity.models import ApiKey
from gewerk.identity.operations.issue_token import issue_token
from gewerk.identity.operations.revoke_key import revoke_key
from gewerk.identity.operations.rotate_secret import rotate_secret

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def anonymous(api):
    api.token = None
    return api


def credentials(api, **other):
    return {"client_id": api.client_id, "client_secret": api.secret, **other}


def test_json_credentials_give_a_token_that_works(anonymous):
    answer = anonymous.post("/token", credentials(anonymous))
    assert answer.status_code == 200
    made = answer.json()
    assert (made["token_type"], made["expires_in"]) == ("Bearer", 24 * 3600)
    assert answer["Cache-Control"] == "no-store"
    anonymous.token = made["access_token"]
    assert anonymous.get("/properties").status_code == 200
    assert ApiKey.objects.get(pk=anonymous.key.pk).last_used_at is not None


def test_oauth_form_and_basic_do_too(anonymous):
    form = f"grant_type=client_credentials&client_id={anonymous.client_id}&client_secret={anonymous.secret}".encode()
    assert anonymous.post("/token", form, Content_Type=FORM).status_code == 200
    basic = "Basic " + base64.b64encode(f"{anonymous.client_id}:{anonymous.secret}".encode()).decode()
    assert (
        anonymous.post("/token", b"grant_type=client_credentials", Content_Type=FORM, Authorization=basic).status_code
        == 200
    )
    refused = anonymous.post("/token", b"grant_type=password", Content_Type=FORM, Authorization=basic)
    assert (refused.status_code, refused.json()["type"]) == (400, "urn:gewerk:problem:unsupported_grant_type")


def test_every_wrong_credential_gets_the_same_answer(anonymous, factories):
    wrong = [
        credentials(anonymous, client_secret="x"),
        credentials(anonymous, client_id="nobody"),
        credentials(anonymous, client_id="ä" * 500),
    ]
    answers = [anonymous.post("/token", one) for one in wrong]
    answers.append(anonymous.post("/token", b"grant_type=client_credentials&client_id=%ff", Content_Type=FORM))
    answers.append(
        anonymous.post("/token", b"grant_type=client_credentials", Content_Type=FORM, Authorization="Basic !!!")
    )
    assert {a.status_code for a in answers} == {401}
    assert len({tuple(sorted((k, str(v)) for k, v in a.json().items() if k != "request_id")) for a in answers}) == 1
    assert {a["WWW-Authenticate"] for a in answers} == {'Bearer realm="gewerk"'}


def test_guessing_is_slowed_down_per_client_id(anonymous):
    for _ in range(10):
        assert anonymous.post("/token", credentials(anonymous, client_secret="x")).status_code == 401
    refused = anonymous.post("/token", credentials(anonymous))
    assert (refused.status_code, int(refused["Retry-After"]) > 0) == (429, True)
    assert anonymous.post("/token", credentials(anonymous, client_id="another")).status_code == 401


def test_what_is_no_request_for_a_token_is_refused_with_pointers(anonymous):
    answer = anonymous.post("/token", {"client_id": 5, "hello": "x"})
    assert answer.status_code == 422
    assert {(e["pointer"], e["code"]) for e in answer.json()["errors"]} == {
        ("/client_id", "wrong_type"),
        ("/client_secret", "required"),
        ("/hello", "unknown_field"),
    }
    assert anonymous.post("/token", b"{").status_code == 400
    assert anonymous.post("/token", b"<a/>", Content_Type="text/xml").status_code == 415


def test_expired_tampered_and_missing_tokens_get_one_answer(api):
    old = issue_token(key=api.key, now=timezone.now() - timedelta(hours=25)).access_token
    claims = jwt.decode(api.token, options={"verify_signature": False})
    forged = jwt.encode(claims, None, algorithm="none")
    bodies = []
    for token in (old, forged, api.token[:-3] + "AAA", "", "x y", "ä"):
        answer = api.get("/properties", Authorization=f"Bearer {token}")
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        bodies.append({k: str(v) for k, v in answer.json().items() if k != "request_id"})
    api.token = None
    bodies.append({k: str(v) for k, v in api.get("/properties").json().items() if k != "request_id"})
    bodies.append(
        {k: str(v) for k, v in api.get("/properties", Authorization="Basic eDp5").json().items() if k != "request_id"}
    )
    assert all(body == bodies[0] for body in bodies)


def test_tokens_outlive_a_rotation_but_not_the_key(api):
    now = timezone.now()
    person = api.organisation.memberships.get().person
    admin = actor_for(person, api.organisation.pk, memberships=live_memberships(person, now=now))
    rotate_secret(actor=admin, key_id=api.key.pk, now=now)
    assert api.get("/properties").status_code == 200
    assert api.post("/token", credentials(api)).status_code == 401
    revoke_key(actor=admin, key_id=api.key.pk, now=now)
    assert api.get("/properties").status_code == 401
