"""A PostgreSQL server of the tests: found on the machine, or from the wheel in the lock file; loopback only; thrown away afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _binaries() -> Path | None:
    places = [Path(found).resolve().parent for name in ("postgres",) if (found := shutil.which(name))]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    try:
        import pgserver

        places.append(Path(pgserver.__file__).parent / "pginstall" / "bin")
    except ImportError:
        pass
    return next((p for p in places if (p / "initdb").exists() and (p / "postgres").exists()), None)


def _unprivileged() -> dict[str, str | int]:
    """PostgreSQL refuses root: then it runs as ``postgres`` or ``nobody``."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid}
    raise RuntimeError("root without a user 'postgres' or 'nobody' to run PostgreSQL as")


@contextmanager
def server(address: str = "127.0.0.1") -> Iterator[str | None]:
    """Yields ``postgresql://`` of a fresh cluster with superuser ``gewerk``, or None when no PostgreSQL is to be had.

    ``address``: on which it listens; whoever reaches it may come in, so it must be one of this machine alone.
    """
    binaries = _binaries()
    if binaries is None:
        yield None
        return
    who = _unprivileged()
    with tempfile.TemporaryDirectory(prefix="gewerk-pg-") as folder:
        if who:
            os.chown(folder, int(who["user"]), int(who["group"]))
        cluster = f"{folder}/data"
        subprocess.run(
            [binaries / "initdb", "-D", cluster, "-U", "gewerk", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **who,  # type: ignore[call-overload]
        )
        with socket.socket() as probe:
            probe.bind((address, 0))
            port = probe.getsockname()[1]
        options = (
            f"listen_addresses={address}",
            f"port={port}",
            f"unix_socket_directories={folder}",
            "fsync=off",
            "max_connections=200",
        )
        with open(f"{cluster}/pg_hba.conf", "a") as rules:
            rules.write("host all all samenet trust\n")
        flags = [part for option in options for part in ("-c", option)]
        with open(f"{folder}/log", "wb") as log:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", cluster, *flags], cwd=folder, stdout=log, stderr=log, **who
            )  # type: ignore[call-overload]
        try:
            url = f"postgresql://gewerk@{address}:{port}/postgres"
            _await(url)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=30)


def _await(url: str) -> None:
    import time

    import psycopg

    patience = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > patience:
                raise
            time.sleep(0.1)
