"""After the work, in German: the manager rates on the order's page, the tenant on the status page, the firm answers and appeals."""

import re
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from gewerk.identity.models import Membership, Role
from gewerk.marketplace.models import AnswerCase, Appeal, Rating
from gewerk.projects.models import OrderTicket, WorkOrder
from gewerk.tickets.links import status_token

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"
STARS = {"quality": "5", "punctuality": "4", "tidiness": "3", "price_truth": "5"}
TENANTS = {name: value for name, value in STARS.items() if name != "price_truth"}


@pytest.fixture(autouse=True)
def _no_limits_left() -> None:
    cache.clear()


def client_of(person: Any) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="de")
    client.force_login(person)
    return client


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


class Done:
    """Accepted work at a tenant's who reported it."""

    def __init__(self, factories: ModuleType) -> None:
        self.organisation = factories.organisation(name="Wohnen & Bauen")
        self.staff = client_of(factories.person(self.organisation))
        self.firm = factories.firm(self.organisation, name="Brandt Sanitär")
        self.owner = client_of(factories.person(self.firm, role=Role.FIRM))
        self.fitter = client_of(factories.person(self.firm, role=Role.FITTER))
        self.operator = client_of(factories.somebody_of_the_operator())
        place = factories.property_(self.organisation)
        unit = factories.unit(place)
        tenant = factories.tenant(unit)
        self.ticket = factories.ticket(place, unit=unit, reporter=tenant)
        self.order = factories.work_order(
            place, firm=self.firm, state="accepted", accepted_at=timezone.now(), tenant=tenant
        )
        OrderTicket.objects.create(order=self.order, ticket=self.ticket, linked_at=factories.NOW)
        person = factories.person(self.organisation, role=Role.TENANT)
        Membership.objects.filter(person=person).update(sub_property_id=tenant.pk)
        self.tenant = client_of(person)
        self.page = f"/orders/{self.order.pk}/"
        self.status = f"/status/{status_token(self.ticket)}/"

    def warned(self, **fields: Any) -> AnswerCase:
        now = timezone.now() - timedelta(days=2)
        given = {"warned_at": now, "warned_asked": 5, "warned_unanswered": 2, **fields}
        return AnswerCase.objects.create(firm=self.firm, **given)


@pytest.fixture
def done(factories: ModuleType) -> Done:
    return Done(factories)


def test_the_manager_rates_once_and_reads_the_answer(done: Done) -> None:
    assert "Diese Arbeit hat noch niemand bewertet." in text_of(done.staff.get(done.page))
    form = text_of(done.staff.get(f"{done.page}rating/"))
    assert "Preistreue" in form
    assert "Eine Bewertung bleibt, wie sie ist." in form
    saved = done.staff.post(f"{done.page}rating/", {**STARS, "text": f"Ordentlich {SCRIPT}"})
    assert (saved.status_code, saved["Location"]) == (302, f"{done.page}#ratings")
    shown = text_of(done.staff.get(done.page))
    assert "Ordentlich &lt;script&gt;" in shown
    assert SCRIPT not in shown
    assert "4 von 5" in shown
    assert f"{done.page}rating/" not in shown
    assert done.staff.get(f"{done.page}rating/").status_code == 302
    again = done.staff.post(f"{done.page}rating/", STARS)
    assert again.status_code == 422
    assert "schon bewertet" in text_of(again)
    one = Rating.objects.get()
    assert done.owner.post(f"/firm/ratings/{one.pk}/answer/", {"answer": f"Danke {SCRIPT}"}).status_code == 302
    shown = text_of(done.staff.get(done.page))
    assert "Danke &lt;script&gt;" in shown
    assert "Antwort des Betriebs" in shown


