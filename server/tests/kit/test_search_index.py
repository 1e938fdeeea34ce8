"""The index for words is made where it may be, and its absence stops nothing."""

import pytest
from django.db import connection
from gewerk.kit.search_index import SUFFIX, ensure_search_index

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has none")
def test_it_is_there_after_the_migrations_and_made_again_where_it_is_missing() -> None:
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [f"tickets_ticket{SUFFIX}"])
            (definition,) = cursor.fetchone()
            assert "gin_trgm_ops" in definition
            cursor.execute(f"DROP INDEX tickets_ticket{SUFFIX}")
        ensure_search_index("tickets_ticket", using="default")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has none")
def test_what_the_database_forbids_is_said_and_everything_else_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE without_rights; SET ROLE without_rights")
        try:
            ensure_search_index("identity_organisation", using="default")
            cursor.execute("SELECT 1")
        finally:
            cursor.execute("RESET ROLE; DROP ROLE without_rights")
    assert "No index for the words of identity_organisation" in caplog.text


@pytest.mark.skipif(connection.vendor == "postgresql", reason="of SQLite")
def test_sqlite_is_left_alone() -> None:
    ensure_search_index("tickets_ticket", using="default")
