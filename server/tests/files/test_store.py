"""Stored once per organisation, whole or not at all; linked to many; swept when nothing links to it."""

import io
import os
import subprocess
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from gewerk.config.installation import installation
from gewerk.files import access, storage
from gewerk.files.access import FileNotFound, file_for
from gewerk.files.models import FileLink, StoredFile, StoreUse
from gewerk.files.operations.link import hand_on, link, unlink
from gewerk.files.operations.store import store
from gewerk.files.operations.sweep import sweep
from gewerk.files.queries import files_of
from gewerk.journal.actor import Actor, ActorKind
from gewerk.journal.models import Entry
from gewerk.kit.refusals import Refusal
from PIL import Image

pytestmark = pytest.mark.django_db


def colleague(actor: Actor, factories: Any) -> Actor:
    return Actor(ActorKind.PERSON, uuid4(), factories.organisation().pk, roles=actor.roles)


def test_the_same_bytes_are_kept_once_per_organisation(send: Any, staff: Any, factories: Any, made: Any) -> None:
    photo = made.picture()
    first, second = send(staff, photo, "a.jpg"), send(staff, photo, "b.jpg")
    other = send(colleague(staff, factories), photo)
    assert first == second
    assert other != first
    assert storage.key_of(other) != storage.key_of(first)
    assert StoreUse.objects.get(pk=staff.organisation_id).stored_bytes == first.stored_bytes


def test_an_organisation_keeps_no_more_than_its_limit(
    send: Any, staff: Any, files_folder: Path, made: Any, monkeypatch: Any
) -> None:
    one = send(staff, made.picture())
    lying = made.everything_below(files_folder)
    monkeypatch.setattr("gewerk.files.operations.store.most_stored_bytes", lambda: one.stored_bytes + 10)
    with pytest.raises(Refusal) as refused:
        send(staff, made.picture(800, 600))
    assert refused.value.code == "store_full"
    assert made.everything_below(files_folder) == lying
    assert StoreUse.objects.get(pk=staff.organisation_id).stored_bytes == one.stored_bytes
    assert installation().storage_limit_gb == 100