@pytest.mark.parametrize("state", ["draft", "awarded", "in_progress", "done", "cancelled"])
def test_before_the_acceptance_nobody_is_asked_and_nothing_is_kept(done: Done, state: str) -> None:
    WorkOrder.objects.filter(pk=done.order.pk).update(state=state)
    assert "rating/" not in text_of(done.staff.get(done.page))
    assert "Wie war die Arbeit?" not in text_of(done.tenant.get(f"/tenant/tickets/{done.ticket.pk}/"))
    refused = done.staff.post(f"{done.page}rating/", STARS)
    assert refused.status_code == 422
    assert "sobald die Arbeit erledigt und abgenommen ist" in text_of(refused)
    done.tenant.post(f"/tenant/tickets/{done.ticket.pk}/rating/", {**TENANTS, "order": str(done.order.pk)})
    assert not Rating.objects.exists()


def test_missing_stars_are_said_at_their_field_and_words_are_kept(done: Done) -> None:
    refused = done.staff.post(f"{done.page}rating/", {**STARS, "tidiness": "", "text": "Zu spät gekommen"})
    assert refused.status_code == 422
    assert 'href="#id_tidiness"' in text_of(refused)
    assert "Zu spät gekommen" in text_of(refused)
    for wrong in ("0", "6", "-1", "viele"):
        assert done.staff.post(f"{done.page}rating/", {**STARS, "quality": wrong}).status_code == 422
    assert not Rating.objects.exists()


def test_the_tenant_rates_by_the_link_without_a_price(done: Done) -> None:
    stranger = Client(HTTP_ACCEPT_LANGUAGE="de")
    page = text_of(stranger.get(done.status))
    assert "Wie war die Arbeit?" in page
    assert "Preistreue" not in page
    version = re.search(r"live/\?v=([^\"]+)", page)
    assert version
    refused = stranger.post(f"{done.status}rating/", {"order": str(done.order.pk), "text": "Kam zu spät"})
    assert refused.status_code == 422
    assert 'href="#id_quality"' in text_of(refused)
    assert "Kam zu spät" in text_of(refused)
    assert stranger.post(f"{done.status}rating/", {**TENANTS, "order": str(done.order.pk)}).status_code == 302
    shown = text_of(stranger.get(done.status))
    assert "Danke für Ihre Bewertung." in shown
    assert "Ihre Bewertung" in shown
    assert "Wie war die Arbeit?" not in shown
    assert stranger.get(f"{done.status}live/?v={version[1]}").status_code == 200
    done.tenant.post(f"/tenant/tickets/{done.ticket.pk}/rating/", {**TENANTS, "order": str(done.order.pk)})
    assert Rating.objects.get().price_truth is None


def test_a_foreign_order_in_the_tenants_form_is_not_rated(done: Done, factories: ModuleType) -> None:
    other = Done(factories)
    for order in (str(other.order.pk), "x", ""):
        answer = done.tenant.post(f"/tenant/tickets/{done.ticket.pk}/rating/", {**TENANTS, "order": order}, follow=True)
        assert answer.status_code == 200
    assert not Rating.objects.exists()
    assert done.tenant.get(f"/tenant/tickets/{other.ticket.pk}/").status_code == 404


def test_the_firm_reads_its_ratings_with_the_score_and_answers_once(done: Done, factories: ModuleType) -> None:
    assert "Noch keine Bewertung" in text_of(done.owner.get("/firm/ratings/"))
    done.staff.post(f"{done.page}rating/", {**STARS, "text": "Gern wieder"})
    shown = text_of(done.owner.get("/firm/ratings/"))
    for words in ("Gern wieder", "Wohnen &amp; Bauen", "von 100 Punkten", "81,3", "Wie die Punktzahl berechnet wird"):
        assert words in shown
    one = Rating.objects.get()
    url = f"/firm/ratings/{one.pk}/answer/"
    empty = done.owner.post(url, {"answer": " "})
    assert (empty.status_code, 'href="#id_answer"' in text_of(empty)) == (422, True)
    assert done.owner.post(url, {"answer": "Vielen Dank"}).status_code == 302
    assert done.owner.post(url, {"answer": "Und noch etwas"}).status_code == 422
    assert Rating.objects.get().answer == "Vielen Dank"
    assert done.fitter.get("/firm/ratings/").status_code == 403
    assert Done(factories).owner.get(url).status_code == 404


