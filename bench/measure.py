"""Runs one contestant as a process of its own and says what it took: wall time, processor time, peak memory.

Peak memory is the highest sum of resident memory over the process and its children, sampled every 20 ms, and never less than
the kernel's own high-water mark of any of them (``VmHWM``), which a sample can miss.
"""

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SAMPLE_SECONDS = 0.02
_PAGE = os.sysconf("SC_PAGE_SIZE")


class ContestantFailed(RuntimeError):
    """A contestant ended with an exit code that is not 0; the message holds the end of what it said."""


@dataclass(slots=True, frozen=True)
class Measured:
    wall_seconds: float
    cpu_seconds: float
    """User and system time of the process and of the children it waited for."""
    peak_mib: float
    output: str


def run(command: Sequence[str], *, cwd: Path, environment: dict[str, str] | None = None) -> Measured:
    """Runs the command to its end. Raises ``ContestantFailed``."""
    with (cwd / "stdout").open("wb") as out, (cwd / "stderr").open("wb") as err:
        started = time.perf_counter()
        process = subprocess.Popen(
            list(command),
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        watch = _Watch(process.pid)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
    output = (cwd / "stdout").read_text(errors="replace")
    if process.returncode != 0:
        said = (cwd / "stderr").read_text(errors="replace")[-3000:]
        raise ContestantFailed(f"exit {process.returncode}: {' '.join(command)}\n{output[-2000:]}\n{said}")
    return Measured(wall, usage.ru_utime + usage.ru_stime, watch.peak_bytes / 2**20, output)


class _Watch(threading.Thread):
    """Samples ``/proc`` for the process and everything it started."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._ended = threading.Event()
        self.peak_bytes = 0

    def run(self) -> None:
        beat = 0
        while not self._ended.wait(_SAMPLE_SECONDS):
            tree = _tree(self._pid)
            self.peak_bytes = max(self.peak_bytes, sum(map(_resident, tree)))
            if beat % 5 == 0:
                self.peak_bytes = max(self.peak_bytes, *(_high_water(pid) for pid in tree))
            beat += 1

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _tree(pid: int) -> list[int]:
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        try:
            for thread in os.listdir(f"/proc/{one}/task"):
                todo += map(int, Path(f"/proc/{one}/task/{thread}/children").read_text().split())
        except OSError:
            continue
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _high_water(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return 0
    return 0
