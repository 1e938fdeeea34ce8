"""Every fault of the simulated ERP against every source that is fetched over HTTP.

A fault that passes leaves no trace: the stock is what it is without it. One that stays stops the fetch with a sentence that
a clerk understands, and what was fetched before is untouched.
"""

from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
import pytest
from exports_here import everything
from fetching import DATA, LISTS, LOGIN, NOW, fault, fetched, judged_source, no_faults, opened, simulated
from gewerk_connect.canonical import Entity, SourceError
from gewerk_connect.sim.faults import HIDING, KINDS
from gewerk_connect.sources import Source

pytestmark = pytest.mark.usefixtures("hasty")

PASSING = (
    "slow",
    "429",
    "500",
    "503",
    "half_page",
    "cut",
    "short_page",
    "expired_token",
    "changed_order",
    "duplicate_row",
)
"""Faults that the next answer may not have."""
MESSAGES = {
    "slow": ("erp_unreachable", "keine Antwort in der Zeit", "prüfen Sie [source] url"),
    "429": ("erp_busy", "zu viele", "Senken Sie requests_per_second"),
    "500": ("erp_fault", "eigenen Fehler (500)", "fragen Sie den Betreuer des ERP"),
    "503": ("erp_fault", "eigenen Fehler (503)", "fragen Sie den Betreuer des ERP"),
    "half_page": ("erp_answer_broken", "unvollständige Antwort", "verkleinern Sie page_size"),
    "cut": ("erp_broke_off", "brach mitten in der Antwort ab", "verkleinern Sie page_size"),
    "short_page": ("erp_list_short", "unvollständige Liste", "fragen Sie den Betreuer des ERP"),
    "html": ("erp_web_page", "Anmeldeseite", "Prüfen Sie [source] url"),
    "wrong_type": ("erp_answer_form", "nicht die erwartete Form", "passen Sie die Zuordnung an"),
    "empty": ("erp_list_empty", "Die Liste ist leer", "Prüfen Sie die Rechte"),
    "duplicate_row": ("erp_list_short", "nennt", "fragen Sie den Betreuer des ERP"),
    "changed_order": ("erp_list_moving", "ändert sich, während sie gelesen wird", "Legen Sie den Lauf auf eine Zeit"),
}
"""Fault that stays -> code of the error; words of its German sentence that say what happened, and what is to be done."""
_TOKENS = [kind for kind in DATA if "client_id" in LOGIN[kind]]


@cache
def undisturbed(kind: str) -> list[tuple[Any, ...]]:
    with simulated(kind) as erp, TemporaryDirectory() as folder:
        return everything(judged_source(fetched(kind, erp.url, Path(folder))))


# an expired token is no fault of a login without tokens: there it is a wrong key, which no repeating helps
_PASSING_FAULTS = [
    (k, w) for w in (*PASSING, "html", "wrong_type", "empty") for k in DATA if w != "expired_token" or k in _TOKENS
]


@pytest.mark.parametrize(("kind", "what"), _PASSING_FAULTS)
def test_every_fault_of_every_list(kind: str, what: str, tmp_path: Path) -> None:
    """Once for each list, in one fetch: read again, and nothing is lost, doubled or left half."""
    with simulated(kind) as erp:
        for resource in LISTS[kind]:
            fault(erp.url, kind, resource, what, times=1, retry_after=0, seconds=0.05)
        before = opened(kind, erp.url, tmp_path)
        if what == "empty":  # a list that may be empty is doubted only where it was not before
            no_faults(erp.url)
            before = before.fetched(NOW)
            for resource in LISTS[kind]:
                fault(erp.url, kind, resource, what, times=1)
        source = before.fetched(NOW)
        assert everything(judged_source(source)) == undisturbed(kind)
        faulty = httpx2.get(f"{erp.url}/_sim/requests").json()["faulty"]
        assert faulty >= len(LISTS[kind])


LONG = {
    "wodis-sigma": "verwaltungseinheiten",
    "wodis-yuneo": "verwaltungseinheiten",
    "gap-immotion": "einheiten",
    "relion-one": "units",
    "sap-blue-eagle": "Mietobjekte",
    "uts-karthago": "einheiten",
}
"""A list of several pages: an order that changes shows in no other."""


