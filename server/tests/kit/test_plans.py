"""Moments of prepared queries are those that the driver itself reads."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from django.db.models import UUIDField
from gewerk.identity.models import Organisation
from gewerk.kit.plans import Moments
from gewerk.kit.prepared import Given, prepared
from hypothesis import given
from hypothesis import strategies as st
from psycopg import DataError


class Slow(BaseTzLoader):
    timezone = UTC


def _written(moment: datetime, offset: str) -> bytes:
    """As PostgreSQL writes it: no more figures of a second than there are."""
    text = moment.strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0")
    part = f"{moment.microsecond:06}".rstrip("0")
    return f"{text}{'.' if part else ''}{part}{offset}".encode()


@given(moment=st.datetimes(min_value=datetime(1, 1, 2)), offset=st.sampled_from(["+00", "+01", "-03:30", "+05:30:12"]))  # noqa: DTZ001
def test_a_moment_is_the_drivers(moment: datetime, offset: str) -> None:
    written = _written(moment, offset)
    expected: object
    try:
        expected = Slow(1184, None).load(written)
    except DataError as error:
        with pytest.raises(DataError, match=str(error)[:20]):
            Moments(1184, None).load(written)
    else:
        assert Moments(1184, None).load(memoryview(written)) == expected


@pytest.mark.parametrize("text", ["infinity", "-infinity", "12026-01-01 00:00:00+00", "0044-03-15 12:00:00+00 BC"])
def test_what_is_no_moment_is_refused_in_the_drivers_words(text: str) -> None:
    with pytest.raises(DataError):
        Moments(1184, None).load(text.encode())


@pytest.mark.django_db
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="plans are PostgreSQL's; the second run of these tests has it"
)
def test_the_connection_keeps_plans_and_reads_moments_so(factories: object) -> None:
    made = factories.organisation()  # type: ignore[attr-defined]
    asked = prepared(lambda: Organisation.objects.filter(pk=Given("organisation", UUIDField())))
    assert asked(organisation=made.pk)[0].created_at == Organisation.objects.get(pk=made.pk).created_at
    assert connection.connection.adapters.get_loader(1184, 0) is Moments
    assert connection.cursor().cursor.adapters.get_loader(1184, 0) is Moments, "Django leaves it in its place"
