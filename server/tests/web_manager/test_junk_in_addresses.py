"""Whatever stands in an address's query, a page answers: no fault of ours, and a list chosen by junk ids is empty."""

from typing import Any

import pytest
from django.urls import reverse
from gewerk.entrypoints.web.manager.property_list import PROPERTIES
from gewerk.entrypoints.web.manager.sub_property_list import LISTINGS

pytestmark = pytest.mark.django_db

JUNK = ("x", "-1", "9" * 60, "00000000-0000-0000-0000-000000000000", "ä'\"%\x00")
LISTS = (PROPERTIES, *LISTINGS.values())


def content(answer: Any) -> bytes:
    found: bytes = answer.getvalue() if answer.streaming else answer.content
    return found


@pytest.mark.parametrize("junk", JUNK)
def test_lists_bear_any_query(office: Any, house: Any, junk: str) -> None:
    for listing in LISTS:
        for key in (*(f.key for f in listing.filters), "q", "sort", "page", "columns", "export", "type"):
            answer = office.browser.get(reverse(listing.route), {**(listing.fixed or {}), key: junk})
            assert answer.status_code == 200, (listing.key, key)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_of_rows_that_do_not_exist_is_empty(office: Any, house: Any, kind: str) -> None:
    address = reverse("properties")
    whole = content(office.browser.get(address, {"export": "csv"}))
    assert whole.count(b"\r\n") == 2
    for junk in JUNK:
        answer = office.browser.get(address, {"export": kind, "id": junk})
        assert answer.status_code == 200, junk
        if kind == "csv":
            assert content(answer).count(b"\r\n") == 1, junk


@pytest.mark.parametrize("junk", JUNK)
def test_pages_bear_any_query(office: Any, house: Any, junk: str) -> None:
    for address in (
        "/search/",
        "/property-groups/",
        "/integrations/",
        "/properties/responsible/",
        "/properties/group/",
        "/sub-properties/new/tenant/",
        f"/properties/{house.property.pk}/",
        f"/sub-properties/{house.let.pk}/",
    ):
        for key in ("q", "page", "state", "unit", "finding", "who", "before", "back", "id"):
            assert office.browser.get(address, {key: junk}).status_code < 500, (address, key)