def test_nothing_lies_there_when_the_row_does_not(
    send: Any, staff: Any, files_folder: Path, made: Any, monkeypatch: Any
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("the database has gone")

    real, calls = storage.put, []

    def puts(source: Path, key: str) -> None:
        real(source, key)
        calls.append(key)
        if len(calls) == 2:
            fails()

    monkeypatch.setattr(storage, "put", puts)
    with pytest.raises(RuntimeError):
        send(staff, made.picture())
    assert len(calls) == 2
    assert made.everything_below(files_folder) == []
    assert not StoredFile.objects.exists()
    assert not StoreUse.objects.exists()


@pytest.fixture
def small_disk(tmp_path: Path, settings: Any):
    """A disk of one megabyte."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "gewerk-test", place], capture_output=True)
    if done.returncode != 0:
        pytest.skip("this machine lets nobody mount")
    settings.MEDIA_ROOT = place
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize(("width", "height"), [(6000, 4000), (1500, 1100)])
def test_a_full_disk_is_said_and_leaves_nothing(
    small_disk: Path, staff: Any, factories: Any, made: Any, width: int, height: int
) -> None:
    """Full while it is received, and full while the smaller copies are written."""
    written = io.BytesIO()
    Image.effect_noise((width, height), 90).convert("RGB").save(written, "JPEG", quality=60)
    with pytest.raises(Refusal) as refused:
        made.received(written.getvalue())
    assert refused.value.code == "no_space"
    assert made.everything_below(small_disk) == []
    with made.received(made.picture())[0] as incoming:
        assert incoming.size


def test_a_disk_that_fills_while_files_are_taken_over(
    send: Any, staff: Any, files_folder: Path, made: Any, monkeypatch: Any
) -> None:
    real = storage.put

    def puts(source: Path, key: str) -> None:
        if "small" in key:
            raise OSError(28, "No space left on device")
        real(source, key)

    monkeypatch.setattr(storage, "put", puts)
    with pytest.raises(Refusal) as refused:
        send(staff, made.picture())
    assert refused.value.code == "no_space"
    assert made.everything_below(files_folder) == []
    assert not StoredFile.objects.exists()


def linked(actor: Actor, file: StoredFile, factories: Any, object_type: str = "ticket", **more: Any) -> FileLink:
    given = {"object_id": uuid4(), "name": "bild.jpg", "now": factories.NOW, **more}
    return link(actor=actor, file=file, object_type=object_type, **given)


def test_a_conversion_adds_links_and_loses_none(send: Any, staff: Any, factories: Any, made: Any) -> None:
    ticket, order = uuid4(), uuid4()
    for number, purpose in enumerate(["report", "report", "added"]):
        file = send(staff, made.picture(100 + number, 100))
        linked(staff, file, factories, object_id=ticket, purpose=purpose, caption=f"Bild {number}")
    handed = {"from_type": "ticket", "from_id": ticket, "to_type": "work_order", "to_id": order}
    assert hand_on(actor=staff, **handed, now=factories.NOW) == 3
    assert hand_on(actor=staff, **handed, now=factories.NOW) == 0
    before, after = files_of("ticket", ticket), files_of("work_order", order)
    assert len(before) == 3
    told = [(one.file_id, one.purpose, one.name, one.caption) for one in before]
    assert told == [(one.file_id, one.purpose, one.name, one.caption) for one in after]
    unlink(actor=staff, link_id=before[0].pk, now=factories.NOW)
    assert len(files_of("work_order", order)) == 3
    sweep(now=factories.NOW + timedelta(days=30))
    assert StoredFile.objects.count() == 3
    events = Entry.objects.filter(event="file.linked", object_id=order)
    assert [e.data["file"] for e in events.order_by("id")] == [str(one.file_id) for one in after]


def test_a_foreign_file_is_not_found(send: Any, staff: Any, factories: Any, made: Any, monkeypatch: Any) -> None:
    file = send(staff, made.picture())
    stranger = colleague(staff, factories)
    with pytest.raises(FileNotFound):
        linked(stranger, file, factories)
    mine = linked(staff, file, factories, "thing")
    for viewer in (None, lambda actor, ids: set()):
        monkeypatch.setattr(access, "VIEWERS", {"thing": viewer} if viewer else {})
        with pytest.raises(FileNotFound):
            file_for(staff, file.pk)
    monkeypatch.setattr(access, "VIEWERS", {"thing": lambda actor, ids: set(ids) if actor == staff else set()})
    assert file_for(staff, file.pk) == mine
    with pytest.raises(FileNotFound):
        file_for(stranger, file.pk)
    with pytest.raises(FileNotFound):
        unlink(actor=stranger, link_id=mine.pk, now=factories.NOW)


@pytest.mark.django_db(transaction=True)
def test_the_sweep_takes_what_nothing_links_to(
    send: Any, staff: Any, files_folder: Path, factories: Any, made: Any
) -> None:
    with transaction.atomic():
        kept = send(staff, made.picture(100, 100))
        linked(staff, kept, factories)
        send(staff, made.picture(200, 100))
    stray = files_folder / storage.key_of(kept).replace(kept.pk.hex, uuid4().hex)
    stray.write_bytes(b"left behind by a process that was killed")
    old = factories.NOW.timestamp() - 90_000
    for path in (stray, *made.everything_below(files_folder)):
        os.utime(path, (old, old))
    (files_folder / ".incoming" / "dead").mkdir()
    os.utime(files_folder / ".incoming" / "dead", (old, old))
    assert sweep(now=factories.NOW + timedelta(hours=1)) == 2, "the stray and the dead folder; drafts may still be sent"
    assert sweep(now=factories.NOW + timedelta(days=2)) == 1
    assert [p.stem.partition("-")[0] for p in made.everything_below(files_folder)] == [kept.pk.hex] * 3
    assert StoreUse.objects.get(pk=staff.organisation_id).stored_bytes == kept.stored_bytes


@pytest.mark.django_db(transaction=True)
def test_the_same_photo_at_the_same_moment_is_stored_once(
    staff: Any, files_folder: Path, factories: Any, made: Any
) -> None:
    ready, failures = threading.Barrier(4), []

    def upload() -> None:
        incoming, received = made.received(photo)
        with incoming:
            ready.wait()
            try:
                with transaction.atomic():
                    store(actor=staff, received=received, now=factories.NOW)
            except Exception as failure:  # noqa: BLE001 - told below
                failures.append(failure)
            finally:
                connection.close()

    photo = made.picture()
    threads = [threading.Thread(target=upload) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    file = StoredFile.objects.get()
    assert StoreUse.objects.get().stored_bytes == file.stored_bytes
    assert len(made.everything_below(files_folder)) == 3
    with storage.opened(file) as lying:
        assert len(lying.read()) == file.size
