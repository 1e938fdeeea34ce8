"""The OData that RELion and SAP speak: filters mean what they say, pages add up, and what is not understood is refused."""

import operator
from collections.abc import Callable
from datetime import UTC
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from erp_client import ErpClient, Row, loaded
from gewerk_connect.sim import SimulatedErp
from gewerk_connect.sim.listing import Listing, page_at, start_after
from gewerk_connect.sim.odata.filter import parse_filter
from gewerk_connect.sim.odata.options import Order
from gewerk_connect.sim.odata.pages import narrowed
from gewerk_connect.sim.request import Refused
from hypothesis import given, settings
from hypothesis import strategies as st

FIELDS = ("number", "area", "systemModifiedAt")
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
texts = st.text(alphabet="aZ0'\" ()/|äß-", max_size=6)
numbers = st.integers(-5, 5) | st.floats(-5, 5).map(lambda value: round(value, 2))
moments = st.datetimes(timezones=st.just(UTC))
comparisons = st.lists(
    st.tuples(st.just("number"), st.sampled_from([*COMPARE]), texts)
    | st.tuples(st.just("area"), st.sampled_from([*COMPARE]), numbers)
    | st.tuples(st.just("systemModifiedAt"), st.sampled_from([*COMPARE]), moments),
    min_size=1,
    max_size=4,
)


def literal(value: Any) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, int | float):
        return format(value, "f") if isinstance(value, float) else str(value)
    return str(value.isoformat().replace("+00:00", "Z"))


@settings(deadline=None)
@given(wanted=comparisons, number=texts, area=numbers, at=moments, brackets=st.booleans())
def test_a_filter_means_what_it_says(
    wanted: list[tuple[str, str, Any]], number: str, area: float, at: Any, brackets: bool
) -> None:
    text = " and ".join(f"{field} {compare} {literal(value)}" for field, compare, value in wanted)
    parsed = parse_filter(f"({text})" if brackets else text, FIELDS, ("systemModifiedAt",))
    row = {"number": number, "area": area, "systemModifiedAt": at.isoformat()}
    values = {"number": number, "area": area, "systemModifiedAt": at}
    assert [one.holds(row) for one in parsed] == [COMPARE[compare](values[f], value) for f, compare, value in wanted]


@settings(deadline=None)
@given(st.text(alphabet="numberaeqgtand()' .0-5:TZsystemModifiedAt", max_size=40) | st.text(max_size=20))
def test_whatever_is_sent_as_a_filter_is_understood_or_refused(text: str) -> None:
    try:
        parsed = parse_filter(text, FIELDS, ("systemModifiedAt",))
    except Refused:
        return
    row = {"number": "1", "area": 2.5, "systemModifiedAt": "2026-11-22T02:00:00.000Z"}
    assert {type(one.holds(row)) for one in parsed} == {bool}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "number",
            "number eq",
            "eq '1'",
            "number eq '1' or number eq '2'",
            "not number eq '1'",
            "number eq '1' and",
        ),
        *(
            "contains(number,'1')",
            "startswith(number,'1') eq true",
            "number eq number",
            "'1' eq number",
            "(number eq '1'",
        ),
        *("number eq '1')", "number is '1'", "price eq 1", "number eq '1' number eq '2'", "number eq 'it's'"),
        *("systemModifiedAt gt '2026-11-22'", "systemModifiedAt gt 2026-11-22", "number gt 2026-11-22T02:00:00Z"),
        *("systemModifiedAt gt 2026-13-22T02:00:00Z", "systemModifiedAt gt 2026-11-22T02:00:00", "area add 1 eq 2"),
        *("number in ('1','2')", "systemModifiedAt eq null", "area eq 1.2.3", "number EQ '1'"),
    ],
)
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_filter(text, FIELDS, ("systemModifiedAt",))
    assert refused.value.status == 400


