"""Visit pages over Django's client: the tenant's link, the steps of firm and manager, the calendar and its feed."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from gewerk.identity.models import Membership
from gewerk.scheduling.links import visit_token
from gewerk.scheduling.models import CalendarFeed, Visit
from gewerk.scheduling.operations import arrange
from gewerk.scheduling.operations.moving import Span
from icalendar import Calendar

from .conftest import Matter

BERLIN = ZoneInfo("Europe/Berlin")


def span(days: float, hours: float = 1) -> Span:
    # In the morning there: whatever the clock says now, it ends on the day on which it begins.
    there = timezone.now().astimezone(BERLIN) + timedelta(days=days)
    start = there.replace(hour=10, minute=0, second=0, microsecond=0)
    return Span(start, start + timedelta(hours=hours))


@pytest.fixture
def proposed(awarded: Matter) -> Visit:
    return arrange.propose(
        actor=awarded.fitter, order_id=awarded.order.pk, spans=[span(4), span(5)], now=timezone.now()
    )


@pytest.fixture
def address(proposed: Visit) -> str:
    return reverse("visit_by_link", args=[visit_token(proposed)])


def rows(first: datetime, *, hours: int = 1) -> dict[str, str]:
    local = first.astimezone(BERLIN)
    return {
        "day_0": local.date().isoformat(),
        "from_0": local.strftime("%H:%M"),
        "to_0": (local + timedelta(hours=hours)).strftime("%H:%M"),
    }


def test_the_tenant_takes_a_time(client: Any, awarded: Matter, proposed: Visit, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 200
    text = page.content.decode()
    assert "Bitte wählen Sie die Zeit" in text
    assert text.count('name="slot"') == 2
    assert "Wiebe" not in text
    slot = proposed.slots.order_by("starts_at").first()
    assert slot is not None
    done = client.post(address, {"step": "take", "slot": str(slot.pk)}, follow=True)
    assert "vereinbart" in done.content.decode()
    assert awarded.again().state == "booked"
    file = client.get(reverse("visit_calendar_file", args=[visit_token(proposed)]))
    assert Calendar.from_ical(file.content).walk("VEVENT")[0].decoded("dtstart") == slot.starts_at


def test_the_tenant_wishes_for_other_times_in_the_local_clock(client: Any, proposed: Visit, address: str) -> None:
    wished = span(9)
    client.post(address, {"step": "counter", **rows(wished.starts_at)})
    proposed.refresh_from_db()
    assert proposed.state == "countered"
    assert proposed.slots.filter(round=2).get().starts_at == wished.starts_at


def test_input_survives_an_error(client: Any, proposed: Visit, address: str) -> None:
    answer = client.post(address, {"step": "counter", "day_0": "2020-01-01", "from_0": "10:00", "to_0": ""})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "2020-01-01" in text
    assert "vervollständigen" in text
    past = client.post(address, {"step": "counter", "day_0": "2020-01-01", "from_0": "10:00", "to_0": "11:00"})
    assert "Diese Zeit ist vorbei" in past.content.decode()
    proposed.refresh_from_db()
    assert proposed.state == "proposed"


def test_the_hour_that_does_not_exist_is_said_in_german(client: Any, proposed: Visit, address: str) -> None:
    answer = client.post(address, {"step": "counter", "day_0": "2027-03-28", "from_0": "02:30", "to_0": "03:30"})
    assert "Die Uhren werden vorgestellt" in answer.content.decode()


def test_cancelling_needs_a_reason(client: Any, awarded: Matter, proposed: Visit, address: str) -> None:
    assert client.post(address, {"step": "cancel", "cancel-reason": ""}).status_code == 422
    client.post(address, {"step": "cancel", "cancel-reason": "Tropft nicht mehr"})
    proposed.refresh_from_db()
    assert proposed.state == "cancelled"
    text = client.get(address).content.decode()
    assert "abgesagt" in text
    assert 'name="step"' not in text


def test_an_altered_link_opens_nothing(client: Any, address: str) -> None:
    assert client.get(address[:-2] + "x/").status_code == 404
    assert client.get(reverse("visit_by_link", args=["unsinn"])).status_code == 404


@pytest.mark.parametrize("slot", ["", "x", "0192d3c0-0000-7000-8000-000000000000"])
def test_a_slot_that_is_none_is_answered_clearly(client: Any, proposed: Visit, address: str, slot: str) -> None:
    answer = client.post(address, {"step": "take", "slot": slot}, follow=True)
    assert answer.status_code == 200
    assert "nicht mehr angeboten" in answer.content.decode()


def test_the_firm_proposes_and_moves(as_person: Any, awarded: Matter) -> None:
    client = as_person(awarded.fitter_person)
    page = reverse("arrange_visit", args=[awarded.order.pk, "propose"])
    assert client.get(page).status_code == 200
    client.post(page, {**rows(span(4).starts_at), "purpose": "repair"})
    visit = Visit.objects.get()
    assert visit.state == "proposed"
    again = reverse("visit_step", args=[visit.pk, "propose_again"])
    assert client.post(again, rows(span(6).starts_at)).status_code == 302
    visit.refresh_from_db()
    assert visit.round == 2


def test_announcing_too_soon_is_refused_in_words(as_person: Any, awarded: Matter) -> None:
    client = as_person(awarded.fitter_person)
    page = reverse("arrange_visit", args=[awarded.order.pk, "announce"])
    answer = client.post(page, {**rows(span(1).starts_at), "purpose": "repair"})
    assert answer.status_code == 422
    assert "zu kurzfristig" in answer.content.decode()
    assert not Visit.objects.exists()


def test_nobody_is_sent_elsewhere(as_person: Any, awarded: Matter) -> None:
    client = as_person(awarded.fitter_person)
    page = reverse("arrange_visit", args=[awarded.order.pk, "propose"])
    done = client.post(page, {**rows(span(4).starts_at), "purpose": "repair", "back": "https://evil.example/"})
    assert done.url == f"/firm/jobs/{awarded.order.pk}/"


@pytest.mark.parametrize("view", ["week", "month", "day", "unsinn"])
def test_the_calendar_shows_the_agreed_visit(as_person: Any, awarded: Matter, proposed: Visit, view: str) -> None:
    slot = proposed.slots.order_by("starts_at").first()
    assert slot is not None
    from gewerk.journeys.agree_visit import take_slot

    take_slot(actor=awarded.tenant, visit_id=proposed.pk, slot_id=slot.pk, now=timezone.now())
    day = slot.starts_at.astimezone(BERLIN).date()
    text = as_person(awarded.fitter_person).get(f"/calendar/?view={view}&day={day}").content.decode()
    assert "Wasserhahn tropft" in text
    other = day + timedelta(days=45)
    assert "Wasserhahn tropft" not in as_person(awarded.fitter_person).get(f"/calendar/?day={other}").content.decode()


def test_the_calendar_asks_as_often_for_many_visits(
    as_person: Any, awarded: Matter, django_assert_max_num_queries: Any
) -> None:
    client = as_person(awarded.fitter_person)
    start = span(4).starts_at
    for number in range(1, 9):
        Visit.objects.create(
            organisation=awarded.organisation,
            order=awarded.order,
            number=number,
            state="attended",
            state_at=start,
            starts_at=start + timedelta(minutes=number),
            ends_at=start + timedelta(hours=1),
            created_at=start,
            updated_at=start,
        )
    with django_assert_max_num_queries(12):
        client.get(f"/calendar/?day={start.astimezone(BERLIN).date()}")


def test_a_feed_opens_until_it_is_ended_or_the_person_leaves(
    as_person: Any, awarded: Matter, proposed: Visit, client: Any
) -> None:
    logged_in = as_person(awarded.fitter_person)
    logged_in.post("/calendar/feed/")
    page = logged_in.get("/calendar/").content.decode()
    feed = page.split('id="feed">')[1].split("<")[0]
    path = "/" + feed.split("/", 3)[3]
    client.logout()
    assert client.get(path).status_code == 200
    Membership.objects.filter(person=awarded.fitter_person).update(ended_at=timezone.now())
    assert client.get(path).status_code == 403
    Membership.objects.filter(person=awarded.fitter_person).update(ended_at=None)
    as_person(awarded.fitter_person).post("/calendar/feed/", {"end": "1"})
    client.logout()
    assert client.get(path).status_code == 404
    assert CalendarFeed.objects.count() == 1
