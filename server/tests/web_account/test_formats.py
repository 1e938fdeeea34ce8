"""Dates in templates and mails: Germany and Austria 22.11.2026, Britain 22/11/2026."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

MOMENT = datetime(2026, 11, 22, 7, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "zone", "expected"),
    [
        ("de", "Europe/Vienna", "22.11.2026|22.11.2026, 08:06 Uhr|22. November 2026"),
        ("en", "Europe/London", "22/11/2026|22/11/2026, 07:06|22 November 2026"),
    ],
)
def test_dates_read_as_in_the_country(language: str, zone: str, expected: str) -> None:
    template = Template(
        "{{ at|date:'SHORT_DATE_FORMAT' }}|{{ at|date:'SHORT_DATETIME_FORMAT' }}|{{ at|date:'DATE_FORMAT' }}"
    )
    with translation.override(language), timezone.override(zone):
        assert template.render(Context({"at": MOMENT})) == expected
