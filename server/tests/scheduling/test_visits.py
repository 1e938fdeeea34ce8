"""Visits as the three parties live them."""

from datetime import timedelta

import pytest
from gewerk.identity.models import Role
from gewerk.journal.actor import Actor
from gewerk.journal.models import Entry
from gewerk.journeys import agree_visit
from gewerk.journeys.step_order import step_order
from gewerk.kit.refusals import Refusal
from gewerk.projects.access import OrderNotFound
from gewerk.scheduling.access import VisitNotFound, guest_of, visit_for, visits
from gewerk.scheduling.links import LinkIsInvalid, visit_token
from gewerk.scheduling.models import HistoryIsAppendOnly, Visit
from gewerk.scheduling.notice import NoticeTooShort, Purpose
from gewerk.scheduling.operations import arrange
from gewerk.scheduling.operations.answer import SlotIsGone
from gewerk.scheduling.operations.arrange import OrderNeedsNoVisit, VisitIsOpen
from gewerk.scheduling.operations.moving import ReasonMissing, Span, Stale, StepNotPossible, TimesAreInvalid
from gewerk.scheduling.operations.on_site import TooEarly
from gewerk.scheduling.operations.remind import remind_of_visits
from gewerk.scheduling.queries.ics import visit_ics
from gewerk.scheduling.queries.visits import calendar, offered_slots

from .conftest import NOW, Matter, as_role


def span(day: float, hours: float = 1) -> Span:
    start = NOW + timedelta(days=day)
    return Span(start, start + timedelta(hours=hours))


def proposed(matter: Matter, *days: float) -> Visit:
    return arrange.propose(
        actor=matter.fitter, order_id=matter.order.pk, spans=[span(day) for day in days or (4, 5)], now=NOW
    )


def agreed(matter: Matter, day: float = 4) -> Visit:
    visit = proposed(matter, day)
    slot = offered_slots(visit, now=NOW)[0]
    return agree_visit.take_slot(actor=matter.tenant, visit_id=visit.pk, slot_id=slot.pk, now=NOW)


def test_propose_counter_take_no_access_second_visit(awarded: Matter) -> None:
    visit = proposed(awarded)
    countered = agree_visit.offer_other_times(actor=awarded.tenant, visit_id=visit.pk, spans=[span(6)], now=NOW)
    assert countered.state == "countered"
    assert awarded.again().state == "awarded"
    slot = offered_slots(countered, now=NOW)[0]
    taken = agree_visit.take_slot(actor=awarded.fitter, visit_id=visit.pk, slot_id=slot.pk, now=NOW)
    assert (taken.state, taken.starts_at, awarded.again().state) == ("agreed", span(6).starts_at, "booked")
    there = NOW + timedelta(days=6)
    agree_visit.arrive(actor=awarded.fitter, visit_id=visit.pk, now=there)
    assert awarded.again().state == "in_progress"
    agree_visit.no_access(actor=awarded.fitter, visit_id=visit.pk, reason="Niemand öffnet", now=there)
    assert awarded.again().state == "awarded"
    second = agree_visit.announce_visit(actor=awarded.fitter, order_id=awarded.order.pk, span=span(20), now=there)
    assert (second.number, awarded.again().state) == (2, "booked")
    steps = list(visit.history.order_by("id").values_list("step", "party"))
    assert steps == [
        ("propose", "contractor"),
        ("counter", "tenant"),
        ("accept_wish", "contractor"),
        ("arrive", "contractor"),
        ("no_access", "contractor"),
    ]
    told = Entry.objects.filter(object_id=visit.pk).values_list("organisation_id", "event")
    assert {organisation for organisation, _ in told} == {awarded.organisation.pk}
    assert "visit.no_access" in {event for _, event in told}
    assert "Niemand" not in str(list(Entry.objects.values_list("data", flat=True)))


def test_a_slot_of_an_earlier_round_is_gone(awarded: Matter) -> None:
    visit = proposed(awarded)
    old = offered_slots(visit, now=NOW)[0]
    agree_visit.offer_other_times(actor=awarded.fitter, visit_id=visit.pk, spans=[span(9)], now=NOW)
    with pytest.raises(SlotIsGone):
        agree_visit.take_slot(actor=awarded.tenant, visit_id=visit.pk, slot_id=old.pk, now=NOW)


def test_a_slot_that_has_passed_is_gone(awarded: Matter) -> None:
    visit = proposed(awarded, 4)
    slot = offered_slots(visit, now=NOW)[0]
    with pytest.raises(SlotIsGone):
        agree_visit.take_slot(
            actor=awarded.tenant, visit_id=visit.pk, slot_id=slot.pk, now=NOW + timedelta(days=4, minutes=1)
        )