def test_values_of_another_kind_are_different_and_neither_more_nor_less() -> None:
    def holds(text: str, value: Any) -> bool:
        return parse_filter(text, ("area",), ())[0].holds({"area": value})

    assert [holds(f"area {compare} 5", "acht") for compare in COMPARE] == [False, True, False, False, False, False]
    assert [holds(f"area {compare} 5", None) for compare in COMPARE] == [False, True, False, False, False, False]
    assert [holds(f"area {compare} null", None) for compare in COMPARE] == [True, False, False, False, False, False]
    assert [holds(f"area {compare} null", 5) for compare in COMPARE] == [False, True, False, False, False, False]


def listing(rows: list[tuple[str, Any]]) -> Listing:
    """Rows of a key and a value; a key may stand there more than once."""
    ordered = sorted(rows, key=lambda row: row[0])
    return Listing(ordered, lambda row: row[:1], lambda row, twin: {"number": row[0], "area": row[1], "twin": twin})


some_rows = st.lists(st.tuples(st.sampled_from(["1", "10", "2", "", "ä"]), st.none() | numbers | texts), max_size=25)
orders = st.lists(st.builds(Order, st.sampled_from(["number", "area"]), st.booleans()), max_size=2).map(tuple)
filters = st.sampled_from(["", "area gt 0", "number ne '2'", "area eq null", "area lt 0 and number eq '1'"])


def all_pages(of: Listing, size: int) -> list[Row]:
    found, start = [], 0
    while True:
        page = page_at(of, start, size)
        found += page.rows
        assert len(found) <= page.total, "a cursor does not go on"
        if page.cursor is None:
            assert page.total == len(found)
            return found
        start = start_after(of, page.cursor)


@settings(deadline=None)
@given(rows=some_rows, order=orders, chosen=filters, size=st.integers(1, 7))
def test_all_pages_together_are_the_rows_chosen_in_the_order_asked_for(
    rows: list[tuple[str, Any]], order: tuple[Order, ...], chosen: str, size: int
) -> None:
    whole = listing(rows)
    comparisons = parse_filter(chosen, ("number", "area"), ()) if chosen else ()
    found = all_pages(narrowed(whole, comparisons, order), size)

    everything = all_pages(whole, len(rows) + 1)
    expected = [row for row in everything if all(one.holds(row) for one in comparisons)]

    def rank(value: Any) -> tuple[int, Any]:
        return (0, 0) if value is None else (2, value) if isinstance(value, str) else (1, value)

    for by in reversed(order):  # sorting is stable: the key decides among equals, whichever way a field is sorted
        expected.sort(key=lambda row, field=by.field: rank(row[field]), reverse=by.descending)
    assert found == expected


@settings(deadline=None)
@given(rows=some_rows, size=st.integers(1, 5), gone=st.sets(st.integers(0, 24)), new=some_rows)
def test_a_cursor_stays_valid_when_rows_come_and_go(
    rows: list[tuple[str, Any]], size: int, gone: set[int], new: list[tuple[str, Any]]
) -> None:
    """What was there before and after is told once if no row with the cursor's own key came or went."""
    before = listing(rows)
    page = page_at(before, 0, size)
    if page.cursor is None:
        return
    last = page.rows[-1]["number"]
    kept = [row for place, row in enumerate(before.rows) if place not in gone or row[0] == last]
    after = listing([*kept, *(row for row in new if row[0] != last)])
    rest = after.rows[start_after(after, page.cursor) :]
    assert [row for row in rest if row in before.rows] == [
        row for row in after.rows if row in before.rows and (row[0] >= last)
    ][sum(row["number"] == last for row in page.rows) :]


class Counted(list[Any]):
    looked_at = 0

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        self.looked_at += len(found) if isinstance(place, slice) else 1
        return found


@settings(deadline=None)
@given(start=st.integers(0, 100_000), size=st.integers(1, 200))
def test_a_page_of_a_large_listing_looks_at_its_own_rows_and_a_few_more(start: int, size: int) -> None:
    rows = LARGE
    rows.looked_at = 0
    of = Listing(rows, lambda row: (row,), lambda row, _: {"number": row})
    page = page_at(of, start, size)
    if page.cursor:
        start_after(of, page.cursor)
    assert rows.looked_at <= size + 60  # bisection: twice seventeen, and seventeen for the twins


