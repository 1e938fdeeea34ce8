"""What is kept of a photo or film, and what is refused with which words."""

import io
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gewerk.config.installation import installation
from gewerk.files import storage
from gewerk.files.incoming import FileTooLarge, Incoming
from gewerk.files.models import FileKind, StoredFile
from gewerk.files.photos import without_metadata
from gewerk.files.receive import ANY_KIND, harmless_name
from gewerk.kit.refusals import Refusal
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

pytestmark = pytest.mark.django_db


def opened(file: Any, variant: str = "") -> Image.Image:
    with storage.opened(file, variant) as lying:
        picture = Image.open(io.BytesIO(lying.read()))
    picture.load()
    return picture


def is_red(picture: Image.Image, corner: tuple[int, int]) -> bool:
    red, green, _ = picture.convert("RGB").getpixel(corner)  # type: ignore[misc]
    return bool(red > 150 and green < 100)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_place_where_it_was_taken_is_gone(made: Any, send: Any, staff: Any, kind: str) -> None:
    sent = made.picture(kind=kind, gps=True)
    assert b"Telefon" in sent
    file = send(staff, sent, "IMG_1234.png")
    assert (file.kind, file.media_type, file.width, file.height) == (FileKind.IMAGE, "image/jpeg", 640, 480)
    for variant in ("", *storage.VARIANTS):
        with storage.opened(file, variant) as lying:
            raw = lying.read()
        assert b"Telefon" not in raw
        assert b"Exif" not in raw
        assert not Image.open(io.BytesIO(raw)).getexif()


def test_an_upright_jpeg_keeps_its_very_pixels(made: Any, send: Any, staff: Any) -> None:
    sent = made.picture(gps=True, quality=93)
    kept = opened(send(staff, sent))
    assert kept.tobytes() == Image.open(io.BytesIO(sent)).tobytes()


def test_what_hides_behind_the_picture_is_cut_off(made: Any, send: Any, staff: Any) -> None:
    hidden = b"PK\x03\x04 a film, an archive, a page <script>"
    with storage.opened(send(staff, made.picture() + hidden)) as lying:
        assert hidden not in lying.read()


@pytest.mark.parametrize(("orientation", "corner"), [(1, (5, 5)), (3, (635, 475)), (6, (475, 5)), (8, (5, 635))])
def test_a_photo_stands_upright(made: Any, send: Any, staff: Any, orientation: int, corner: tuple[int, int]) -> None:
    """The red corner is where the camera's own orientation puts it (Exif 2.32, tag 0x0112)."""
    file = send(staff, made.picture(gps=True, orientation=orientation))
    assert is_red(opened(file), corner)
    assert (file.width, file.height) == opened(file).size
    assert opened(file, "small").size == ((320, 240) if orientation < 5 else (240, 320))


def test_a_heic_becomes_an_upright_jpeg(made: Any, send: Any, staff: Any) -> None:
    file = send(staff, (made.SAMPLES / "phone.heic").read_bytes(), "IMG_0001.HEIC")
    assert (file.media_type, file.width, file.height) == ("image/jpeg", 300, 400)
    assert is_red(opened(file), (290, 10))
    assert not opened(file).getexif()


def test_copies_are_1600_and_320_pixels_and_never_larger_than_the_photo(made: Any, send: Any, staff: Any) -> None:
    large = send(staff, made.picture(2400, 1800))
    assert (opened(large, "large").size, opened(large, "small").size) == ((1600, 1200), (320, 240))
    tiny = send(staff, made.picture(200, 100))
    assert (opened(tiny, "large").size, opened(tiny, "small").size) == ((200, 100), (200, 100))


def test_a_small_photo_is_its_own_copy_unless_it_takes_more_room_than_a_copy(made: Any, send: Any, staff: Any) -> None:
    lean = send(staff, made.picture(800, 600, quality=60))
    assert _bytes(lean, "large") == _bytes(lean)
    assert opened(lean, "small").size == (320, 240)
    noise = io.BytesIO()
    Image.effect_noise((400, 300), 90).convert("RGB").save(noise, "JPEG", quality=100)
    rich = send(staff, noise.getvalue())
    assert opened(rich, "large").size == (400, 300)
    assert len(_bytes(rich, "large")) < len(_bytes(rich))


