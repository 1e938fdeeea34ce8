"""Keys: make, rotate with and without overlap, show again, revoke; tokens outlive a rotation but not a revocation."""

from datetime import timedelta

import jwt
import pytest
from gewerk.identity.access import actor_for, live_memberships
from gewerk.identity.key_access import KeyNotFound
from gewerk.identity.operations.authenticate_key import WrongCredentials, authenticate_key
from gewerk.identity.operations.create_key import InvalidKey, change_key, create_key
from gewerk.identity.operations.issue_token import InvalidToken, _signing_key, actor_of_token, issue_token
from gewerk.identity.operations.reveal_secret import reveal_secret
from gewerk.identity.operations.revoke_key import revoke_key
from gewerk.identity.operations.rotate_secret import revoke_old_secrets, rotate_secret
from gewerk.identity.queries.secrets import active_secret, ended_secrets, overlapping_secrets
from gewerk.journal.models import Entry
from gewerk.kit.refusals import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(factories):
    org = factories.organisation()
    person = factories.person(org)
    return actor_for(person, org.pk, memberships=live_memberships(person, now=factories.NOW))


@pytest.fixture
def made(admin, factories):
    return create_key(actor=admin, name="Wodis", now=factories.NOW)


def works(made, secret, now):
    try:
        return authenticate_key(client_id=made.key.client_id, client_secret=secret, now=now).pk == made.key.pk
    except WrongCredentials:
        return False


def test_a_rotation_without_overlap_ends_the_old_secret_at_once(admin, made, factories):
    now = factories.NOW
    fresh = rotate_secret(actor=admin, key_id=made.key.pk, now=now)
    assert not works(made, made.client_secret, now)
    assert works(made, fresh.client_secret, now)


def test_during_an_overlap_both_secrets_work_and_then_only_the_new_one(admin, made, factories):
    now = factories.NOW
    fresh = rotate_secret(actor=admin, key_id=made.key.pk, overlap=timedelta(days=2), now=now)
    assert [s.last_four for s in overlapping_secrets(made.key, now=now)] == [made.client_secret[-4:]]
    assert works(made, made.client_secret, now + timedelta(days=2, seconds=-1))
    assert works(made, fresh.client_secret, now + timedelta(days=1))
    assert not works(made, made.client_secret, now + timedelta(days=2))
    assert works(made, fresh.client_secret, now + timedelta(days=2))


def test_a_second_rotation_leaves_at_most_two_secrets_working(admin, made, factories):
    now = factories.NOW
    second = rotate_secret(actor=admin, key_id=made.key.pk, overlap=timedelta(days=7), now=now)
    third = rotate_secret(actor=admin, key_id=made.key.pk, overlap=timedelta(days=7), now=now)
    assert [works(made, s, now) for s in (made.client_secret, second.client_secret, third.client_secret)] == [
        False,
        True,
        True,
    ]


def test_an_overlap_can_be_ended_early(admin, made, factories):
    now = factories.NOW
    rotate_secret(actor=admin, key_id=made.key.pk, overlap=timedelta(days=7), now=now)
    assert revoke_old_secrets(actor=admin, key_id=made.key.pk, now=now) == 1
    assert not works(made, made.client_secret, now)


def test_the_last_three_ended_secrets_are_known_with_who_ended_them(admin, made, factories):
    for day in range(5):
        rotate_secret(actor=admin, key_id=made.key.pk, reason="suspicion", now=factories.NOW + timedelta(days=day))
    ended = ended_secrets(made.key, now=factories.NOW + timedelta(days=9))
    assert len(ended) == 3
    assert {s.revoked_by_id for s in ended} == {admin.id}
    assert active_secret(made.key).pk not in {s.pk for s in ended}


@pytest.mark.parametrize("overlap", [timedelta(days=7, seconds=1), timedelta(seconds=-1)])
def test_an_overlap_outside_seven_days_is_refused(admin, made, factories, overlap):
    with pytest.raises(InvalidKey):
        rotate_secret(actor=admin, key_id=made.key.pk, overlap=overlap, now=factories.NOW)
    assert works(made, made.client_secret, factories.NOW)


