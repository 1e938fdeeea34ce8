"""One run on several machines that die and drop off the network while it goes on: does the target come out the same?

``python -m bench.distributed`` makes an export, runs it once undisturbed in one process, once undisturbed on the workers and
once while workers are killed (``kill -9``) and cut off at random; it compares the target by checksum. The workers run in
network namespaces of their own, with PostgreSQL and the target across a bridge; ``--processes`` takes plain processes.
"""

import argparse
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from gewerk_connect.service.configuration import Configuration
from gewerk_connect.service.connections import Connections, Tenant
from gewerk_connect.service.engine import Engine
from gewerk_connect.service.engine.jobs import SENDING
from gewerk_connect.service.installation import open_service
from gewerk_connect.service.limits import Limits

from bench.machines import Machine, Network
from bench.make_export import make_export
from tools import postgres

ROOT = Path(__file__).resolve().parent.parent
LIMITS = Limits(poll_seconds=0.25, silence_seconds=5.0, drain_seconds=10.0)


@dataclass
class Target:
    """The sink as a process, on an address that all machines reach."""

    url: str

    def ask(self, what: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/bench/{what}") as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def arrived(self) -> int:
        """Records that came, those that came again included."""
        return sum(count for name, count in self.ask("counts").items() if name.startswith("upsert "))


@contextmanager
def target_on(address: str) -> Iterator[Target]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.sink", address], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Target(f"http://{address}:{int(process.stdout.readline())}")
    finally:
        process.stdin.close()
        process.wait()


@dataclass
class Worker:
    config: Path
    machine: Machine | None
    process: subprocess.Popen[bytes] | None = None
    mended_at: float | None = None
    """When its cable is put back; None while it is in."""
    _begun_at: int = 0
    """Where in the log this life of it begins."""

    def start(self) -> None:
        self._begun_at = self.log.stat().st_size if self.log.exists() else 0
        within = self.machine.within if self.machine else []
        command = [*within, sys.executable, "-m", "gewerk_connect", "worker", "--config", str(self.config)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    @property
    def log(self) -> Path:
        return self.config.with_suffix(".log")

    @property
    def works(self) -> bool:
        """Whether it has started up: one that is killed before that was no worker yet."""
        with self.log.open("rb") as log:
            log.seek(self._begun_at)
            return b"\nready\n" in b"\n" + log.read()

    def look_after(self) -> None:
        """What others do for it: somebody puts the cable back, and a service manager starts it when it has ended."""
        if self.mended_at is not None and time.monotonic() > self.mended_at:
            self.mend()
        if self.process is not None and self.process.poll() is not None and self.mended_at is None:
            self.start()

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def end(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def cut(self, seconds: float) -> None:
        if self.machine is not None:
            self.machine.cut()
            self.mended_at = time.monotonic() + seconds

    def mend(self) -> None:
        if self.machine is not None and self.mended_at is not None:
            self.machine.mend()
            self.mended_at = None


@dataclass
class Outcome:
    seconds: float
    checksum: str
    records: int
    """Distinct records in the target."""
    sent: int
    """Records that arrived, those sent again included."""
    status: str
    killed: int = 0
    cut: int = 0
    counts: dict[str, Any] = field(default_factory=dict)


def outcome(target: Target, started: float, status: str, **more: Any) -> Outcome:
    counts = target.ask("counts")
    return Outcome(
        seconds=round(time.monotonic() - started, 1),
        checksum=target.ask("checksum")["checksum"],
        records=sum(count for name, count in counts.items() if name.startswith("distinct ")),
        sent=target.arrived(),
        status=status,
        counts=counts,
        **more,
    )


def one_process(target: Target, export: Path, folder: Path) -> Outcome:
    """``apply``, undisturbed."""
    config = folder / "one.toml"
    config.write_text(
        f'[source]\nkind = "wodis-sigma"\npath = "{export}"\n'
        f'[target]\nbase_url = "{target.url}"\nclient_id = "bench"\nclient_secret = "bench"\n[settings]\nseparator = "-"\n'
    )
    target.ask("reset")
    started = time.monotonic()
    command = [sys.executable, "-m", "gewerk_connect", "apply", "--config", str(config), "--json"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return outcome(target, started, "succeeded")


@dataclass
class Trouble:
    """Kills and cuts at random moments: a quarter before anything is sent, the others spread over what is to arrive.

    By records and not by the clock: on a slow machine all would be over before the first worker is back.
    """

    chance: random.Random
    early: int
    moments: list[int]
    """How many records have arrived when something happens, the last first."""
    killed: int = 0
    cut: int = 0
    _not_before: float = 0.0

    @classmethod
    def drawn(cls, seed: int, disturbances: int, records: int) -> "Trouble":
        chance = random.Random(seed)
        early = disturbances // 4
        return cls(chance, early, sorted(chance.sample(range(records), disturbances - early), reverse=True))

    def pass_by(self, workers: list[Worker], arrived: int | None) -> None:
        """Strikes one of the workers when it is time. ``arrived``: records in the target; None: nothing is sent yet."""
        if arrived is None:
            if not self.early or time.monotonic() < self._not_before:
                return
            self.early -= 1
            self._not_before = time.monotonic() + self.chance.uniform(0.5, 3.0)
        elif self.moments and arrived >= self.moments[-1]:
            self.moments.pop()
        else:
            return
        worker = self.chance.choice(workers)
        if worker.machine is not None and worker.mended_at is None and self.chance.random() < 0.25:
            worker.cut(self.chance.uniform(3.0, 20.0))
            self.cut += 1
        else:
            worker.kill()
            worker.start()
            self.killed += 1


@dataclass
class Installation:
    """Workers that share a state in PostgreSQL, each with a folder of its own; this process only asks."""

    engine: Engine
    connections: Connections
    workers: list[Worker]
    target: Target
    export: Path

    def connect(self) -> str:
        return self.connections.create(
            Tenant("bench", "bench"),
            target_kind="gewerk",
            use_case="master-data",
            name="Bench",
            by="bench",
            at=datetime.now(UTC),
            document={
                "source": {"kind": "wodis-sigma", "path": str(self.export)},
                "target": {"base_url": self.target.url, "client_id": "bench"},
                "settings": {"separator": "-"},
            },
            secrets={"target": {"client_secret": "bench"}},
            stage="production",
        )

    def run(self, trouble: "Trouble | None" = None) -> Outcome:
        """A first run into an empty target, disturbed or not."""
        self.target.ask("reset")
        connection_id = self.connect()
        started = time.monotonic()
        job_id = self.engine.start_run(connection_id, by="bench")
        while (job := self.engine.jobs.get(job_id)).finished_at is None:
            time.sleep(0.1)
            for worker in self.workers:
                worker.look_after()
            working = [worker for worker in self.workers if worker.works] if trouble else []
            if trouble and working:
                trouble.pass_by(working, self.target.arrived() if job.stage in SENDING else None)
        for worker in self.workers:
            worker.mend()
        told = job.message["de"] if job.message else job.status
        disturbed = {"killed": trouble.killed, "cut": trouble.cut} if trouble else {}
        return outcome(self.target, started, told, **disturbed)


@contextmanager
def installation(
    folder: Path, export: Path, target: Target, state_url: str, machines: Sequence[Machine | None]
) -> Iterator[Installation]:
    key = Fernet.generate_key().decode()
    workers = []
    for number, machine in enumerate(machines):
        config = folder / f"worker{number}.toml"
        limits = "\n".join(f"{name} = {value}" for name, value in LIMITS.model_dump().items())
        config.write_text(
            f'data = "{folder / f"worker{number}"}"\nstate_url = "{state_url}"\nroots = ["{export}"]\nkey = "{key}"\n'
            f"[engine]\n{limits}\n"
        )
        workers.append(Worker(config, machine))
    configuration = Configuration(data=folder / "asking", state_url=state_url, roots=(export,), key=key, engine=LIMITS)
    with open_service(configuration) as service:
        connections = Connections(service)
        engine = Engine(service, connections, now=lambda: datetime.now(UTC), limits=LIMITS)
        try:
            for worker in workers:
                worker.start()
            while len(engine.status().workers) < len(workers):
                time.sleep(0.1)
            yield Installation(engine, connections, workers, target, export)
        finally:
            for worker in workers:
                worker.mend()
                worker.end()
                if os.environ.get("GEWERK_LOGS"):
                    print(worker.log.read_text(), file=sys.stderr)


def compare(
    *, units: int, workers: int, disturbances: int, seed: int, namespaces: bool, calm: bool = True
) -> dict[str, Outcome]:
    """The three runs. Raises ``NoMachines`` where namespaces are not possible."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gewerk-distributed-")))
        network = stack.enter_context(Network(workers)) if namespaces else None
        address = network.address if network else "127.0.0.1"
        machines: list[Machine | None] = [*network.machines] if network else [None] * workers
        state_url = stack.enter_context(postgres.server(address))
        if state_url is None:
            raise RuntimeError("no PostgreSQL on this machine")
        export = folder / "export"
        make_export(export, units, seed=1)
        target = stack.enter_context(target_on(address))
        found = {"one process": one_process(target, export, folder)}
        with installation(folder, export, target, state_url, machines) as installed:
            if calm:
                found["workers, undisturbed"] = installed.run()
            trouble = Trouble.drawn(seed, disturbances, found["one process"].records)
            found["workers, disturbed"] = installed.run(trouble)
        return found


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.distributed", description=__doc__)
    parser.add_argument("--units", type=int, default=80_000, help="size of the stock; 80000 are some 200,000 records")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--disturbances", type=int, default=40, help="kills and cuts during the run")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--hurry", action="store_true", help="without the undisturbed run on the workers")
    parser.add_argument("--processes", action="store_true", help="plain processes instead of network namespaces")
    given = parser.parse_args(arguments)
    seed = given.seed if given.seed is not None else int(os.environ.get("GEWERK_SEED") or secrets.randbelow(2**32))
    print(f"GEWERK_SEED={seed}", flush=True)
    # told to end, it takes namespaces, workers and databases down as well
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    found = compare(
        units=given.units,
        workers=given.workers,
        disturbances=given.disturbances,
        seed=seed,
        namespaces=not given.processes,
        calm=not given.hurry,
    )
    for name, one in found.items():
        shown = {key: value for key, value in asdict(one).items() if key != "counts"}
        print(f"{name}: {json.dumps(shown)}", flush=True)
    same = len({one.checksum for one in found.values()}) == 1
    print("the target is the same" if same else "THE TARGETS DIFFER")
    return 0 if same and all(one.status == "succeeded" for one in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
