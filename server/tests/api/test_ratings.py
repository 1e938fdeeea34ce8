"""Programs rate finished orders, read ratings with their answers, and reckon a firm's score again."""

from types import ModuleType
from typing import Any

import pytest
from gewerk.identity.models import Role
from gewerk.marketplace.models import Rating
from gewerk.marketplace.operations.rate_work import answer_rating
from gewerk.projects.models import WorkOrder

pytestmark = pytest.mark.django_db
STARS = {"quality": 5, "punctuality": 4, "tidiness": 3, "price_truth": 5}


@pytest.fixture
def order(api: Any, factories: ModuleType) -> WorkOrder:
    place = factories.property_(api.organisation)
    firm = factories.firm(api.organisation)
    made: WorkOrder = factories.work_order(place, firm=firm, state="accepted", accepted_at=factories.NOW)
    return made


def test_a_finished_order_is_rated_once_and_the_answer_is_read(
    api: Any, order: WorkOrder, factories: ModuleType
) -> None:
    path = f"/work-orders/{order.pk}/rating"
    made = api.post(path, {**STARS, "text": "Gut"}, Idempotency_Key="eins")
    assert made.status_code == 201, made.content
    assert api.post(path, {**STARS, "text": "Gut"}, Idempotency_Key="eins").json() == made.json()
    again = api.post(path, STARS)
    assert (again.status_code, again.json()["type"].rsplit(":", 1)[-1]) == (409, "already_rated")
    owner = factories.acting(factories.person(order.firm, Role.FIRM))
    answer_rating(actor=owner, rating_id=Rating.objects.get().pk, text="Danke", now=factories.NOW)
    (row,) = api.get(f"/ratings?work_order_id={order.pk}").json()["items"]
    assert {name: row[name] for name in STARS} == STARS
    assert (row["rated_by"], row["text"], row["answer"]) == ("manager", "Gut", "Danke")


def test_an_unfinished_order_and_wrong_stars_are_refused(api: Any, order: WorkOrder) -> None:
    path = f"/work-orders/{order.pk}/rating"
    for wrong in ({}, {**STARS, "quality": 0}, {**STARS, "tidiness": 6}, {**STARS, "quality": "5"}, {**STARS, "x": 1}):
        assert api.post(path, wrong).status_code == 422
    WorkOrder.objects.update(state="done")
    refused = api.post(path, STARS)
    assert (refused.status_code, refused.json()["type"].rsplit(":", 1)[-1]) == (409, "order_not_finished")
    assert not Rating.objects.exists()


def test_the_score_can_be_reckoned_again_from_its_parts(api: Any, order: WorkOrder) -> None:
    path = f"/firms/{order.firm_id}/score"
    assert api.get(path).json()["points"] is None
    api.post(f"/work-orders/{order.pk}/rating", STARS)
    found = api.get(path).json()
    assert found["points"] == (sum(one["weight"] * one["permille"] for one in found["parts"]) + 500) // 1000
    assert sum(one["weight"] for one in found["parts"]) == 100
    assert {one["part"]: one["results"] for one in found["parts"]}["quality"] == 1
    assert (found["ratings"], found["recalled_orders"], found["unanswered_requests"], found["limited"]) == (
        1,
        0,
        0,
        False,
    )


def test_ratings_are_paged(api: Any, factories: ModuleType) -> None:
    firm = factories.firm(api.organisation)
    for _ in range(3):
        place = factories.property_(api.organisation)
        order = factories.work_order(place, firm=firm, state="paid", accepted_at=factories.NOW)
        assert api.post(f"/work-orders/{order.pk}/rating", STARS).status_code == 201
    first = api.get(f"/ratings?firm_id={firm.pk}&limit=2").json()
    rest = api.get(f"/ratings?firm_id={firm.pk}&limit=2&cursor={first['next_cursor']}").json()
    assert len({one["id"] for one in (*first["items"], *rest["items"])}) == 3
    assert rest["next_cursor"] is None


def test_others_find_nothing(api: Any, api_for: Any, order: WorkOrder) -> None:
    api.post(f"/work-orders/{order.pk}/rating", STARS)
    other = api_for()
    assert other.get("/ratings").json()["items"] == []
    assert other.get(f"/ratings?firm_id={order.firm_id}").json()["items"] == []
    assert other.get(f"/firms/{order.firm_id}/score").status_code == 404
    assert other.post(f"/work-orders/{order.pk}/rating", STARS).status_code == 404
    reads = api_for(api.organisation, scope="read")
    assert len(reads.get("/ratings").json()["items"]) == 1
    assert reads.post(f"/work-orders/{order.pk}/rating", STARS).status_code == 403
    limited = api_for(api.organisation, client_number="2")
    assert limited.get("/ratings").json()["items"] == []