def test_notice_is_kept_or_the_tenant_chooses(awarded: Matter) -> None:
    with pytest.raises(NoticeTooShort):
        agree_visit.announce_visit(actor=awarded.fitter, order_id=awarded.order.pk, span=span(1), now=NOW)
    assert not Visit.objects.exists()
    agreed(awarded, 1)
    assert awarded.again().state == "booked"


def test_modernisation_waits_three_months_even_for_proposals(awarded: Matter) -> None:
    with pytest.raises(NoticeTooShort):
        arrange.propose(
            actor=awarded.fitter,
            order_id=awarded.order.pk,
            spans=[span(30)],
            purpose=Purpose.MODERNISATION,
            now=NOW,
        )


def test_one_visit_at_a_time(awarded: Matter) -> None:
    proposed(awarded)
    with pytest.raises(VisitIsOpen):
        arrange.wish(actor=awarded.tenant, order_id=awarded.order.pk, spans=[span(9)], now=NOW)


@pytest.mark.parametrize("state", ["draft", "done", "accepted", "paid", "cancelled"])
def test_an_order_that_needs_no_visit_gets_none(awarded: Matter, state: str) -> None:
    awarded.order.state = state
    awarded.order.save()
    with pytest.raises(OrderNeedsNoVisit):
        arrange.propose(actor=awarded.staff, order_id=awarded.order.pk, spans=[span(5)], now=NOW)


def test_bad_times_are_named_one_by_one(awarded: Matter) -> None:
    wrong = [span(-1), span(5, -2), span(6), span(6), span(2000)]
    with pytest.raises(TimesAreInvalid) as refused:
        arrange.propose(actor=awarded.fitter, order_id=awarded.order.pk, spans=wrong, now=NOW)
    assert [(p.pointer, p.code) for p in refused.value.problems] == [
        ("/slots/0", "past"),
        ("/slots/1", "ends_before"),
        ("/slots/3", "twice"),
        ("/slots/4", "too_far"),
    ]
    with pytest.raises(TimesAreInvalid):
        arrange.propose(actor=awarded.fitter, order_id=awarded.order.pk, spans=[], now=NOW)


def test_moving_what_was_agreed_needs_a_reason_and_frees_the_order(awarded: Matter) -> None:
    visit = agreed(awarded)
    with pytest.raises(ReasonMissing):
        agree_visit.offer_other_times(actor=awarded.tenant, visit_id=visit.pk, spans=[span(9)], now=NOW)
    moved = agree_visit.offer_other_times(
        actor=awarded.tenant, visit_id=visit.pk, spans=[span(9)], reason="Bin im Krankenhaus", now=NOW
    )
    assert (moved.state, moved.starts_at, awarded.again().state) == ("countered", None, "awarded")


def test_who_saw_an_older_version_is_told(awarded: Matter) -> None:
    visit = proposed(awarded)
    slot = offered_slots(visit, now=NOW)[0]
    with pytest.raises(Stale):
        agree_visit.take_slot(
            actor=awarded.tenant, visit_id=visit.pk, slot_id=slot.pk, version=visit.version + 1, now=NOW
        )


def test_the_second_of_two_steps_is_told_why(awarded: Matter) -> None:
    visit = agreed(awarded)
    agree_visit.cancel_visit(actor=awarded.staff, visit_id=visit.pk, reason="Erledigt", now=NOW)
    with pytest.raises(StepNotPossible):
        agree_visit.arrive(actor=awarded.fitter, visit_id=visit.pk, now=NOW)
    assert awarded.again().state == "awarded"


def test_nobody_can_have_waited_in_vain_before_the_time(awarded: Matter) -> None:
    visit = agreed(awarded)
    with pytest.raises(TooEarly):
        agree_visit.not_attended(actor=awarded.tenant, visit_id=visit.pk, now=NOW)
    agree_visit.not_attended(actor=awarded.tenant, visit_id=visit.pk, now=NOW + timedelta(days=4, minutes=30))
    assert awarded.again().state == "awarded"


def test_strangers_find_nothing(awarded: Matter, stranger: Actor) -> None:
    visit = proposed(awarded)
    assert not visits(stranger, now=NOW).exists()
    for attempt in (
        lambda: visit_for(stranger, visit.pk, now=NOW),
        lambda: agree_visit.cancel_visit(actor=stranger, visit_id=visit.pk, reason="x", now=NOW),
    ):
        with pytest.raises(VisitNotFound):
            attempt()
    with pytest.raises(OrderNotFound):
        arrange.propose(actor=stranger, order_id=awarded.order.pk, spans=[span(5)], now=NOW)


