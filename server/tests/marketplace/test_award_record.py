"""The award record against SQL: the trigger on PostgreSQL, and the rights of an application's role that owns nothing."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import Error, connection, transaction
from gewerk.entrypoints.cli.owner_role import grant
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
    "ALTER TABLE marketplace_awardrecord OWNER TO CURRENT_USER",
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
def application(transactional_db: None) -> Iterator[str]:
    """The address of a role that owns nothing in the test's database, granted what the application needs."""
    if connection.vendor != "postgresql":
        pytest.skip("roles are PostgreSQL's; the second run of these tests has it")
    at = connection.settings_dict
    place = f"{at['HOST']}:{at['PORT']}/{at['NAME']}"
    owner = f"postgresql://{at['USER']}@{place}"
    role = f"app_of_{at['NAME']}"[:60]
    with psycopg.connect(owner, autocommit=True) as admin:
        admin.execute(f'CREATE ROLE "{role}" LOGIN')
        grant(owner, role)
        yield f"postgresql://{role}@{place}"
        admin.execute(f'DROP OWNED BY "{role}"')
        admin.execute(f'DROP ROLE "{role}"')


def test_the_applications_role_owns_nothing(application: str) -> None:
    with psycopg.connect(application, autocommit=True) as app:
        # It works with rows as usual ...
        app.execute("DELETE FROM identity_loginlink")
        assert app.execute("SELECT count(*) FROM marketplace_awardrecord").fetchone() == (0,)
        assert app.execute("SELECT has_table_privilege('marketplace_awardrecord', 'INSERT')").fetchone() == (True,)
        # ... and has no way to what was awarded.
        for statement in (*AGAINST, *AS_OWNER_ONLY):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)