def _bytes(file: StoredFile, variant: str = "") -> bytes:
    with storage.opened(file, variant) as lying:
        return bytes(lying.read())


def test_transparent_parts_become_white(made: Any, send: Any, staff: Any) -> None:
    written = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(written, "PNG")
    assert opened(send(staff, written.getvalue())).getpixel((20, 20)) == (255, 255, 255)


def _bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that claims, and would decode to, gigabytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(8_000_000), 9))
        + chunk(b"IEND", b"")
    )


BROKEN: dict[str, tuple[Callable[[Any], bytes], str]] = {
    "a bomb": (lambda made: _bomb(50_000, 50_000), "photo_too_many_pixels"),
    "just too many pixels": (lambda made: _bomb(8_001, 8_000), "photo_too_many_pixels"),
    "half a photo": (lambda made: made.picture(2000, 1500, quality=95)[:20_000], "photo_broken"),
    "half an upright photo": (lambda made: made.picture()[:-200], "photo_broken"),
    "a broken HEIC": (lambda made: (made.SAMPLES / "phone.heic").read_bytes()[:600], "photo_broken"),
    "a head of a HEIC alone": (lambda made: b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "photo_broken"),
    "a page that calls itself a photo": (lambda made: b"<html><script>alert(1)</script>", "file_kind_not_taken"),
    "an archive": (lambda made: b"PK\x03\x04" + bytes(100), "file_kind_not_taken"),
    "a program": (lambda made: b"MZ" + bytes(100), "file_kind_not_taken"),
    "an SVG": (lambda made: b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "file_kind_not_taken"),
    "nothing": (lambda made: b"", "file_empty"),
    "half a film": (lambda made: made.film(media=5000)[:-2500], "video_broken"),
    "a film without a film": (lambda made: made.box(b"ftyp", b"isom" + bytes(4)), "video_broken"),
    "a document where photos are asked for": (lambda made: b"%PDF-1.7\n%%EOF", "file_kind_not_taken"),
}


@pytest.mark.parametrize("what", BROKEN)
@pytest.mark.parametrize("name", ["foto.jpg", "film.mp4"])
def test_what_is_broken_is_refused_and_leaves_nothing(
    made: Any, send: Any, staff: Any, files_folder: Path, what: str, name: str
) -> None:
    content, code = BROKEN[what][0](made), BROKEN[what][1]
    with pytest.raises(Refusal) as refused:
        send(staff, content, name)
    assert refused.value.code == code
    assert str(refused.value.message)
    assert made.everything_below(files_folder) == []
    assert list((files_folder / ".incoming").iterdir()) == []


@pytest.mark.parametrize("brand", [b"isom", b"qt  ", b"mp42"])
def test_a_film_keeps_its_pictures_and_loses_its_place(made: Any, send: Any, staff: Any, brand: bytes) -> None:
    sent = made.film(brand=brand)
    file = send(staff, sent, "film.jpg")
    with storage.opened(file) as lying:
        kept = lying.read()
    assert file.kind == FileKind.VIDEO
    assert len(kept) == len(sent)
    assert b"+51.5000" in sent
    assert b"+51.5000" not in kept
    assert b"\x07" * 1000 in kept
    assert b"tkhd" in kept


def test_tags_of_a_webm_are_overwritten(made: Any, send: Any, staff: Any) -> None:
    def element(number: str, content: bytes) -> bytes:
        return bytes.fromhex(number) + (0x10000000 | len(content)).to_bytes(4, "big") + content

    head = element("1A45DFA3", element("4282", b"webm"))
    tags = element("1254C367", b"LOCATION 51.5 7.45 " * 4)
    cluster = element("1F43B675", b"\x07" * 200)
    sent = head + element("18538067", tags + cluster)
    with storage.opened(send(staff, sent)) as lying:
        kept = lying.read()
    assert (len(kept), b"LOCATION" in kept, b"\x07" * 200 in kept) == (len(sent), False, True)