def test_the_manager_sees_the_score_and_the_limit_but_no_other_managers_words(
    done: Done, factories: ModuleType
) -> None:
    done.staff.post(f"{done.page}rating/", {**STARS, "text": "Geheime Worte"})
    other = factories.organisation()
    other_staff = client_of(factories.person(other))
    page = f"/firms/{done.firm.pk}/"
    assert "von 100 Punkten" in text_of(done.staff.get(page))
    assert other_staff.get(page).status_code == 404
    done.warned(limited_at=timezone.now(), limited_asked=6, limited_unanswered=3)
    shown = text_of(done.staff.get(page))
    assert "Beantwortet zu wenige Anfragen." in shown
    assert "Geheime Worte" not in shown


def test_a_warned_firm_appeals_and_the_operator_decides_with_a_reason(done: Done) -> None:
    assert "/firm/ratings/appeal/" not in text_of(done.owner.get("/firm/ratings/"))
    assert done.owner.get("/firm/ratings/appeal/").status_code == 302
    case = done.warned()
    shown = text_of(done.owner.get("/firm/ratings/"))
    assert "Von 5 Anfragen in 90 Tagen blieben 2 ohne Antwort." in shown
    assert "/firm/ratings/appeal/" in shown
    assert done.owner.post("/firm/ratings/appeal/", {"text": " "}).status_code == 422
    assert done.owner.post("/firm/ratings/appeal/", {"text": f"Mails kamen nicht an {SCRIPT}"}).status_code == 302
    one = Appeal.objects.get()
    assert "noch nicht entschieden" in text_of(done.owner.get("/firm/ratings/"))
    assert done.owner.post("/firm/ratings/appeal/", {"text": "Noch einmal"}).status_code == 422

    queue = text_of(done.operator.get("/operator/appeals/"))
    assert "1 Widerspruch wartet auf eine Entscheidung." in queue
    url = f"/operator/appeals/{one.pk}/"
    assert url in queue
    page = text_of(done.operator.get(url))
    assert "Mails kamen nicht an &lt;script&gt;" in page
    assert SCRIPT not in page
    assert "2 von 5 Anfragen ohne Antwort" in page
    for missing in ({"decision": "grant", "reason": " "}, {"reason": "Gern"}, {"decision": "x", "reason": "Gern"}):
        assert done.operator.post(url, missing).status_code == 422
    assert done.operator.post(url, {"decision": "grant", "reason": "Der Anbieter war gestört."}).status_code == 302
    case.refresh_from_db()
    assert case.ended_why == "appeal"
    late = done.operator.post(url, {"decision": "reject", "reason": "Doch nicht"}, follow=True)
    assert "schon entschieden" in text_of(late)
    assert "0 Widersprüche warten" in text_of(done.operator.get("/operator/appeals/?state=all"))
    for client in (done.owner, done.staff, done.tenant):
        assert client.get("/operator/appeals/").status_code == 403
        assert client.post(url, {"decision": "grant", "reason": "Gern"}).status_code == 403


def test_whoever_belongs_to_the_firm_sees_that_somebody_else_decides(done: Done, factories: ModuleType) -> None:
    done.warned()
    done.owner.post("/firm/ratings/appeal/", {"text": "Betriebsferien"})
    both = factories.somebody_of_the_operator()
    Membership.objects.create(
        person=both, organisation=done.firm, role=Role.FITTER, created_at=factories.NOW, ended_at=factories.NOW
    )
    client, url = client_of(both), f"/operator/appeals/{Appeal.objects.get().pk}/"
    assert "Jemand anderes muss entscheiden." in text_of(client.get(url))
    assert client.post(url, {"decision": "grant", "reason": "Gern"}).status_code == 403
    assert Appeal.objects.get().outcome == "open"
