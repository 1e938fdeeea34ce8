"""The award record against SQL: the trigger on PostgreSQL, and the rights of an application's role that owns nothing."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import Error, connection, transaction
from gewerk.entrypoints.cli.owner_role import migrate_as_owner
from gewerk.journeys.award_quote import award_quote
from gewerk.marketplace.models import AwardRecord

from .conftest import AFTER, Matter

AGAINST = (
    "UPDATE marketplace_awardrecord SET reason = 'anders'",
    "UPDATE marketplace_awardrecord SET gross_minor = 0 WHERE true",
    "DELETE FROM marketplace_awardrecord",
)
AS_OWNER_ONLY = (
    "TRUNCATE marketplace_awardrecord",
    "ALTER TABLE marketplace_awardrecord DISABLE TRIGGER ALL",
    "DROP TRIGGER marketplace_award_is_for_ever ON marketplace_awardrecord",
    "DROP FUNCTION marketplace_award_is_for_ever() CASCADE",
    "DROP TABLE marketplace_awardrecord CASCADE",
    "SET session_replication_role = replica",
    "ALTER TABLE marketplace_awardrecord OWNER TO gewerk_test_app",
)


@pytest.mark.django_db
def test_no_sql_changes_an_award(sent: Matter) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("triggers are PostgreSQL's; the second run of these tests has it")
    quote = sent.quote(0)
    sent.open()
    award_quote(actor=sent.staff, request_id=sent.request.pk, quote_id=quote.pk, reason="Darum", now=AFTER)
    before = list(AwardRecord.objects.values())
    for statement in AGAINST:
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert list(AwardRecord.objects.values()) == before


@pytest.fixture
def two_roles() -> Iterator[tuple[str, str]]:
    """Addresses of an owner's and of an application's role, in a database of their own."""
    address = os.environ.get("GEWERK_TEST_POSTGRES")
    if not address:
        pytest.skip("no PostgreSQL server")
    at = urlsplit(address)
    names = ("gewerk_test_owner", "gewerk_test_app")

    def clear(admin: Any) -> None:
        admin.execute("DROP DATABASE IF EXISTS gewerk_two_roles")
        for name in names:
            admin.execute(f"DROP ROLE IF EXISTS {name}")

    with psycopg.connect(address, autocommit=True) as admin:
        clear(admin)
        for name in names:
            admin.execute(f"CREATE ROLE {name} LOGIN")
        admin.execute("CREATE DATABASE gewerk_two_roles OWNER gewerk_test_owner")
        yield tuple(f"postgresql://{name}@{at.hostname}:{at.port}/gewerk_two_roles" for name in names)  # type: ignore[misc]
        clear(admin)


@pytest.mark.postgres
@pytest.mark.slow
def test_the_applications_role_owns_nothing(two_roles: tuple[str, str]) -> None:
    owner, application = two_roles
    migrate_as_owner(owner, application)
    with psycopg.connect(application, autocommit=True) as app:
        # It works with rows as usual ...
        app.execute("DELETE FROM identity_person")
        assert app.execute("SELECT count(*) FROM marketplace_awardrecord").fetchone() == (0,)
        assert app.execute("SELECT has_table_privilege('marketplace_awardrecord', 'INSERT')").fetchone() == (True,)
        # ... and has no way to what was awarded.
        for statement in (*AGAINST, *AS_OWNER_ONLY):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)