def test_a_document_is_taken_where_it_is_asked_for(made: Any, send: Any, staff: Any) -> None:
    assert send(staff, b"%PDF-1.7\n...\n%%EOF\n", kinds=ANY_KIND).media_type == "application/pdf"
    with pytest.raises(Refusal) as refused:
        send(staff, b"%PDF-1.7\n half", kinds=ANY_KIND)
    assert refused.value.code == "document_broken"


@pytest.mark.parametrize(
    ("head", "megabytes", "words"),
    [
        (b"\xff\xd8\xff\xe0", 25, "25 MB"),
        (b"\x00\x00\x00\x18ftypisom", 200, "200 MB"),
        (b"%PDF-1.7", 25, "25 MB"),
    ],
)
def test_what_is_too_large_is_refused_as_soon_as_that_is_clear(
    made: Any, files_folder: Path, head: bytes, megabytes: int, words: str
) -> None:
    megabyte = bytes(1024 * 1024)
    with Incoming("gross") as incoming:
        incoming.write(head)
        with pytest.raises(FileTooLarge) as refused:
            any(incoming.write(megabyte) for _ in range(megabytes + 1))
        assert words in str(refused.value.message)
        assert incoming.size <= (megabytes + 1) * 1024 * 1024
    assert made.everything_below(files_folder) == []


@pytest.mark.parametrize(("exit_code", "code"), [(0, None), (1, "file_infected"), (2, "virus_check_unavailable")])
def test_the_virus_check_has_the_last_word(
    made: Any, send: Any, staff: Any, tmp_path: Path, monkeypatch: Any, exit_code: int, code: str | None
) -> None:
    checker, seen = tmp_path / "check.py", tmp_path / "seen"
    checker.write_text(f"import sys; open({str(seen)!r}, 'w').write(sys.argv[-1]); sys.exit({exit_code})")
    monkeypatch.setattr(installation(), "virus_check", f"{sys.executable} {checker}")
    if code is None:
        send(staff, made.picture())
    else:
        with pytest.raises(Refusal) as refused:
            send(staff, made.picture())
        assert refused.value.code == code
    assert seen.read_text().endswith("/sent")


def test_a_virus_check_that_is_missing_lets_nothing_in(made: Any, send: Any, staff: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(installation(), "virus_check", "/gibt/es/nicht")
    with pytest.raises(Refusal) as refused:
        send(staff, made.picture())
    assert refused.value.code == "virus_check_unavailable"


@given(st.text(max_size=300))
def test_no_name_is_a_path(sent: str) -> None:
    name = harmless_name(sent, "image/jpeg")
    assert not set(name) & set('/\\:*?"<>|\x00\r\n')
    assert name.endswith(".jpg")
    assert not name.startswith(".")
    assert len(name) <= 130


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Fotos\\Bad.JPG", "Bad.jpg"),
        ("rechnung\u202egpj.exe", "rechnunggpj.jpg"),
        ("Wasserfleck Küche.heic", "Wasserfleck Küche.jpg"),
        ("...", "datei.jpg"),
        ("\r\nSet-Cookie: a.png", "Set-Cookie  a.jpg"),
    ],
)
def test_names_are_shown_without_tricks(sent: str, shown: str) -> None:
    assert harmless_name(sent, "image/jpeg") == shown


@given(noise=st.binary(max_size=400), at=st.integers(0, 500))
def test_a_jpeg_of_any_bytes_is_cleaned_or_refused(made: Any, noise: bytes, at: int) -> None:
    good = made.picture(32, 24, gps=True)
    try:
        kept = without_metadata(good[:at] + noise + good[at + len(noise) :])
    except ValueError:
        return
    assert b"Exif\x00" not in kept
