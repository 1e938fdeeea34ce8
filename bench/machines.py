"""Machines that are none: network namespaces on a bridge, each with its own cable. Needs root and iproute2 (Linux).

The bridge's address is the one under which the namespaces reach this machine.
"""

import ipaddress
import os
import shutil
import subprocess
from dataclasses import dataclass, field


class NoMachines(RuntimeError):
    """Why there can be no namespaces here."""


@dataclass
class Machine:
    name: str
    cable: str
    """The bridge's end of it."""

    @property
    def within(self) -> list[str]:
        """Put before a command, it runs on this machine."""
        return ["ip", "netns", "exec", self.name]

    def cut(self) -> None:
        """Nothing comes through any more, and nobody is told."""
        _ip("link", "set", self.cable, "down")

    def mend(self) -> None:
        _ip("link", "set", self.cable, "up")


@dataclass
class Network:
    """``count`` machines on a bridge; as a context, gone afterwards."""

    count: int
    machines: list[Machine] = field(default_factory=list)
    address: str = ""

    def __enter__(self) -> "Network":
        if shutil.which("ip") is None or os.geteuid() != 0:
            raise NoMachines("network namespaces need root and the program ip (iproute2)")
        mark = f"{os.getpid() % 100_000}"
        self._bridge = f"gwb{mark}"
        network = ipaddress.ip_network(f"10.{os.getpid() % 200 + 40}.{os.getpid() // 200 % 250}.0/24")
        hosts = network.hosts()
        self.address = str(next(hosts))
        try:
            _ip("link", "add", self._bridge, "type", "bridge")
            _ip("addr", "add", f"{self.address}/24", "dev", self._bridge)
            _ip("link", "set", self._bridge, "up")
            for number in range(self.count):
                self._add(f"gw{mark}n{number}", f"gw{mark}c{number}", f"{next(hosts)}/24")
        except subprocess.CalledProcessError as error:
            self.__exit__()
            raise NoMachines(f"the kernel does not allow it: {error.stderr.strip()}") from error
        return self

    def _add(self, name: str, cable: str, address: str) -> None:
        _ip("netns", "add", name)
        self.machines.append(Machine(name, cable))
        _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
        _ip("link", "set", cable, "master", self._bridge, "up")
        _ip("-n", name, "addr", "add", address, "dev", "eth0")
        _ip("-n", name, "link", "set", "eth0", "up")
        _ip("-n", name, "link", "set", "lo", "up")

    def __exit__(self, *_: object) -> None:
        for machine in self.machines:
            subprocess.run(["ip", "netns", "del", machine.name], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", self._bridge], check=False, capture_output=True)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)
