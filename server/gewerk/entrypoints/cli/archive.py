"""``backup`` and ``restore``: one ``.tar.gz`` holding database, secrets, files and the connector's ledger.

The archive holds the encryption keys and personal data: it is written with mode 0600 and belongs where only the operator reads.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from gewerk.entrypoints.cli.lock import lock
from gewerk.entrypoints.cli.texts import CommandError, say
from gewerk.kit.search_index import SUFFIX

_SKIPPED = {"static", "up.lock", "test.sqlite3"}
_MANIFEST = "gewerk-backup.json"
_DUMP = "postgresql.dump"


def backup(*, data: Path, target: Path) -> None:
    """Save the folder into ``target``; works while Gewerk runs. Raises CommandError for a missing folder or an existing target."""
    if not (data / "secrets.json").exists():
        raise CommandError(f"{data} ist kein Datenordner von Gewerk.", f"{data} is no data folder of Gewerk.")
    if target.exists():
        raise CommandError(
            f"{target} gibt es schon; wählen Sie einen anderen Namen.", f"{target} exists already; choose another name."
        )
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory() as scratch, _private(draft) as archive:
            for path in sorted(p for p in data.rglob("*") if p.is_file()):
                inside = path.relative_to(data)
                if inside.parts[0] in _SKIPPED or path.name.endswith(("-wal", "-shm")):
                    continue
                archive.add(_consistent(path, Path(scratch)), arcname=f"data/{inside}")
            if url := _database_url():
                dump = Path(scratch) / _DUMP
                _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}", url])
                archive.add(dump, arcname=_DUMP)
            manifest = Path(scratch) / _MANIFEST
            made_at = datetime.now(UTC).isoformat(timespec="seconds")
            manifest.write_text(json.dumps({"version": version("gewerk"), "made_at": made_at, "postgresql": bool(url)}))
            archive.add(manifest, arcname=_MANIFEST)
        os.link(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    say(
        f"Gesichert: {target} ({target.stat().st_size // 1024} KB)",
        f"Saved: {target} ({target.stat().st_size // 1024} KB)",
    )


def restore(*, archive: Path, data: Path) -> None:
    """Unpack into the empty folder ``data`` (and, with DATABASE_URL, into an empty database). Nothing is left of a failed try."""
    if data.exists() and any(data.iterdir()):
        raise CommandError(
            f"{data} ist nicht leer; nennen Sie einen neuen Ordner.", f"{data} is not empty; name a new folder."
        )
    data.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".gewerk-restore-", dir=data.parent))
    try:
        try:
            with tarfile.open(archive, "r:gz") as packed:
                packed.extractall(scratch, filter="data")
            manifest = json.loads((scratch / _MANIFEST).read_text())
        except (OSError, tarfile.TarError, EOFError, ValueError, KeyError) as broken:
            raise CommandError(
                f"{archive} ist keine vollständige Sicherung von Gewerk.",
                f"{archive} is not a complete backup of Gewerk.",
            ) from broken
        if manifest["postgresql"]:
            url = _database_url()
            if not url:
                raise CommandError(
                    "Die Sicherung stammt aus PostgreSQL: setzen Sie DATABASE_URL auf eine leere Datenbank.",
                    "The backup is from PostgreSQL: set DATABASE_URL to an empty database.",
                )
            _restore_database(scratch / _DUMP, url)
        if data.exists():
            data.rmdir()
        (scratch / "data").rename(data)
        data.chmod(0o700)
        with lock(data):
            (data / "secrets.json").chmod(0o600)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    say(f"Wiederhergestellt: ./gewerk up --data {data}", f"Restored: ./gewerk up --data {data}")


def _restore_database(dump: Path, url: str) -> None:
    """All but extensions and the indexes that need them: the role may not be allowed to make them, and the next start tries."""
    contents = _run(["pg_restore", "--list", str(dump)]).splitlines()
    kept = dump.with_suffix(".list")
    kept.write_text("\n".join(one for one in contents if " EXTENSION " not in one and f"{SUFFIX} " not in f"{one} "))
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", f"--use-list={kept}"]
    _run(["pg_restore", *options, f"--dbname={url}", str(dump)])


def _private(path: Path) -> tarfile.TarFile:
    path.touch(mode=0o600, exist_ok=False)
    return tarfile.open(path, "w:gz")


def _consistent(path: Path, scratch: Path) -> Path:
    """A SQLite file in use is copied by SQLite itself; any other file is taken as it lies."""
    with path.open("rb") as file:
        if not file.read(16).startswith(b"SQLite format 3"):
            return path
    copy = scratch / f"copy-{path.name}"
    copy.unlink(missing_ok=True)
    source, target = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()
    return copy


def _database_url() -> str:
    return os.environ.get("GEWERK_DATABASE_URL") or os.environ.get("DATABASE_URL", "")


def _run(command: list[str]) -> str:
    """What the program printed."""
    if shutil.which(command[0]) is None:
        raise CommandError(
            f"Das Programm {command[0]} fehlt (Paket postgresql-client).",
            f"The program {command[0]} is missing (package postgresql-client).",
        )
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else str(done.returncode)
        raise CommandError(f"{command[0]} ist gescheitert: {reason}", f"{command[0]} failed: {reason}")
    return done.stdout
