"""The pages on which firms are looked for and chosen, and the owner's rule."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from gewerk.firms.models import FirmProfile, ListedFirm
from gewerk.identity.models import Role
from gewerk.marketplace.models import OwnerRule, QuoteRequest

from .conftest import Matter
from .test_finding import PAINT, vetted_firm
from .test_pages import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(new_matter: Any) -> Matter:
    """A draft for painting, as the pages see it today."""
    made: Matter = new_matter(sent=False, service=PAINT, deadline_at=timezone.now() + timedelta(days=7))
    return made


def given(matter: Matter, **fields: Any) -> dict[str, Any]:
    day = (timezone.now() + timedelta(days=5)).date().isoformat()
    return {
        "title": "Zimmer streichen",
        "service": PAINT,
        "mode": "request_for_quotes",
        "deadline_day": day,
        "item-text": ["Streichen"],
        "item-quantity": ["12,5"],
        "item-unit": ["m²"],
        "item-place": [""],
        **fields,
    }


def rows_of(html: str) -> list[str]:
    """The labels of the firms in the form."""
    return re.findall(r'<label class="choice">(.*?)</label>', html, re.DOTALL)


def test_the_reason_stands_beside_each_firm(matter: Matter, factories: Any) -> None:
    near = vetted_firm(factories, name="Maler Nah")
    blocked = vetted_firm(factories, matter.organisation, standing="blocked", name="Maler Gesperrt")
    factories.firm(matter.organisation, trades=("painting",), postcode="80331", name="Maler Ohne")
    page = client_of(matter.staff_person).get(reverse("edit_quote_request", args=[matter.request.pk]))
    rows = rows_of(page.content.decode())
    assert ["Maler Nah" in rows[0], "Maler Ohne" in rows[1], "Maler Gesperrt" in rows[2]] == [True] * 3, rows
    assert "geprüfter Betrieb vom Marktplatz, gleiche Postleitzahl" in rows[0]
    assert "noch nicht eingereicht" in rows[1]
    assert "477 km entfernt" in rows[1]
    assert "auf Ihrer Liste gesperrt" in rows[2]
    assert "disabled" in rows[2]
    assert str(near.pk) in rows[0]
    sent = given(matter, firm_ids=[str(blocked.pk)])
    edit = reverse("edit_quote_request", args=[matter.request.pk])
    assert client_of(matter.staff_person).post(edit, sent).status_code == 422


def test_by_rule_by_hand_and_open_to_the_marketplace(matter: Matter, factories: Any) -> None:
    firms = [vetted_firm(factories) for _ in range(4)]
    staff, edit = client_of(matter.staff_person), reverse("edit_quote_request", args=[matter.request.pk])
    assert staff.post(edit, given(matter, invite_by="rule", best="2", open_to_market="on")).status_code == 302
    by_rule = list(matter.request.invitations.values_list("firm_id", "why"))
    assert len(by_rule) == 2
    assert all("nach Regel, Platz" in why for _id, why in by_rule)
    assert matter.again().open_to_market
    assert matter.request.service == PAINT
    # Saved again with the same firms, the reasons stay.
    same = [str(firm_id) for firm_id, _why in by_rule]
    assert staff.post(edit, given(matter, firm_ids=same)).status_code == 302
    assert list(matter.request.invitations.values_list("firm_id", "why")) == by_rule
    other = next(firm for firm in firms if str(firm.pk) not in same)
    assert staff.post(edit, given(matter, firm_ids=[str(other.pk)])).status_code == 302
    assert "von Hand gewählt" in matter.request.invitations.get(firm=other).why
    assert not matter.again().open_to_market


def test_a_fixed_price_offer_needs_prices(matter: Matter, factories: Any) -> None:
    firm = vetted_firm(factories, matter.organisation)
    staff, edit = client_of(matter.staff_person), reverse("edit_quote_request", args=[matter.request.pk])
    assert 'name="item-price"' not in staff.get(edit).content.decode()
    fixed = given(matter, mode="fixed_price_offer", claim_hours="4", firm_ids=[str(firm.pk)])
    shown = staff.post(edit, fixed | {"more": "yes"}).content.decode()
    assert 'name="item-price"' in shown
    wrong = staff.post(edit, fixed)
    assert wrong.status_code == 422
    assert "Festpreisangebot braucht Nettopreis" in wrong.content.decode()
    right = staff.post(edit, fixed | {"item-price": ["8,50"], "item-rate": ["19"]})
    assert right.status_code == 302
    item = matter.request.items.get()
    assert (item.unit_price_minor, item.vat_basis_points) == (850, 1_900)
    matter.again()
    assert (matter.request.mode, matter.request.claim_hours) == ("fixed_price_offer", 4)


def test_award_directly_puts_the_draft_away(matter: Matter) -> None:
    staff, edit = client_of(matter.staff_person), reverse("edit_quote_request", args=[matter.request.pk])
    answer = staff.post(edit, given(matter, mode="direct"))
    assert answer["Location"] == reverse("award_order", args=[matter.order.pk])
    assert matter.again().state == "ended"
    assert staff.get(answer["Location"]).status_code == 200
    assert QuoteRequest.objects.filter(order=matter.order).count() == 1


def test_search_as_list_and_map(matter: Matter, factories: Any) -> None:
    near = vetted_firm(factories, name="Maler Nah")
    vetted_firm(factories, name="Maler München", postcode="80331")
    FirmProfile.objects.filter(firm=near).update(capacity=2)
    staff, find = client_of(matter.staff_person), reverse("find_firms")

    def shown(query: str) -> str:
        answer = staff.get(f"{find}?{query}")
        assert answer.status_code == 200
        return str(answer.content.decode())

    both = shown(f"service={PAINT}&place=44137")
    assert both.index("Maler Nah") < both.index("Maler München")
    assert "<figure" not in both
    mapped = shown(f"service={PAINT}&place=44137&view=map")
    assert 'href="#firm-1" aria-label="1. Maler Nah, 44137' in mapped
    assert "2. Maler München, 80331" in mapped
    assert 'id="firm-2"' in mapped
    assert "Ort der Arbeit: 44137" in mapped
    assert "unter 1 km" in both
    assert "477 km" in both
    assert 'aria-label="Region 44: 1 Betrieb"' in mapped
    assert "region=80" in mapped
    assert 'name="view" value="map"' in mapped
    assert "2. Maler" not in shown(f"service={PAINT}&place=44137&view=map&region=44")
    assert "Nicht auf der Karte" not in mapped
    for query, there in (
        ("&free=on", True),
        ("&near=2", True),
        ("&region=80", False),
        ("&whose=own", False),
        ("&whose=market", True),
    ):
        assert ("Maler Nah" in shown(f"service={PAINT}&place=44137{query}")) is there, query
    assert "Maler Nah" not in shown("place=44137")  # without a service nobody is vetted for it
    for odd in (
        "service=nothing",
        "near=x&whose=y&page=z",
        "place=%00",
        "place=abc",
        "region=%27",
        f"service={PAINT}&place=((",
        "view=map&place=((&region=%27",
        "view=x",
    ):
        shown(odd)
    gap = {"query": f"service={PAINT}&place=44137"}
    taken = staff.post(reverse("take_on_list", args=[near.pk]), gap)
    assert taken.status_code == 302
    assert ListedFirm.objects.get(organisation=matter.organisation, firm=near).standing == "approved"
    unvetted = factories.firm(trades=("painting",))
    assert staff.post(reverse("take_on_list", args=[unvetted.pk]), gap).status_code == 404


def test_many_firms_are_counted_by_region(matter: Matter, factories: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("gewerk.entrypoints.web.manager.quotes.find.PER_PAGE", 2)
    for postcode in ("44137", "44139", "80331", ""):
        vetted_firm(factories, name=f"Maler {postcode}", postcode=postcode)
    staff, find = client_of(matter.staff_person), reverse("find_firms")
    text = staff.get(f"{find}?service={PAINT}&view=map").content.decode()
    assert text.count('class="map-bubble"') == 2
    assert re.search(r'href="[^"]*view=map[^"]*region=44" aria-label="Region 44: 2 Betriebe"', text)
    assert "#firm-" not in text
    chosen = staff.get(f"{find}?service={PAINT}&view=map&region=44").content.decode()
    assert 'id="firm-1"' in chosen
    assert chosen.count('class="map-pin"') >= 1


def test_a_firm_without_a_known_postcode_stands_beside_the_map(matter: Matter, factories: Any) -> None:
    vetted_firm(factories, name="Maler Ohne", postcode="00999")
    text = client_of(matter.staff_person).get(f"{reverse('find_firms')}?service={PAINT}&view=map").content.decode()
    assert text.index("Nicht auf der Karte") < text.index("Maler Ohne")


def test_the_number_of_queries_does_not_grow(matter: Matter, factories: Any) -> None:
    staff = client_of(matter.staff_person)
    pages = [
        f"{reverse('find_firms')}?service={PAINT}&place=44137",
        f"{reverse('find_firms')}?service={PAINT}&place=44137&view=map",
        reverse("edit_quote_request", args=[matter.request.pk]),
    ]
    counts = []
    for _ in range(2):
        for _ in range(4):
            vetted_firm(factories)
            vetted_firm(factories, matter.organisation)
        taken = []
        for page in pages:
            staff.get(page)
            with CaptureQueriesContext(connection) as seen:
                assert staff.get(page).status_code == 200
            taken.append(len(seen))
        counts.append(taken)
    assert counts[0] == counts[1]


def test_the_owners_rule(matter: Matter) -> None:
    staff, page = client_of(matter.staff_person), reverse("owner_rule")
    assert staff.post(page, {"amount": "10.000,00"}).status_code == 302
    assert OwnerRule.objects.get(organisation=matter.organisation).from_minor == 1_000_000
    assert "10.000" in staff.get(page).content.decode()
    assert staff.post(page, {"amount": "viel"}).status_code == 422
    assert staff.post(page, {"amount": "99999999999999"}).status_code == 422
    officer = client_of(matter.factories.person(matter.organisation, Role.HOUSING_OFFICER))
    seen = officer.get(page).content.decode()
    assert "10.000" in seen
    assert 'name="amount"' not in seen
    assert officer.post(page, {"amount": "1"}).status_code == 403
    assert staff.post(page, {"amount": ""}).status_code == 302
    assert not OwnerRule.objects.exists()
