"""The fault campaign: every fifth answer of ERP and target is faulty, workers die at random moments, and still target = source.

Real processes of the service, the simulated ERP and the stand-in, over HTTP. A round changes the source, asks for a run and
kills workers while it goes on. ``GEWERK_SEED=n`` repeats faults, changes and the choice of kills; which request a kill meets
depends on the machine. ``GEWERK_CAMPAIGN=large`` goes on until 200 workers were killed, half of them on each database.
"""

import csv
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson
import pytest
from engine_house import House, Worker, wait_until, write_configuration
from fetching import change, delete, insert, source_settings
from gewerk_connect.service.configuration import Configuration
from gewerk_connect.service.connections import Connections, Tenant
from gewerk_connect.service.engine import Engine
from gewerk_connect.service.engine.jobs import SENDING
from gewerk_connect.service.installation import open_service
from gewerk_connect.service.limits import Limits
from gewerk_connect.sim import SimulatedErp, open_export
from gewerk_connect.sim.faults import Rate
from standin import Chance, StandIn

LARGE = os.environ.get("GEWERK_CAMPAIGN") == "large"
KILLS = 100 if LARGE else 3
"""For each of the two databases."""
MOST_PER_RUN, MOST_BEFORE_SENDING = 8, 3 if LARGE else 1
"""Whoever dies while reading reads anew: without the second limit few runs would get any further."""
UNITS = 2_000 if LARGE else 600
LIMITS = Limits(poll_seconds=0.25, silence_seconds=2.0, drain_seconds=10.0, give_up_seconds=120.0)
SHARE = 0.2

HEADERS = {
    "mandanten": ["Mandant", "Name"],
    "wirtschaftseinheiten": ["Mandant", "WIE-Nr", "Bezeichnung"],
    "objekte": ["Mandant", "WIE-Nr", "Objekt-Nr", "Straße", "PLZ", "Ort", "Ortsteil", "Baujahr", "Geschosse"],
    "verwaltungseinheiten": [
        *("Mandant", "WIE-Nr", "Objekt-Nr", "VE-Nr", "Etage/Lage", "Nutzungsart", "Wohnfläche", "Nutzfläche", "Zimmer")
    ],
    "geschaeftspartner": ["GP-Nr", "Typ", "Anrede", "Titel", "Vorname", "Name", "E-Mail", "Telefon", "Handy"],
    "vertraege": ["Mandant", "Vertragsnummer", "Vertragsart", "Beginn", "Ende", "Nutzungsart"],
    "vertrag_einheiten": ["Mandant", "Vertragsnummer", "WIE-Nr", "Objekt-Nr", "VE-Nr"],
    "vertragspartner": ["Mandant", "Vertragsnummer", "GP-Nr", "Rolle", "Anteil"],
}


def house_of(unit: int) -> str:
    return str(unit % 30)


