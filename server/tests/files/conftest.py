"""Pictures and films made on the spot, and a way to send them."""

import io
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gewerk.files.incoming import Incoming
from gewerk.files.models import StoredFile
from gewerk.files.operations.store import store
from gewerk.files.receive import PICTURES, Received, receive
from gewerk.journal.actor import Actor, ActorKind
from PIL import Image

SAMPLES = Path(__file__).parent / "samples"


def picture(width: int = 640, height: int = 480, kind: str = "JPEG", *, gps: bool = False, **options: Any) -> bytes:
    """Grey, with a red corner at the upper left."""
    image = Image.new("RGB", (width, height), (120, 120, 120))
    image.paste((230, 20, 20), (0, 0, width // 4, height // 4))
    exif = Image.Exif()
    if gps:
        exif[0x010F] = "Telefon"
        exif[0x0112] = options.pop("orientation", 1)
        place = exif.get_ifd(0x8825)
        place[1], place[2], place[3], place[4] = "N", (51.0, 30.0, 0.0), "E", (7.0, 27.0, 0.0)
    written = io.BytesIO()
    image.save(written, kind, exif=exif.tobytes(), **options)
    return written.getvalue()


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content


def film(*, place: bytes = b"+51.5000+007.4500/", media: int = 1000, brand: bytes = b"isom") -> bytes:
    """The boxes of an MP4 as telephones write them, with the place in ``udta`` and in ``meta``."""
    told = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(place), 0x15C7) + place))
    keys = box(b"meta", b"com.apple.quicktime.location.ISO6709" + place)
    handler = box(b"mdia", box(b"hdlr", bytes(8) + b"vide" + bytes(12)))
    track = box(b"trak", box(b"tkhd", bytes(84)) + handler)
    return (
        box(b"ftyp", brand + bytes(4) + brand + b"mp42")
        + box(b"moov", box(b"mvhd", bytes(100)) + track + told + keys)
        + box(b"mdat", b"\x07" * media)
    )


@pytest.fixture(scope="session")
def made() -> Any:
    """This module: tests are imported by path and cannot name it."""
    return sys.modules[__name__]


@pytest.fixture
def files_folder(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def staff(factories: Any, db: None) -> Actor:
    organisation = factories.organisation()
    person = factories.person(organisation)
    return Actor(ActorKind.PERSON, person.pk, organisation.pk, roles=frozenset({"admin"}))


Send = Callable[..., StoredFile]


def received(content: bytes, name: str = "bild.jpg", **options: Any) -> tuple[Incoming, Received]:
    incoming = Incoming(name)
    try:
        for start in range(0, len(content), 65536):
            incoming.write(content[start : start + 65536])
        return incoming, receive(incoming, **{"kinds": PICTURES, **options})
    except BaseException:
        incoming.discard()
        raise


@pytest.fixture
def send(files_folder: Path, factories: Any) -> Send:
    def sent(actor: Actor, content: bytes, name: str = "bild.jpg", **options: Any) -> StoredFile:
        incoming, ready = received(content, name, **options)
        with incoming:
            return store(actor=actor, received=ready, now=factories.NOW)

    return sent


def everything_below(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())
