"""The manager's pages of orders: each renders for each role, each form takes what is right and says what is wrong without losing a word."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from gewerk.firms.models import ListedFirm
from gewerk.projects.items import Line
from gewerk.projects.models import Approval, Variation, WorkOrder
from gewerk.projects.operations import approvals
from gewerk.projects.operations.limits import set_limit
from gewerk.projects.operations.variations import ask_for_variation, refuse_variation
from gewerk.projects.states import State

from .conftest import EDITING, MANAGING, World, html_of, text_of

ITEM = {
    "item-text": "Eckventil",
    "item-quantity": "1,5",
    "item-unit": "Stk",
    "item-price": "24,50",
    "item-rate": "19",
    "item-kind": "material",
    "item-agreed": "",
}


def addresses(world: World, order: WorkOrder) -> dict[str, tuple[str, ...]]:
    """Every page that shows something -> who may open it."""
    of_order = [order.pk]
    approval = Approval.objects.get()
    variation = Variation.objects.get()
    ticket = world.ticket()
    return {
        reverse("orders"): MANAGING,
        reverse("orders") + "?state=all&columns=title.number.state.urgency.trade.claim&sort=-committed": MANAGING,
        reverse("new_order"): EDITING,
        reverse("new_order") + "?q=linde": EDITING,
        reverse("new_order") + f"?unit={world.unit.pk}": EDITING,
        reverse("new_order") + f"?ticket={ticket.pk}": EDITING,
        reverse("new_order") + f"?recall={order.pk}": EDITING,
        reverse("order", args=of_order): MANAGING,
        reverse("order", args=of_order) + "?kind=money": MANAGING,
        reverse("edit_order", args=of_order): EDITING,
        reverse("order_items", args=of_order): EDITING,
        reverse("award_order", args=of_order): EDITING,
        reverse("award_ticket", args=[ticket.pk]): EDITING,
        reverse("step_order", args=[order.pk, "cancel"]): MANAGING,
        reverse("step_order", args=[order.pk, "accept"]): MANAGING,
        reverse("order_defects", args=of_order): EDITING,
        reverse("order_invoice", args=of_order): MANAGING,
        reverse("new_variation", args=of_order): EDITING,
        reverse("order_sheet", args=of_order): MANAGING,
        reverse("order_insurance", args=of_order): MANAGING,
        reverse("variation", args=[variation.pk]): MANAGING,
        reverse("approvals"): MANAGING,
        reverse("approvals") + "?all": MANAGING,
        reverse("approval", args=[approval.pk]): MANAGING,
        reverse("spending_limits"): MANAGING,
        reverse("assign_orders") + f"?id={order.pk}": EDITING,
    }


def test_every_page_renders_for_whoever_may_open_it(world: World) -> None:
    order = world.full_order()
    set_limit(actor=world.actor("admin"), role="housing_officer", amount_minor=0, now=timezone.now())
    approvals.ask_for_variation(
        actor=world.actor("housing_officer"), variation_id=Variation.objects.get().pk, now=timezone.now()
    )
    wrong = []
    for address, roles in addresses(world, order).items():
        for role in (*MANAGING, "caretaker", "firm"):
            status = world.as_(role).get(address).status_code
            expected = {200} if role in roles else {403, 404}
            # Whoever has the order prints its sheet, too.
            expected |= {200} if address.endswith("sheet.pdf") and role == "firm" else set()
            if status not in expected:
                wrong.append((address, role, status))
    assert wrong == []


def test_without_anything_every_list_says_how_to_fill_it(empty: World) -> None:
    for role in MANAGING:
        browser = empty.as_(role)
        assert "Neuer Auftrag" in text_of(browser.get(reverse("orders"))) or role == "finance_officer"
        for name in ("orders", "approvals", "spending_limits"):
            assert browser.get(reverse(name)).status_code == 200, (role, name)
    assert "Objekt" in text_of(empty.as_("admin").get(reverse("new_order")))


@pytest.mark.parametrize("in_house", [False, True])
def test_the_page_of_an_order_says_what_comes_next_in_every_state(world: World, in_house: bool) -> None:
    never = {"tendering", "quoted", "invoiced", "paid"} if in_house else set()
    for state in State.values:
        if state in never:
            continue
        order = world.order(state, in_house=in_house)
        for role in ("admin", "finance_officer"):
            answer = world.as_(role).get(reverse("order", args=[order.pk]))
            assert answer.status_code == 200, (state, role)
            text = text_of(answer)
            assert "Wasserhahn tropft" in text
            over = state in {"paid", "cancelled"} or (in_house and state == "accepted")
            assert "Sie sind am Zug" in text or "turn-others" in html_of(answer) or over, (state, role)


def test_the_lists_ask_as_often_for_twelve_as_for_one(world: World) -> None:
    world.full_order()
    asked = {address: world.queries("admin", address) for address in ("/orders/?state=all", "/approvals/?all")}
    for _more in range(11):
        world.full_order()
    assert {address: world.queries("admin", address) for address in asked} == asked


def test_the_page_of_an_order_asks_as_often_for_much_as_for_little(world: World) -> None:
    little, much = world.full_order(), world.full_order()
    common: dict[str, Any] = {"order_id": much.pk, "now": timezone.now()}
    for _more in range(6):
        for open_ in Variation.objects.filter(order=much, state="asked"):
            refuse_variation(actor=world.actor("admin"), variation_id=open_.pk, reason="Nein", now=timezone.now())
        lines = [Line("Rohr", 1_000, "m", 500, 1_900) for _line in range(4)]
        ask_for_variation(actor=world.actor("firm"), reason="Mehr Rohr", lines=lines, **common)
    first, second = (world.queries("admin", reverse("order", args=[one.pk])) for one in (little, much))
    assert first == second


# ------------------------------------------------------------------------------------------------------------- forms


def test_a_new_order_is_begun_or_what_is_wrong_stands_at_its_field(world: World) -> None:
    browser, page = world.as_("housing_officer"), reverse("new_order") + f"?unit={world.unit.pk}"
    sent = {"unit": str(world.unit.pk), "unit_id": str(world.unit.pk), "urgency": "urgent", "text": "Bitte bald."}
    wrong = browser.post(page, {**sent, "title": "", "budget_minor": "viel", "contact_email": "keine"})
    assert wrong.status_code == 422
    for kept in ("Bitte bald.", 'value="viel"', 'value="keine"'):
        assert kept in html_of(wrong), kept
    text = text_of(wrong)
    assert "Das ist kein Betrag. Schreiben Sie ihn so: 1.234,56." in text
    assert "Bitte prüfen Sie Ihre Angaben" in text
    assert not WorkOrder.objects.exists()
    good = browser.post(page, {**sent, "title": "Tür klemmt", "budget_minor": "1.250,00", "trade": "joinery"})
    order = WorkOrder.objects.get()
    assert good.url == reverse("order", args=[order.pk])
    assert (order.title, order.urgency, order.budget_minor, order.unit) == ("Tür klemmt", "urgent", 125_000, world.unit)


def test_an_order_is_changed_or_nothing_typed_is_lost(world: World) -> None:
    order = world.order("draft")
    browser, page = world.as_("housing_officer"), reverse("edit_order", args=[order.pk])
    sent = {"version": order.version, "urgency": "low", "title": "Hahn und Ventil", "account_code": "4210"}
    wrong = browser.post(page, {**sent, "due_date": "32.13.2026"})
    assert wrong.status_code == 422
    assert 'value="4210"' in html_of(wrong)
    assert "32.13.2026" in html_of(wrong)
    stale = browser.post(page, {**sent, "version": order.version - 1})
    assert stale.status_code == 412
    assert 'value="Hahn und Ventil"' in html_of(stale)
    assert browser.post(page, sent).status_code == 302
    order.refresh_from_db()
    assert (order.title, order.account_code, order.urgency) == ("Hahn und Ventil", "4210", "low")


def test_items_are_set_or_each_cell_says_what_is_wrong(world: World) -> None:
    order = world.order("draft")
    browser, page = world.as_("admin"), reverse("order_items", args=[order.pk])
    wrong = browser.post(page, {**ITEM, "version": order.version, "item-quantity": "viele", "item-price": "teuer"})
    assert wrong.status_code == 422
    for kept in ("Eckventil", 'value="viele"', 'value="teuer"'):
        assert kept in html_of(wrong), kept
    assert "Das ist keine Menge. Schreiben Sie sie so: 1,5." in text_of(wrong)
    assert "Das ist kein Betrag. Schreiben Sie ihn so: 1.234,56." in text_of(wrong)
    more = browser.post(page, {**ITEM, "more": "yes"})
    assert (more.status_code, "Eckventil" in html_of(more)) == (200, True)
    price = world.price(text="Hahn tauschen")
    taken = browser.post(page, {**ITEM, "take": str(price.pk)})
    assert "Eckventil" in html_of(taken)
    assert "Hahn tauschen" in html_of(taken)
    assert browser.post(page, {**ITEM, "version": order.version - 1}).status_code == 412
    assert browser.post(page, {**ITEM, "version": order.version}).status_code == 302
    order.refresh_from_db()
    assert (order.items.get().text, order.items_net_minor) == ("Eckventil", 3_675)


def test_an_award_needs_somebody_and_a_sum(world: World) -> None:
    ticket, price = world.ticket(category="water.tap"), world.price()
    browser, page = world.as_("housing_officer"), reverse("award_ticket", args=[ticket.pk])
    shown = html_of(browser.get(page))
    assert f'value="price:{price.pk}" checked' in shown, "what usually fits is chosen"
    for sent, said in (
        ({"to": ""}, "Wählen Sie, an wen der Auftrag geht."),
        ({"to": f"firm:{world.firm.pk}"}, "Geben Sie an, bis zu welchem Nettobetrag"),
        ({"to": f"firm:{world.firm.pk}", "ceiling": "viel"}, "Das ist kein Betrag."),
        ({"to": f"price:{price.pk}", "quantity": "0"}, "Das ist keine Menge."),
    ):
        answer = browser.post(page, sent)
        assert answer.status_code == 422, sent
        assert said in text_of(answer), sent
        assert f'value="{sent.get("ceiling", "")}"' in html_of(answer)
    ListedFirm.objects.update(standing="blocked", blocked_reason="Pfusch")
    blocked = browser.post(page, {"to": f"price:{price.pk}", "quantity": "1"})
    assert blocked.status_code == 422
    assert not WorkOrder.objects.exists(), "nothing half done is left"
    ListedFirm.objects.update(standing="approved", blocked_reason="")
    assert browser.post(page, {"to": f"price:{price.pk}", "quantity": "2"}).status_code == 302
    assert WorkOrder.objects.get().items_net_minor == 9_800


@pytest.mark.parametrize("to", ["firm", "crew"])
def test_a_draft_is_awarded_to_a_firm_or_own_people(world: World, to: str) -> None:
    order = world.order("draft")
    target = world.firm.pk if to == "firm" else world.crew.pk
    page = reverse("award_order", args=[order.pk])
    sent = {"to": f"{to}:{target}", "version": order.version, "comment": "Schlüssel beim Hausmeister"}
    assert world.as_("admin").post(page, sent).status_code == 302
    order.refresh_from_db()
    assert order.state == "awarded"
    again = world.as_("admin").post(page, {**sent, "version": order.version})
    assert again.status_code == 422
    assert "nicht möglich" in text_of(again)
    assert "Schlüssel beim Hausmeister" in html_of(again)


def test_above_the_limit_an_approval_is_asked_for_and_awards(world: World) -> None:
    set_limit(actor=world.actor("admin"), role="housing_officer", amount_minor=5_000, now=timezone.now())
    order = world.order("draft")
    award = reverse("award_order", args=[order.pk])
    asked = world.as_("housing_officer").post(award, {"to": f"firm:{world.firm.pk}"}, follow=True)
    assert "Um Freigabe ist gebeten" in text_of(asked)
    approval = Approval.objects.get()
    page = reverse("approval", args=[approval.pk])
    refused = world.as_("admin").post(page, {"refuse": "yes", "reason": ""})
    assert refused.status_code == 422
    assert world.as_("admin").post(page, {"approve": "yes"}).status_code == 302
    order.refresh_from_db()
    assert order.state == "awarded"


def test_the_start_page_says_what_waits_for_whom(world: World) -> None:
    set_limit(actor=world.actor("admin"), role="housing_officer", amount_minor=5_000, now=timezone.now())
    order = world.order("draft")
    award = reverse("award_order", args=[order.pk])
    assert award in html_of(world.as_("housing_officer").get("/"))
    world.as_("housing_officer").post(award, {"to": f"firm:{world.firm.pk}"})
    page = reverse("approval", args=[Approval.objects.get().pk])
    assert page in html_of(world.as_("admin").get("/"))
    asked = html_of(world.as_("housing_officer").get("/"))
    assert page not in asked
    assert award not in asked


@pytest.mark.parametrize(
    ("step", "state", "after"),
    [
        ("cancel", "awarded", "cancelled"),
        ("withdraw_award", "awarded", "draft"),
        ("reject_invoice", "invoiced", "accepted"),
    ],
)
def test_steps_that_need_words_ask_for_them(world: World, step: str, state: str, after: str) -> None:
    order = world.order(state)
    browser, page = world.as_("admin"), reverse("step_order", args=[order.pk, step])
    assert browser.get(page).status_code == 200
    wrong = browser.post(page, {"reason": "  "})
    assert wrong.status_code == 422
    assert "field-error" in html_of(wrong)
    assert browser.post(page, {"reason": "Darum"}).status_code == 302
    order.refresh_from_db()
    assert order.state == after


def test_steps_of_one_click_and_steps_that_are_none(world: World) -> None:
    order = world.order("awarded")
    browser = world.as_("admin")
    assert browser.get(reverse("step_order", args=[order.pk, "start"])).status_code == 302
    for key in ("award", "complain", "fly"):
        assert browser.post(reverse("step_order", args=[order.pk, key])).status_code == 404
    browser.post(reverse("step_order", args=[order.pk, "start"]), {"version": order.version})
    late = browser.post(reverse("step_order", args=[order.pk, "finish"]), {"version": order.version}, follow=True)
    assert "inzwischen geändert" in text_of(late)
    order.refresh_from_db()
    assert order.state == "in_progress"


def test_work_is_accepted_with_its_warranty_or_complained_of(world: World) -> None:
    order = world.order("done")
    browser, page = world.as_("housing_manager"), reverse("step_order", args=[order.pk, "accept"])
    wrong = browser.post(page, {"warranty_until": "bald", "reason": "Sauber gearbeitet"})
    assert wrong.status_code == 422
    assert "Sauber gearbeitet" in html_of(wrong)
    assert browser.post(page, {"warranty_until": "2031-12-01"}).status_code == 302
    order.refresh_from_db()
    assert (order.state, str(order.warranty_until_date)) == ("accepted", "2031-12-01")


def test_defects_need_a_text_and_a_day_each(world: World) -> None:
    order = world.order("done")
    browser, page = world.as_("admin"), reverse("order_defects", args=[order.pk])
    day = (timezone.localdate() + timedelta(days=7)).isoformat()
    nothing = browser.post(page, {"text": ["", ""], "due": [day, day]})
    assert nothing.status_code == 422
    assert "Sagen Sie, was mangelhaft ist" in text_of(nothing)
    for due in ("", "bald"):
        no_day = browser.post(page, {"text": ["Fuge offen", "Hahn locker"], "due": [day, due]})
        assert no_day.status_code == 422, "the second defect is not dropped in silence"
        assert "Hahn locker" in html_of(no_day)
        assert "Fuge offen" in html_of(no_day)
    order.refresh_from_db()
    assert order.state == "done"
    gone = browser.post(page, {"text": ["Fuge offen"], "due": ["2020-01-01"]})
    assert "Dieser Tag ist schon vorbei." in text_of(gone)
    assert browser.post(page, {"text": ["Fuge offen", "Hahn locker", ""], "due": [day, day, day]}).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.defects.count()) == ("in_progress", 2)


def test_an_invoice_is_an_amount(world: World) -> None:
    order = world.order("accepted")
    browser, page = world.as_("finance_officer"), reverse("order_invoice", args=[order.pk])
    for typed in ("", "viel", "-5"):
        wrong = browser.post(page, {"amount": typed})
        assert wrong.status_code == 422, typed
        assert f'value="{typed}"' in html_of(wrong) or not typed
    assert browser.post(page, {"amount": "119,00 €"}).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.invoiced_minor) == ("invoiced", 11_900)
    assert browser.post(page, {"amount": "119,00"}).status_code == 422


def test_a_variation_is_noted_approved_refused_withdrawn(world: World) -> None:
    order = world.order("awarded")
    browser, page = world.as_("admin"), reverse("new_variation", args=[order.pk])
    wrong = browser.post(page, {**ITEM, "reason": "", "item-price": "teuer"})
    assert wrong.status_code == 422
    assert 'value="teuer"' in html_of(wrong)
    wrong = browser.post(page, {**ITEM, "reason": ""})
    assert wrong.status_code == 422
    assert "Eckventil" in html_of(wrong)
    for answer, state in (({"approve": "yes"}, "approved"), ({"withdraw": "yes"}, "withdrawn")):
        assert browser.post(page, {**ITEM, "reason": "Ventil undicht"}).status_code == 302
        one = Variation.objects.get(state="asked")
        assert browser.post(reverse("variation", args=[one.pk]), answer).status_code == 302
        one.refresh_from_db()
        assert one.state == state
    assert browser.post(page, {**ITEM, "reason": "Ventil undicht"}).status_code == 302
    one = Variation.objects.get(state="asked")
    silent = browser.post(reverse("variation", args=[one.pk]), {"refuse": "yes", "reason": ""})
    assert silent.status_code == 422
    assert browser.post(reverse("variation", args=[one.pk]), {"refuse": "yes", "reason": "Zu teuer"}).status_code == 302
    decided = browser.post(reverse("variation", args=[one.pk]), {"approve": "yes"})
    assert decided.status_code == 422


def test_limits_are_changed_by_the_administrator_alone(world: World) -> None:
    page = reverse("spending_limits")
    assert world.as_("housing_manager").post(page, {}).status_code == 403
    browser = world.as_("admin")
    wrong = browser.post(page, {"housing_officer": "viel"})
    assert (wrong.status_code, 'value="viel"' in html_of(wrong)) == (422, True)
    assert browser.post(page, {"housing_officer": "500,00"}).status_code == 302
    assert "500,00 €" in text_of(world.as_("housing_officer").get(page))


def test_files_are_added_or_said_why_not(world: World) -> None:
    order = world.order("awarded")
    page = reverse("add_order_files", args=[order.pk])
    browser = world.as_("admin")
    bad = SimpleUploadedFile("plan.jpg", b"\xff\xd8\xff\xe0 none", "image/jpeg")
    said = browser.post(page, {"photos": bad}, follow=True)
    assert "lässt sich nicht öffnen" in text_of(said)
    assert "Es wurde keine Datei ausgewählt" in text_of(browser.post(page, {}, follow=True))


def test_who_is_responsible_is_changed_for_many_at_once(world: World) -> None:
    ids = [world.order("draft").pk for _one in range(3)]
    browser, page = world.as_("admin"), reverse("assign_orders")
    wrong = browser.post(page, {"id": ids, "person": "niemand"})
    assert wrong.status_code == 422
    person = world.people["housing_manager"]
    assert browser.post(page, {"id": ids, "person": str(person.pk)}).status_code == 302
    assert set(WorkOrder.objects.values_list("responsible", flat=True)) == {person.pk}
    assert browser.post(page, {"id": [], "person": str(person.pk)}).status_code == 404


def test_the_ticket_leads_to_its_orders_and_back(world: World) -> None:
    ticket = world.ticket()
    page = reverse("ticket", args=[ticket.pk])
    browser = world.as_("housing_officer")
    award = reverse("award_ticket", args=[ticket.pk])
    assert award in html_of(browser.get(page))
    assert award not in html_of(world.as_("finance_officer").get(page))
    browser.post(award, {"to": f"crew:{world.crew.pk}"})
    order = WorkOrder.objects.get()
    answer = browser.get(page)
    assert reverse("order", args=[order.pk]) in html_of(answer)
    assert f"{order.number} ist „vergeben“" in text_of(answer)
    assert "Weiteren Auftrag erteilen" in text_of(answer)
    assert page in html_of(browser.get(reverse("order", args=[order.pk])))
