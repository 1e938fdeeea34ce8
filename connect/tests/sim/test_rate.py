"""Faults by chance: the share asked for, only such as a patient client survives, and the same ones for the same seed."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from erp_client import RESOURCES, ErpClient, loaded
from gewerk_connect.sim import SimulatedErp
from gewerk_connect.sim.faults import RETRYABLE, Faults, Rate
from hypothesis import given, settings
from hypothesis import strategies as st

ADDRESSES = [
    f"/wodis-sigma/v1/{table}?pageSize=100&page={page}" for table in RESOURCES["wodis-sigma"] for page in (1, 2)
]
asked = st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.booleans(), st.booleans()), min_size=1, max_size=60)


def drawn(sequence: list[tuple[str, bool, bool]], share: float, seed: int) -> list[str | None]:
    faults = Faults()
    faults.set_rate(Rate(share, seed))
    return [
        fault and fault.kind
        for fault in (
            faults.next("relion-one", "units", address, listing=listing, proven=proven)
            for address, listing, proven in sequence
        )
    ]


@settings(deadline=None)
@given(sequence=asked, share=st.floats(0, 1), seed=st.integers(0, 2**40))
def test_the_same_seed_and_the_same_requests_give_the_same_faults(
    sequence: list[tuple[str, bool, bool]], share: float, seed: int
) -> None:
    assert drawn(sequence, share, seed) == drawn(sequence, share, seed)


@settings(deadline=None)
@given(sequence=asked, share=st.floats(0, 1), seed=st.integers(0, 2**40), data=st.data())
def test_the_order_in_which_addresses_are_asked_changes_nothing(
    sequence: list[tuple[str, bool, bool]], share: float, seed: int, data: st.DataObject
) -> None:
    """Parallel clients mix their requests differently in every run."""

    def by_address(one: list[tuple[str, bool, bool]]) -> dict[str, list[str | None]]:
        found: dict[str, list[str | None]] = {}
        for (address, _, _), kind in zip(one, drawn(one, share, seed), strict=True):
            found.setdefault(address, []).append(kind)
        return found

    queues = {address: [one for one in sequence if one[0] == address] for address in "abc"}
    mixed = [queues[address].pop(0) for address in data.draw(st.permutations([one[0] for one in sequence]))]
    assert by_address(mixed) == by_address(sequence)


@settings(deadline=None)
@given(sequence=asked, seed=st.integers(0, 2**40))
def test_a_fresh_token_is_never_expired_and_a_login_has_no_rows_to_spoil(
    sequence: list[tuple[str, bool, bool]], seed: int
) -> None:
    for (_, listing, proven), kind in zip(sequence, drawn(sequence, 1, seed), strict=True):
        assert kind in RETRYABLE
        assert kind != "expired_token" or (listing and proven)


def test_the_share_is_kept_and_every_retryable_fault_occurs() -> None:
    faults = Faults()
    faults.set_rate(Rate(0.2, 7))
    kinds = Counter(
        fault.kind if (fault := faults.next("relion-one", "units", str(n), listing=True, proven=True)) else "none"
        for n in range(20_000)
    )
    assert set(kinds) == {*RETRYABLE, "none"}
    assert 0.18 < 1 - kinds["none"] / 20_000 < 0.22


def outcomes(erp: SimulatedErp, workers: int) -> dict[str, list[str]]:
    """What three requests for each address end with, asked by parallel workers."""

    def ask(address: str) -> tuple[str, list[str]]:
        with httpx2.Client(base_url=erp.url, timeout=20) as http:
            return address, [outcome(http, address) for _ in range(3)]

    def outcome(http: httpx2.Client, address: str) -> str:
        try:
            answer = http.get(address, headers={"X-API-Key": "sim-key"})
        except httpx2.TransportError as error:
            return type(error).__name__
        return f"{answer.status_code} {len(answer.content)}"

    with ThreadPoolExecutor(workers) as pool:
        return dict(pool.map(ask, ADDRESSES))


def test_a_run_with_faults_can_be_repeated_also_by_eight_clients_at_once() -> None:
    found = []
    for workers, seed in ((1, 7), (8, 7), (8, 8)):
        with SimulatedErp(loaded("sigma")) as erp:
            sent = httpx2.post(f"{erp.url}/_sim/rate", json={"rate": 0.5, "seed": seed, "seconds": 0.01})
            assert sent.status_code == 200
            found.append(outcomes(erp, workers))
    assert found[0] == found[1]
    assert found[1] != found[2]
    assert {"503", "429", "500"} & {outcome[:3] for three in found[0].values() for outcome in three}


def test_the_time_in_a_filter_does_not_change_the_faults(erp: SimulatedErp, client: ErpClient) -> None:
    def statuses(since: str) -> list[int]:
        client.http.post("/_sim/rate", json={"rate": 0.5, "seed": 3, "faults": ["500", "503"]})
        address = client.address("relion-one", "units")
        return [
            client.get("relion-one", address, **{"$filter": f"systemModifiedAt gt {since}"}).status_code
            for _ in range(12)
        ]

    client.page("relion-one", "units")
    first = statuses("2026-11-22T02:00:00Z")
    assert set(first) > {200}
    assert statuses("2026-11-23T02:00:00Z") == first


def test_clearing_the_faults_ends_the_rate(client: ErpClient) -> None:
    client.http.post("/_sim/rate", json={"rate": 1, "seed": 1, "faults": ["500"]})
    assert client.page("wodis-sigma", "objekte").status_code == 500
    client.http.delete("/_sim/faults")
    assert client.page("wodis-sigma", "objekte").status_code == 200


@pytest.mark.parametrize(
    "body",
    [{}, {"rate": 2}, {"rate": -0.1}, {"rate": True}, {"rate": "x"}, {"rate": 0.2, "seed": "x"}, {"rate": 1, "x": 1}]
    + [{"rate": 0.1, "faults": faults} for faults in ([], ["fire"], ["vanished"], "500")],
)
def test_a_rate_that_cannot_be_is_refused(client: ErpClient, body: dict[str, Any]) -> None:
    assert client.http.post("/_sim/rate", json=body).status_code == 400


def patient(client: ErpClient, kind: str, address: str, **query: Any) -> httpx2.Response:
    """Asks until there is an answer, as a reader must: by login, by waiting, by asking again."""
    for _ in range(50):
        try:
            answer = client.get(kind, address, **query)
            answer.raise_for_status().json()
        except httpx2.HTTPStatusError as error:
            if error.response.status_code == 401:
                client.forget()
        except (httpx2.TransportError, json.JSONDecodeError, KeyError):
            pass
        else:
            return answer
    raise AssertionError("fifty faults in a row")


@pytest.mark.parametrize(("kind", "seed"), list(product(("wodis-yuneo", "relion-one", "gap-immotion"), (1, 2))))
def test_asking_again_always_helps(kind: str, seed: int) -> None:
    """With 40 % faults a patient client reads exactly what is there."""
    with SimulatedErp(loaded("sigma")) as erp, ErpClient(erp) as client:
        resource = RESOURCES[kind][3]
        good = client.rows(kind, resource)
        address = urlsplit(client.address(kind, resource)).path
        client.http.post("/_sim/rate", json={"rate": 0.4, "seed": seed, "seconds": 0.001})
        if kind == "relion-one":
            companies = patient(client, kind, client.address(kind, "companies")).json()["value"]
            rows = []
            for company in companies:
                link: str | None = client.address(kind, resource, company["id"])
                while link:
                    body = patient(client, kind, link, headers={"Prefer": "odata.maxpagesize=20"}).json()
                    rows += [{"company": company["number"], **row} for row in body["value"]]
                    link = body.get("@odata.nextLink")
        elif kind == "wodis-yuneo":
            rows, cursor = [], {}
            while cursor is not None:
                body = patient(client, kind, address, limit=50, **cursor).json()
                rows += body["data"]
                cursor = {"cursor": body["next"]} if body["next"] else None
        else:
            rows = [
                row
                for offset in range(0, len(good), 50)
                for row in patient(client, kind, address, offset=offset, limit=50).json()
            ]
        assert rows == good
        assert client.http.get("/_sim/requests").json()["faulty"] > 3
