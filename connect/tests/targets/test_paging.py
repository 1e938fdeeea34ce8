"""Lists that page in other ways, end early, move while they are read, or do not page at all."""

from typing import Any

import pytest
from gewerk_client import NotFound, Unavailable
from gewerk_connect.push import TargetError
from gewerk_connect.targets.plentific.mapping_file import Paging
from gewerk_connect.targets.plentific.paging import pages

ROWS = [{"uuid": str(number)} for number in range(7)]


class Server:
    """Hands out ``ROWS`` in pages of 3 as ``style`` does."""

    def __init__(self, style: str, *, total: int | None = None, cap: int = 3) -> None:
        self.style, self.total, self.cap = style, total, cap
        self.asked: list[dict[str, str]] = []

    def __call__(self, params: dict[str, str]) -> Any:
        self.asked.append(params)
        start = {
            "offset": lambda: int(params["at"]),
            "page": lambda: (int(params["at"]) - 1) * 3,
            "cursor": lambda: int(params.get("at", 0)),
            "next": lambda: int(params.get("after", 0)),
        }[self.style]()
        if self.style == "page" and start >= len(ROWS):
            raise NotFound("page")
        items = ROWS[start : start + self.cap]
        more = start + self.cap < len(ROWS)
        answer: dict[str, Any] = {"data": {"items": items}}
        if self.total is not None:
            answer["total"] = self.total
        if self.style == "cursor":
            answer["next"] = str(start + self.cap) if more else None
        if self.style == "next":
            answer["next"] = f"https://elsewhere.example/x?after={start + self.cap}" if more else None
        return answer


def paging(style: str, **options: Any) -> Paging:
    return Paging(style=style, position="at", limit="size", size=3, items="data.items", next="next", **options)


def read(server: Any, rule: Paging) -> list[str]:
    return [item["uuid"] for page in pages(server, rule, {"type": "unit"}, "uuid") for item in page]


@pytest.mark.parametrize("style", ["offset", "page", "cursor", "next"])
@pytest.mark.parametrize("total", [None, 7])
def test_every_record_comes_once(style: str, total: int | None) -> None:
    server = Server(style, total=total)
    assert read(server, paging(style, total="total" if total else None)) == [row["uuid"] for row in ROWS]
    assert all(asked["type"] == "unit" and asked["size"] == "3" for asked in server.asked)


def test_a_server_that_gives_fewer_than_asked_is_read_to_its_end() -> None:
    assert len(read(Server("offset", cap=2), paging("offset"))) == 7


def test_a_list_that_ends_early_is_read_again_by_whoever_has_patience() -> None:
    with pytest.raises(Unavailable):
        read(Server("cursor", total=9), paging("cursor", total="total"))


def test_the_same_page_again_and_again_stops() -> None:
    with pytest.raises(TargetError) as caught:
        read(lambda _params: {"data": {"items": ROWS[:3]}}, paging("offset"))
    assert "[paging]" in caught.value.de


def test_records_elsewhere_in_the_answer_are_named() -> None:
    with pytest.raises(TargetError) as caught:
        read(lambda _params: {"results": ROWS}, paging("offset"))
    assert "data.items" in caught.value.de


def test_the_answer_itself_may_be_the_list() -> None:
    rule = Paging(style="offset", position="at", items="")
    assert read(lambda params: ROWS[int(params["at"]) :], rule) == [row["uuid"] for row in ROWS]


def test_a_record_that_moves_to_the_next_page_is_no_reason_to_stop() -> None:
    answers = iter([ROWS[0:3], ROWS[2:5], ROWS[5:7], []])
    assert len(read(lambda _params: {"data": {"items": next(answers)}}, paging("offset"))) == 8