def test_the_finance_officer_looks_but_arranges_nothing(awarded: Matter) -> None:
    finance = as_role(awarded.staff, Role.FINANCE_OFFICER)
    visit = proposed(awarded)
    assert visit_for(finance, visit.pk, now=NOW) == visit
    with pytest.raises(Refusal) as refused:
        agree_visit.cancel_visit(actor=finance, visit_id=visit.pk, reason="x", now=NOW)
    assert refused.value.kind == "forbidden"


def test_the_link_opens_its_own_order_only(awarded: Matter) -> None:
    visit = proposed(awarded)
    token = visit_token(visit)
    guest, found = guest_of(token)
    assert found == visit
    assert visit_for(guest, visit.pk, now=NOW) == visit
    for altered in (token[:-1], token + "x", "x" + token, token.replace(".", "-", 1)):
        with pytest.raises(LinkIsInvalid):
            guest_of(altered)
    Visit.objects.filter(pk=visit.pk).update(link_version=2)
    with pytest.raises(LinkIsInvalid):
        guest_of(token)


@pytest.mark.parametrize("step", ["withdraw_award", "cancel"])
def test_whoever_loses_the_order_loses_the_visit(awarded: Matter, step: str) -> None:
    visit = agreed(awarded)
    step_order(actor=awarded.staff, order_id=awarded.order.pk, step=step, reason="Anders entschieden", now=NOW)
    visit.refresh_from_db()
    assert visit.state == "cancelled"


def test_history_cannot_be_rewritten(awarded: Matter) -> None:
    entry = proposed(awarded).history.get()
    for attempt in (entry.save, entry.delete, lambda: type(entry).objects.update(reason="")):
        with pytest.raises(HistoryIsAppendOnly):
            attempt()


def test_a_reminder_the_afternoon_before_and_once(awarded: Matter) -> None:
    visit = agreed(awarded, 4)
    assert visit.starts_at is not None
    # the day before, 16:00 in Berlin is 15:00 UTC
    assert remind_of_visits(now=NOW + timedelta(days=3, hours=6, minutes=59)) == 0
    assert remind_of_visits(now=NOW + timedelta(days=3, hours=7)) == 1
    assert remind_of_visits(now=NOW + timedelta(days=3, hours=8)) == 0
    assert Entry.objects.filter(event="visit.reminder_due", object_id=visit.pk).count() == 1


def test_who_agreed_the_evening_before_is_not_reminded(awarded: Matter) -> None:
    visit = proposed(awarded, 4)
    late = NOW + timedelta(days=3, hours=12)
    slot = offered_slots(visit, now=late)[0]
    agree_visit.take_slot(actor=awarded.tenant, visit_id=visit.pk, slot_id=slot.pk, now=late)
    assert remind_of_visits(now=late + timedelta(hours=1)) == 0


def test_the_calendar_file_reads_back(awarded: Matter) -> None:
    from icalendar import Calendar

    visit = agreed(awarded, 4)
    event = Calendar.from_ical(visit_ics(visit, now=NOW)).walk("VEVENT")[0]
    assert event.decoded("dtstart") == visit.starts_at
    assert str(event["uid"]) == f"{visit.pk}@gewerk"
    assert "Wiebe" not in visit_ics(visit, now=NOW).decode()
    agree_visit.cancel_visit(actor=awarded.staff, visit_id=visit.pk, reason="Erledigt", now=NOW)
    visit.refresh_from_db()
    gone = Calendar.from_ical(visit_ics(visit, now=NOW))
    assert (str(gone["method"]), str(gone.walk("VEVENT")[0]["status"])) == ("CANCEL", "CANCELLED")


def test_the_calendar_shows_local_days(awarded: Matter, django_assert_num_queries: object) -> None:
    from zoneinfo import ZoneInfo

    visit = agreed(awarded, 4)
    assert visit.starts_at is not None
    day = visit.starts_at.date()
    found = calendar(awarded.staff, first=day, last=day, zone=ZoneInfo("Europe/Berlin"), now=NOW)
    assert found == [visit]
    before = day - timedelta(days=1)
    assert not calendar(awarded.staff, first=before, last=before, zone=ZoneInfo("Europe/Berlin"), now=NOW)
