"""A MariaDB server of the tests: found on the machine or installed by its package manager; loopback only; thrown away afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FOLDERS = ("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/usr/libexec")
_PATIENCE_SECONDS = 60


def _find(*names: str) -> str | None:
    found = [
        shutil.which(name) or next((f"{f}/{name}" for f in _FOLDERS if Path(f, name).exists()), None) for name in names
    ]
    return next((path for path in found if path), None)


def _programs() -> tuple[str, str] | None:
    """The server and the program that makes its data folder."""
    server = _find("mariadbd", "mysqld")
    maker = _find("mariadb-install-db", "mysql_install_db")
    return (server, maker) if server and maker else None


def _installed() -> tuple[str, str] | None:
    """As ``_programs``, installing the server if need be and possible."""
    if found := _programs():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "mariadb-server"]):
            if subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL).returncode != 0:
                print(f"did not work: {' '.join(command)}", file=sys.stderr)
    return _programs()


def _unprivileged() -> dict[str, str | int]:
    """MariaDB refuses root: then it runs as ``mysql`` or ``nobody``."""
    if os.geteuid() != 0:
        return {}
    for name in ("mysql", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid}
    raise RuntimeError("root without a user 'mysql' or 'nobody' to run MariaDB as")


@contextmanager
def server() -> Iterator[str | None]:
    """Yields ``mysql+pymysql://`` of a fresh server with superuser ``root``, or None when no MariaDB is to be had."""
    programs = _installed()
    if programs is None:
        yield None
        return
    daemon, maker = programs
    who = _unprivileged()
    with tempfile.TemporaryDirectory(prefix="gewerk-maria-") as folder:
        if who:
            os.chown(folder, int(who["user"]), int(who["group"]))
        data = f"{folder}/data"
        with open(f"{folder}/log", "wb") as log:
            subprocess.run(
                [
                    maker,
                    "--no-defaults",
                    f"--datadir={data}",
                    "--auth-root-authentication-method=normal",
                    "--skip-test-db",
                ],
                check=True,
                stdout=log,
                stderr=log,
                cwd=folder,
                **who,  # type: ignore[call-overload]
            )
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            options = (
                f"--datadir={data}",
                f"--tmpdir={folder}",
                f"--socket={folder}/socket",
                f"--pid-file={folder}/pid",
                "--bind-address=127.0.0.1",
                f"--port={port}",
                "--skip-name-resolve",
                "--character-set-server=utf8mb4",
                "--innodb-flush-log-at-trx-commit=0",
            )
            process = subprocess.Popen([daemon, "--no-defaults", *options], cwd=folder, stdout=log, stderr=log, **who)  # type: ignore[call-overload]
        try:
            _await(port)
            yield f"mysql+pymysql://root@127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def _await(port: int) -> None:
    import pymysql

    patience = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            pymysql.connect(host="127.0.0.1", port=port, user="root", connect_timeout=2).close()
            return
        except pymysql.err.OperationalError:
            if time.monotonic() > patience:
                raise
            time.sleep(0.1)
