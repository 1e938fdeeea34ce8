"""Who hears of ratings, of the 15 % rule and of appeals: over a real mail server, in German, without what somebody wrote of somebody."""

from datetime import timedelta
from types import ModuleType

import pytest
from gewerk.marketplace.models import ASPECTS, AnswerCase
from gewerk.marketplace.operations.appeals import appeal, decide_appeal
from gewerk.marketplace.operations.rate_work import answer_rating, rate_as_manager
from gewerk.marketplace.operations.watch_answers import watch_answers
from gewerk.outreach.models import Mail
from gewerk.outreach.operations.compose import compose_due_mails
from gewerk.outreach.operations.send import send_due_mails

from .conftest import Mailbox, subject_of, text_of

pytestmark = pytest.mark.django_db
FIRM, STAFF = "chef@brandt.example", "krueger@example.org"


def arrived(box: Mailbox, factories: ModuleType, **later: int) -> list[tuple[str, str, str]]:
    """(to, subject, text) of what came since the last look."""
    now = factories.NOW + timedelta(**later)
    compose_due_mails(now=now)
    send_due_mails(now=now)
    found = [(str(one["To"]), subject_of(one), text_of(one)) for one in box.arrived]
    box.arrived.clear()
    return found


def test_the_firm_hears_that_it_was_rated_and_the_manager_that_it_answered(
    factories: ModuleType, mailbox: Mailbox
) -> None:
    manager = factories.organisation(name="Wohnen & Bauen")
    staff = factories.person(manager, email=STAFF)
    firm = factories.firm(manager, name="Brandt Sanitär")
    owner = factories.acting(factories.person(firm, role="firm", email=FIRM))
    place = factories.property_(manager, responsible=staff)
    order = factories.work_order(place, title="Hahn tropft", firm=firm, state="accepted", accepted_at=factories.NOW)
    arrived(mailbox, factories)
    rating = rate_as_manager(
        actor=factories.acting(staff),
        order_id=order.pk,
        stars=dict.fromkeys(ASPECTS, 2),
        text="Schmutzig hinterlassen",
        now=factories.NOW,
    )
    ((to, subject, text),) = arrived(mailbox, factories, minutes=1)
    assert (to, subject) == (FIRM, "Ihre Arbeit wurde bewertet: Hahn tropft")
    assert "Wohnen & Bauen hat Ihre Arbeit" in text
    assert "/firm/ratings/" in text
    assert "Schmutzig" not in text
    answer_rating(actor=owner, rating_id=rating.pk, text="Das stimmt nicht.", now=factories.NOW)
    ((to, subject, text),) = arrived(mailbox, factories, minutes=2)
    assert (to, subject) == (STAFF, "Brandt Sanitär hat auf die Bewertung geantwortet: Hahn tropft")
    assert f"/orders/{order.pk}/" in text
    assert "stimmt nicht" not in text


def test_warning_limit_appeal_and_decision_are_told_each_once(factories: ModuleType, mailbox: Mailbox) -> None:
    manager = factories.organisation()
    firm = factories.firm(manager)
    owner = factories.acting(factories.person(firm, role="firm", email=FIRM))
    operator = factories.acting(factories.somebody_of_the_operator())
    for _ in range(2):
        place = factories.property_(manager)
        factories.opened(factories.quote_request(factories.work_order(place), firm))
    now = factories.NOW + timedelta(days=8)
    watch_answers(now=now)
    watch_answers(now=now + timedelta(hours=1))
    told = [one for one in arrived(mailbox, factories, days=9) if "eantworten" in one[1]]
    ((to, subject, text),) = told
    assert (to, subject) == (FIRM, "Bitte beantworten Sie Anfragen")
    assert "Von 2 Anfragen der letzten 90 Tage blieben 2 ohne Antwort. Mehr als 15 % sind zu viel" in text
    assert "Das ist eine Verwarnung" in text
    assert "Widerspruch einlegen" in text

    AnswerCase.objects.update(warned_at=factories.NOW - timedelta(days=1))
    watch_answers(now=now + timedelta(hours=2))
    ((to, subject, text),) = arrived(mailbox, factories, days=9, hours=1)
    assert (to, subject) == (FIRM, "Ihre neuen Anfragen sind begrenzt")
    assert "höchstens 2 laufende Anfragen" in text

    made = appeal(actor=owner, text="Unsere Mails kamen nicht an", now=now)
    decide_appeal(actor=operator, appeal_id=made.pk, grant=True, reason="Ihr Anbieter war gestört.", now=now)
    ((to, subject, text),) = arrived(mailbox, factories, days=9, hours=2)
    assert (to, subject) == (FIRM, "Ihrem Widerspruch wurde stattgegeben")
    assert "Ihr Anbieter war gestört." in text
    assert "kamen nicht an" not in text
    assert Mail.objects.filter(recipient=FIRM, subject__contains="begrenzt").count() == 1


def test_a_firm_that_answers_again_is_told_that_it_is_free(factories: ModuleType, mailbox: Mailbox) -> None:
    firm = factories.firm()
    factories.person(firm, role="firm", email=FIRM)
    AnswerCase.objects.create(firm=firm, warned_at=factories.NOW, warned_asked=4, warned_unanswered=1)
    watch_answers(now=factories.NOW + timedelta(days=1))
    ((to, subject, text),) = arrived(mailbox, factories, days=1)
    assert (to, subject) == (FIRM, "Keine Verwarnung und keine Begrenzung mehr")
    assert "Widerspruch" not in text