def write_export(folder: Path, units: int) -> Path:
    """One client, thirty houses; every second flat is let to somebody with an e-mail address, every tenth is owned."""
    let = range(1, units, 2)
    owned = range(0, units, 10)
    rows: dict[str, Sequence[Sequence[object]]] = {
        "mandanten": [["1", "Lindenhof eG"]],
        "wirtschaftseinheiten": [["1", "9", "Bestand"]],
        "objekte": [["1", "9", str(n), f"Allee {n}", "99084", "Erfurt", "", "1990", "4"] for n in range(30)],
        "verwaltungseinheiten": [
            ["1", "9", house_of(n), str(n), "EG", "Wohnung", f"{40 + n % 60},5", "", "2"] for n in range(units)
        ],
        "geschaeftspartner": [
            *([f"m{n}", "N", "", "", "Anna", f"Nr{n}", f"m{n}@web.de", "", ""] for n in let),
            *([f"e{n}", "J", "", "", "", f"Firma {n}", "", "", ""] for n in owned),
        ],
        "vertraege": [
            *(["1", f"7{n}", "Mietvertrag", "01.01.2020", "", "Wohnung"] for n in let),
            *(["1", f"8{n}", "Eigentümervertrag", "01.01.2010", "", "Wohnung"] for n in owned),
        ],
        "vertrag_einheiten": [
            *(["1", f"7{n}", "9", house_of(n), str(n)] for n in let),
            *(["1", f"8{n}", "9", house_of(n), str(n)] for n in owned),
        ],
        "vertragspartner": [
            *(["1", f"7{n}", f"m{n}", "Hauptmieter", ""] for n in let),
            *(["1", f"8{n}", f"e{n}", "Eigentümer", "1/1"] for n in owned),
        ],
    }
    folder.mkdir()
    for name, header in HEADERS.items():
        with (folder / f"{name}.csv").open("w", encoding="cp1252", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerows([header, *rows[name]])
    return folder


@dataclass
class Campaign:
    house: House
    erp: SimulatedErp
    workers: list[Worker]
    chance: random.Random
    folder: Path
    connection_id: str
    wanted: dict[str, str] = field(default_factory=dict)
    """What rounds changed by hand: id of a flat -> its living area."""
    kills: Counter[str] = field(default_factory=Counter)
    """By what the run was at."""
    rounds: int = 0
    added: list[int] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    moved_out: set[int] = field(default_factory=set)

    def change_source(self) -> None:
        """Flats measured anew, built and torn down; tenants who move out, and back in; a house with another name."""
        url = self.erp.url
        for n in self.chance.sample(range(UNITS), 12):
            area = f"{self.chance.randrange(30, 190)},25"
            key = {"Mandant": "1", "WIE-Nr": "9", "Objekt-Nr": house_of(n), "VE-Nr": str(n)}
            change(url, "verwaltungseinheiten", key, Wohnfläche=area)
            self.wanted[f"1-9-{house_of(n)}-{n}"] = area.replace(",", ".")
        for n in self.chance.sample(self.added, min(len(self.added), 3)):
            key = {"Mandant": "1", "WIE-Nr": "9", "Objekt-Nr": house_of(n), "VE-Nr": str(n)}
            delete(url, "verwaltungseinheiten", key)
            self.added.remove(n)
            self.gone.add(f"1-9-{house_of(n)}-{n}")
            del self.wanted[f"1-9-{house_of(n)}-{n}"]
        for n in range(100_000 + 10 * self.rounds, 100_000 + 10 * self.rounds + 5):
            row = dict.fromkeys(HEADERS["verwaltungseinheiten"], "")
            row |= {"Mandant": "1", "WIE-Nr": "9", "Objekt-Nr": house_of(n), "VE-Nr": str(n), "Wohnfläche": "77,25"}
            insert(url, "verwaltungseinheiten", row)
            self.added.append(n)
            self.wanted[f"1-9-{house_of(n)}-{n}"] = "77.25"
        for n in self.chance.sample(range(1, UNITS, 2), 5):
            self.moved_out ^= {n}
            end = "31.12.2025" if n in self.moved_out else ""
            change(url, "vertraege", {"Mandant": "1", "Vertragsnummer": f"7{n}"}, Ende=end)
        building = {"Mandant": "1", "WIE-Nr": "9", "Objekt-Nr": str(self.chance.randrange(30))}
        change(url, "objekte", building, Straße=f"Ring {self.rounds} a")

    def round(self, kills: int) -> None:
        """One run, from being asked for to its end, with at most so many kills."""
        self.rounds += 1
        job_id = self.house.engine.start_run(self.connection_id, by="test")
        left, early = min(kills, MOST_PER_RUN), MOST_BEFORE_SENDING
        while self.house.engine.jobs.get(job_id).finished_at is None:
            self._await_work(job_id)
            time.sleep(self.chance.uniform(0.0, 0.6))
            alive = [worker for worker in self.workers if worker.is_ready]
            shown = self.house.engine.progress(self.connection_id)
            sending = shown is not None and shown.stage in (*SENDING, "finishing")
            if left and alive and shown is not None and (sending or early):
                worker = self.chance.choice(alive)
                worker.kill()
                worker.start()
                self.kills[shown.stage] += 1
                left, early = left - 1, early - (not sending)
        print(f"round {self.rounds}: {self.kills.total()} workers killed", flush=True)
        job = self.house.engine.jobs.get(job_id)
        assert (job.status, job.code) == ("succeeded", None), job.message
        # what a dead worker asked for may still be on its way to the target
        wait_until(lambda: self.house.api.in_flight == 0)

    def _await_work(self, job_id: str) -> None:
        """Until somebody has asked for something again: on a slow machine all would die before they have begun."""
        before = self.asked
        wait_until(lambda: self.asked > before or self.house.engine.jobs.get(job_id).finished_at is not None, 900)

    @property
    def asked(self) -> int:
        return int(self.erp.simulator.counts()["total"]) + self.house.api.requests.total()

    def assert_target_is_source(self) -> None:
        api = self.house.api
        assert checksum(active(api)) == checksum(self.undisturbed())
        units = active(api)["unit"]
        assert {key: str(units[key]["living_area_m2"]) for key in self.wanted} == self.wanted
        assert not self.gone & set(units)
        assert not {f"1-7{n}-m{n}" for n in self.moved_out} & set(active(api)["tenant"])
        assert set(api.created.values()) == {1}

    def undisturbed(self) -> dict[str, Any]:
        """What a target holds after one run, from and into servers without faults, of one process that nobody kills."""
        with SimulatedErp(self.erp.simulator.export) as erp, StandIn() as api:
            source = source_settings("wodis-sigma", erp.url)
            config = self.folder / f"undisturbed{self.rounds}.toml"
            config.write_text(
                f'[source]\nkind = "wodis-sigma"\nurl = "{source.url}"\ntoken = "sim-key"\nrequests_per_second = 1000\n'
                f'[target]\nbase_url = "{api.url}"\nclient_id = "{api.client_id}"\nclient_secret = "{api.secret}"\n'
                '[settings]\nseparator = "-"\n'
            )
            command = [sys.executable, "-m", "gewerk_connect", "apply", "--config", str(config), "--json"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            return active(api)

    def told(self) -> dict[str, Any]:
        counts = self.erp.simulator.counts()
        target = self.house.api
        return {
            "rounds": self.rounds,
            "kills": dict(self.kills),
            "faulty answers of the ERP": f"{counts['faulty']} of {counts['total']}",
            "faulty answers of the target": f"{target.drawn.total()} of {target.requests.total()}",
            "faults of the target": dict(target.drawn),
            "records sent again": sum(status == "unchanged" for _, _, status in target.written),
        }


def active(api: StandIn) -> dict[str, dict[str, Any]]:
    return {
        entity: {key: record for key, record in of.items() if not record["archived"]}
        for entity, of in api.stock().items()
    }


def checksum(stock: dict[str, Any]) -> str:
    return blake2b(orjson.dumps(stock, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


@pytest.fixture
def number() -> int:
    found = int(os.environ.get("GEWERK_SEED") or random.randrange(2**32))
    print(f"GEWERK_SEED={found}")
    return found


@pytest.fixture
def campaign(tmp_path: Path, api: StandIn, number: int) -> Iterator[Callable[[str | None, int], Campaign]]:
    """Opens one: on which state (None: SQLite), with how many workers."""
    with ExitStack() as stack:

        def opened(state_url: str | None, workers: int) -> Campaign:
            erp = stack.enter_context(SimulatedErp(open_export(write_export(tmp_path / "erp", UNITS))))
            erp.simulator.faults.set_rate(Rate(SHARE, number, seconds=3.0, retry_after=1))
            api.chance, api.slow_seconds = Chance(SHARE, number), 0.2
            configuration = Configuration(
                data=tmp_path / "service", state_url=state_url, roots=(tmp_path,), engine=LIMITS
            )
            service = stack.enter_context(open_service(configuration))
            connections = Connections(service)
            engine = Engine(service, connections, now=lambda: datetime.now(UTC), limits=LIMITS)
            source = source_settings("wodis-sigma", erp.url)
            connection_id = connections.create(
                Tenant("gewerk", "org-1"),
                target_kind="gewerk",
                use_case="master-data",
                name="Haus",
                by="test",
                at=datetime.now(UTC),
                document={
                    "source": {
                        "kind": "wodis-sigma",
                        "url": source.url,
                        "requests_per_second": 1000,
                        "timeout_seconds": 2.0,
                        "patience_seconds": 120,
                        "page_size": 100,
                    },
                    "target": {"base_url": api.url, "client_id": api.client_id},
                    "settings": {"separator": "-"},
                },
                secrets={"source": {"token": "sim-key"}, "target": {"client_secret": api.secret}},
                stage="production",
            )
            config = write_configuration(tmp_path / "service.toml", configuration)
            made = [Worker(config) for _ in range(workers)]
            for worker in made:
                worker.start()
                stack.callback(lambda worker=worker: worker.is_running and worker.kill())
            house = House(service, connections, engine, api, tmp_path / "erp")
            return Campaign(house, erp, made, random.Random(number), tmp_path, connection_id)

        yield opened


def fight(campaign: Campaign) -> None:
    while campaign.rounds < 2 or campaign.kills.total() < KILLS:
        if campaign.rounds:
            campaign.change_source()
        left = KILLS - campaign.kills.total()
        campaign.round(left if campaign.rounds or LARGE else (left + 1) // 2)
        campaign.assert_target_is_source()
    assert campaign.kills.total() >= KILLS
    assert campaign.erp.simulator.counts()["faulty"] > 0
    assert campaign.house.api.drawn.total() > 0
    campaign.erp.simulator.faults.clear()
    campaign.house.api.chance, campaign.house.api.slow_seconds = None, 0.0
    sent = len(campaign.house.api.written)
    job = campaign.house.run(campaign.connection_id)
    assert job.status == "succeeded"
    assert len(campaign.house.api.written) == sent
    # every run was told to the target, once
    assert len(campaign.house.api.runs) == campaign.rounds + 1
    print(campaign.told())


def test_the_only_worker_on_sqlite(campaign: Callable[[str | None, int], Campaign]) -> None:
    fight(campaign(None, 1))


@pytest.mark.postgres
def test_three_workers_on_postgresql(campaign: Callable[[str | None, int], Campaign], postgres: str) -> None:
    fight(campaign(postgres, 3))