def test_every_look_at_a_secret_is_logged_and_no_secret_lies_in_the_journal(admin, made, factories):
    assert reveal_secret(actor=admin, key_id=made.key.pk, now=factories.NOW) == made.client_secret
    assert reveal_secret(actor=admin, key_id=made.key.pk, now=factories.NOW) == made.client_secret
    assert Entry.objects.filter(event="api_key.secret_revealed", object_id=made.key.pk, actor_id=admin.id).count() == 2
    assert not any(made.client_secret in str(entry.data) for entry in Entry.objects.all())


def test_a_token_outlives_the_rotation_of_its_secret_but_not_its_own_life(admin, made, factories):
    now = factories.NOW
    token = issue_token(key=made.key, now=now)
    rotate_secret(actor=admin, key_id=made.key.pk, now=now)
    assert actor_of_token(token=token.access_token, now=now + timedelta(hours=23)).id == made.key.pk
    with pytest.raises(InvalidToken):
        actor_of_token(token=token.access_token, now=now + timedelta(seconds=token.expires_in))


def test_a_revoked_key_ends_its_tokens(admin, made, factories):
    token = issue_token(key=made.key, now=factories.NOW)
    revoke_key(actor=admin, key_id=made.key.pk, now=factories.NOW)
    with pytest.raises(InvalidToken):
        actor_of_token(token=token.access_token, now=factories.NOW)
    assert not works(made, made.client_secret, factories.NOW)
    with pytest.raises(KeyNotFound):
        reveal_secret(actor=admin, key_id=made.key.pk, now=factories.NOW)


def test_tampered_tokens_are_refused(made, factories):
    now = factories.NOW
    token = issue_token(key=made.key, now=now).access_token
    claims = jwt.decode(token, options={"verify_signature": False})
    other = factories.organisation()
    forged = [
        jwt.encode(claims, None, algorithm="none"),
        jwt.encode(claims, b"x" * 32, algorithm="HS256"),
        jwt.encode(claims, _signing_key(), algorithm="HS512"),
        jwt.encode({**claims, "org": str(other.pk)}, _signing_key(), algorithm="HS256"),
        jwt.encode({**claims, "aud": "session"}, _signing_key(), algorithm="HS256"),
        jwt.encode({**claims, "sub": "everybody"}, _signing_key(), algorithm="HS256"),
        jwt.encode({k: v for k, v in claims.items() if k != "exp"}, _signing_key(), algorithm="HS256"),
        token[:-2] + ("AA" if token[-2:] != "AA" else "BB"),
        "",
        "a.b.c",
        "ä" * 40,
    ]
    assert actor_of_token(token=token, now=now).id == made.key.pk
    for one in forged:
        with pytest.raises(InvalidToken):
            actor_of_token(token=one, now=now)


def test_keys_of_another_organisation_are_not_found(made, factories):
    other = factories.organisation()
    person = factories.person(other)
    stranger = actor_for(person, other.pk, memberships=live_memberships(person, now=factories.NOW))
    for verb in (reveal_secret, rotate_secret, revoke_key, revoke_old_secrets):
        with pytest.raises(KeyNotFound):
            verb(actor=stranger, key_id=made.key.pk, now=factories.NOW)


@pytest.mark.parametrize("role", ["housing_manager", "finance_officer", "housing_officer"])
def test_only_administrators_touch_keys(made, factories, role):
    person = factories.person(made.key.organisation, role=role)
    officer = actor_for(person, made.key.organisation_id, memberships=live_memberships(person, now=factories.NOW))
    with pytest.raises(Refusal) as refused:
        create_key(actor=officer, name="x", now=factories.NOW)
    assert refused.value.code == "forbidden"


def test_wrong_fields_are_named(admin, made, factories):
    with pytest.raises(InvalidKey) as refused:
        create_key(actor=admin, name=" ", scope="god", reminder_days=7, client_number="1" * 41, now=factories.NOW)
    assert {p.pointer for p in refused.value.problems} == {"/name", "/scope", "/reminder_days", "/client_number"}
    with pytest.raises(InvalidKey):
        change_key(
            actor=admin, key_id=made.key.pk, name="n" * 101, reminder_days=30, reminder_email="", now=factories.NOW
        )
    changed = change_key(
        actor=admin, key_id=made.key.pk, name="Neu", reminder_days=30, reminder_email="", now=factories.NOW
    )
    assert (changed.name, changed.reminder_days) == ("Neu", 30)