LARGE = Counted(f"{number:06}" for number in range(100_000))


# over HTTP


@pytest.fixture
def relion(client: ErpClient) -> Callable[..., Any]:
    def ask(resource: str, *, status: int = 200, prefer: int | None = None, **query: Any) -> Any:
        headers = {"Prefer": f"odata.maxpagesize={prefer}"} if prefer is not None else {}
        sent = {f"${name}": value for name, value in query.items()}
        answer = client.get("relion-one", client.address("relion-one", resource), headers=headers, **sent)
        assert answer.status_code == status, answer.text
        return answer.json()

    return ask


Ask = Callable[..., Any]


def test_only_what_changed_since_a_time_is_listed(relion: Ask, client: ErpClient) -> None:
    since = relion("units")["value"][0]["systemModifiedAt"]
    total = relion("units", count="true", top=0)["@odata.count"]
    key = {"Mandant": "1", "WIE-Nr": "638", "Objekt-Nr": "60", "VE-Nr": "2"}
    client.http.patch("/_sim/rows/verwaltungseinheiten", json={"key": key, "set": {"Etage/Lage": "EG"}})
    changed = relion("units", filter=f"systemModifiedAt gt {since}", count="true")
    assert (changed["@odata.count"], [row["number"] for row in changed["value"]]) == (1, ["2"])
    assert relion("units", filter=f"systemModifiedAt ge {since}", count="true", top=0)["@odata.count"] == total
    latest = changed["value"][0]["systemModifiedAt"]
    assert relion("units", filter=f"systemModifiedAt gt {latest}")["value"] == []
    both = relion("units", filter=f"systemModifiedAt ge {latest} and objectNumber eq '60'")
    assert both["value"] == changed["value"]


def test_a_row_is_found_by_its_key_and_by_its_id(relion: Ask) -> None:
    found = relion("units", filter="economicUnitNumber eq '638' and objectNumber eq '60' and number eq '2'")["value"]
    assert len(found) == 1
    assert relion("units", filter=f"systemId eq {found[0]['systemId']}")["value"] == found


def test_the_building_that_stands_twice_has_two_ids_also_in_a_filter(relion: Ask) -> None:
    rows = relion("buildings", filter="number eq '60'")["value"]
    assert len({row["systemId"] for row in rows}) == 2
    assert [row for row in relion("buildings")["value"] if row["number"] == "60"] == rows
    assert relion("buildings", filter=f"systemId eq {rows[1]['systemId']}")["value"] == rows[1:]


def follow(client: ErpClient, body: Any, prefer: int | None = None) -> tuple[list[Row], list[int]]:
    rows, sizes = list(body["value"]), [len(body["value"])]
    while link := body.get("@odata.nextLink"):
        headers = {"Prefer": f"odata.maxpagesize={prefer}"} if prefer else {}
        body = client.get("relion-one", link, headers=headers).raise_for_status().json()
        rows += body["value"]
        sizes.append(len(body["value"]))
    return rows, sizes


def test_top_and_skip_count_before_the_pages(relion: Ask, client: ErpClient) -> None:
    everything = client.rows("relion-one", "units")
    everything = [{k: v for k, v in row.items() if k != "company"} for row in everything if row["company"] == "1"]
    body = relion("units", top=130, skip=7, count="true", prefer=50)
    rows, sizes = follow(client, body, 50)
    assert body["@odata.count"] == len(everything)
    assert (rows, sizes) == (everything[7:137], [50, 50, 30])
    assert relion("units", top=5)["value"] == everything[:5]
    assert "@odata.nextLink" not in relion("units", top=5)
    assert relion("units", skip=len(everything) - 2)["value"] == everything[-2:]
    assert relion("units", skip=10**9)["value"] == []