def _lists_for(kind: str, what: str) -> list[str]:
    """Two lists of the kind, others for each fault, so that every list is spoiled in some way."""
    if what in ("changed_order", "duplicate_row", "slow"):  # the last: each takes its time
        return [LONG[kind]]
    lists, turn = LISTS[kind], list(MESSAGES).index(what)
    return [lists[turn % len(lists)], lists[(turn + len(lists) // 2) % len(lists)]]


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("what", MESSAGES)
def test_a_fault_that_stays_stops_with_a_reason_and_changes_nothing(kind: str, what: str, tmp_path: Path) -> None:
    code, happened, to_do = MESSAGES[what]
    # answers that outlast the connector's timeout; everything else is given time even on a busy machine
    slow = {"timeout_seconds": 4} if what == "slow" else {}
    with simulated(kind) as erp:
        kept = fetched(kind, erp.url, tmp_path, page_size=100)
        path = kept.place.path
        files = {file.name: file.read_bytes() for file in path.iterdir()}
        for resource in _lists_for(kind, what):
            fault(erp.url, kind, resource, what, times=None, retry_after=0, seconds=6)
            with pytest.raises(SourceError) as caught:
                fetched(kind, erp.url, tmp_path, page_size=100, patience_seconds=0.2, **slow)
            no_faults(erp.url)
            error = caught.value
            assert (error.code, resource) == (code, error.resource)
            assert happened in error.message("de")
            assert to_do in error.message("de")
            assert f"Liste {resource}" in error.message("de")
            assert "nothing was" in error.message("en").lower() or "not taken over" in error.message("en")
            assert opened(kind, erp.url, tmp_path).place.path == path
            assert {file.name: file.read_bytes() for file in path.iterdir()} == files
        assert [entry.name for entry in (tmp_path / "snapshot").iterdir() if entry.is_dir()] == [path.name]
        assert everything(judged_source(fetched(kind, erp.url, tmp_path))) == undisturbed(kind)


@pytest.mark.parametrize("kind", _TOKENS)
def test_a_token_that_is_never_good_for_an_answer_stops_as_a_wrong_login(kind: str, tmp_path: Path) -> None:
    with simulated(kind) as erp:
        fault(erp.url, kind, "*", "expired_token", times=None)
        with pytest.raises(SourceError) as caught:
            fetched(kind, erp.url, tmp_path)
        assert caught.value.code == "erp_credentials"
        assert "lehnt die Anmeldung ab" in caught.value.message("de")
        assert "Prüfen Sie client_id, client_secret" in caught.value.message("de")
        assert "sim-secret" not in caught.value.message("de")


@pytest.mark.parametrize("kind", [kind for kind in DATA if kind not in _TOKENS])
def test_a_key_that_is_not_taken_stops_at_once(kind: str, tmp_path: Path) -> None:
    with simulated(kind) as erp:
        fault(erp.url, kind, LISTS[kind][-1], "expired_token", times=1)
        with pytest.raises(SourceError) as caught:
            fetched(kind, erp.url, tmp_path)
        assert caught.value.code == "erp_credentials"
        assert f"Prüfen Sie {next(iter(LOGIN[kind]))}" in caught.value.message("de")
        assert not set(LOGIN[kind].values()) & set(caught.value.message("de").split())
        assert not [*(tmp_path / "snapshot").iterdir()]


OBJECT = {"sap-blue-eagle": ("0001/00000066", "0001", "00000066"), "uts-karthago": ("1/00066", "1", "00066")}
"""As the simulated ERP names a building; its client and its own number. The other kinds are served from Sigma's export."""


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("what", sorted(HIDING))
def test_an_object_that_is_no_longer_listed_is_held_where_its_absence_is_doubtful(
    kind: str, what: str, tmp_path: Path
) -> None:
    """Everything else is as it was. Whether it is archived is the run's affair: never what is in doubt, and the fuse watches."""
    name, client, number = OBJECT.get(kind, ("1/66", "1", "66"))
    with simulated(kind) as erp:
        before = _by_key(fetched(kind, erp.url, tmp_path))
        fault(erp.url, kind, "*", what, object=name)
        without = fetched(kind, erp.url, tmp_path, now=NOW + timedelta(hours=1))
        after = _by_key(without)
        in_doubt = without.in_doubt([(client, number)]) if without.absence_is_doubtful else [False]
        no_faults(erp.url)
        again = everything(judged_source(without.fetched(NOW + timedelta(hours=2))))
    gone = before.keys() - after.keys()
    assert gone
    assert after.keys() <= before.keys()
    if (
        kind != "gap-immotion"
    ):  # it has no buildings: its object has more units, and the address of the next building then
        assert all(before[key] == record for key, record in after.items() if key[0] in (Entity.PROPERTY, Entity.UNIT))
        assert {key[-1] for entity, key in gone if entity is Entity.PROPERTY} == {number}
        assert all(number in key for entity, key in gone if entity is Entity.UNIT)
    assert in_doubt == [kind == "uts-karthago" and what == "rights"]
    assert again == undisturbed(kind)


def _by_key(source: Source) -> dict[tuple[Any, Any], tuple[Any, ...]]:
    return {(record[0], record[1]): record for record in everything(judged_source(source))}


def test_every_fault_of_the_simulated_erp_has_its_outcome_here() -> None:
    """Passing ones are repeated, staying ones stop with a reason, hidden objects are held: a new fault must be put into a table."""
    passing = {what for _, what in _PASSING_FAULTS}
    assert passing == KINDS - HIDING
    assert {*MESSAGES, "expired_token"} == KINDS - HIDING


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("seed", [7, 11])
def test_a_fifth_of_all_answers_faulty(kind: str, seed: int, tmp_path: Path) -> None:
    with simulated(kind) as erp:
        httpx2.post(f"{erp.url}/_sim/rate", json={"rate": 0.2, "seed": seed}).raise_for_status()
        source = fetched(kind, erp.url, tmp_path, page_size=50)
        assert everything(judged_source(source)) == undisturbed(kind)
        counts = httpx2.get(f"{erp.url}/_sim/requests").json()
        print(f"{kind} seed {seed}: {counts['faulty']} of {counts['total']} answers were faulty")
        assert counts["faulty"] * 10 > counts["total"]