def test_pages_are_as_large_as_the_client_prefers_and_at_most_a_thousand(client: ErpClient) -> None:
    address = client.address("sap-blue-eagle", "Vertragspartner")
    for prefer, size in ((3, 3), (918, 918), (5000, 918), (0, 1)):
        answer = client.get("sap-blue-eagle", address, headers={"Prefer": f"odata.maxpagesize={prefer}"})
        assert len(answer.json()["value"]) == size
        applied = max(1, min(prefer, 1000))
        assert answer.headers["Preference-Applied"] == f"odata.maxpagesize={applied}"
    answer = client.get("sap-blue-eagle", address)
    assert (len(answer.json()["value"]), "Preference-Applied" in answer.headers) == (200, False)
    assert answer.headers["OData-Version"] == "4.0"


def test_an_order_and_a_filter_hold_over_all_pages(relion: Ask, client: ErpClient) -> None:
    asked = {"filter": "livingArea gt 50", "orderby": "livingArea desc,number asc"}
    rows, sizes = follow(client, relion("units", **asked, prefer=40), 40)
    assert len(sizes) > 2
    assert [row["livingArea"] for row in rows] == sorted((row["livingArea"] for row in rows), reverse=True)
    everything = [row for row in client.rows("relion-one", "units") if row["company"] == "1"]
    assert {row["systemId"] for row in rows} == {row["systemId"] for row in everything if row["livingArea"] > 50}
    assert len(rows) == len({row["systemId"] for row in rows})


def test_the_next_link_keeps_the_question_and_names_the_last_row(relion: Ask, erp: SimulatedErp) -> None:
    link = relion("units", filter="livingArea gt 50", orderby="number", top=70, count="true", prefer=30)[
        "@odata.nextLink"
    ]
    query = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    assert link.startswith(erp.url)
    assert query.pop("$skiptoken")
    assert query == {"$filter": "livingArea gt 50", "$orderby": "number", "$top": "40", "$count": "true"}


@pytest.mark.parametrize(
    "query",
    [
        *({"select": "number"}, {"expand": "units"}, {"search": "x"}, {"top": "-1"}, {"top": "x"}, {"skip": "1.5"}),
        *({"count": "yes"}, {"orderby": "price"}, {"orderby": "number up"}, {"orderby": ""}, {"skiptoken": "x"}),
        *({"filter": "rent gt 1"}, {"filter": "contains(number,'1')"}, {"filter": "number eq '1' or number eq '2'"}),
        *(
            {"skiptoken": "e30="},
            {"skiptoken": "WzFd"},
            {"skiptoken": "W10="},
            {"orderby": "number", "skiptoken": "W10="},
        ),
    ],
)
def test_a_question_that_is_not_understood_is_400_with_a_reason(relion: Ask, query: dict[str, str]) -> None:
    error = relion("units", status=400, **query)["error"]
    assert error["code"] == "BadRequest"
    assert error["message"]


def test_sap_has_no_time_of_change_and_finds_rows_by_their_columns() -> None:
    with SimulatedErp(loaded("sap")) as erp, ErpClient(erp) as client:
        address = client.address("sap-blue-eagle", "Mietobjekte")
        refused = client.get("sap-blue-eagle", address, **{"$filter": "systemModifiedAt gt 2026-11-22T02:00:00Z"})
        assert refused.status_code == 400
        asked = {"$filter": "BUKRS eq '0001' and SGENR eq '00000060' and WOHNFL gt 100", "$orderby": "WOHNFL desc"}
        rows = client.get("sap-blue-eagle", address, **asked).json()["value"]
        everything = client.rows("sap-blue-eagle", "Mietobjekte")
        expected = [
            row
            for row in everything
            if (row["BUKRS"], row["SGENR"]) == ("0001", "00000060") and row["WOHNFL"] and row["WOHNFL"] > 100
        ]
        assert rows == sorted(expected, key=lambda row: -row["WOHNFL"])
        address = client.address("sap-blue-eagle", "Vertraege")
        ended = client.get(
            "sap-blue-eagle", address, **{"$filter": "RECNENDABS lt 2026-11-22", "$count": "true"}
        ).json()
        assert {row["RECNENDABS"] < "2026-11-22" for row in ended["value"]} == {True}
        open_ = client.get("sap-blue-eagle", address, **{"$filter": "RECNENDABS eq null", "$count": "true"}).json()
        assert open_["@odata.count"] == 602
