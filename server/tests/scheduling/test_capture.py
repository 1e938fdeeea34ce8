"""What was captured without network arrives once and whole, whatever the clock, the line and the phone do."""

import hashlib
import io
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from gewerk.files.incoming import Incoming
from gewerk.files.models import FileLink
from gewerk.files.queries import files_of
from gewerk.files.receive import Received, receive
from gewerk.journal.actor import Actor
from gewerk.journal.models import Entry
from gewerk.journeys import agree_visit
from gewerk.journeys.complete_visit import add_photo, finish_capture
from gewerk.kit.refusals import Refusal
from gewerk.projects.access import OrderNotFound
from gewerk.scheduling.models import Completion, CompletionItem
from gewerk.scheduling.operations.capture import (
    Captured,
    CaptureIsInvalid,
    CompletionNotFound,
    ExpectedFile,
    FileIsUnexpected,
    FilesAreMissing,
    IdIsTaken,
    UsedItem,
    begin,
    true_time,
)
from gewerk.scheduling.operations.moving import Span
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from .conftest import NOW, Matter, matter


@pytest.fixture(autouse=True)
def _files_folder(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "files")


def photo(number: int) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (64, 48), (number % 256, 90, 200 - number % 200)).save(written, "PNG")
    return written.getvalue()


def arrived(content: bytes) -> Received:
    incoming = Incoming("foto.png")
    incoming.write(content)
    return receive(incoming)


def captured(photos: list[bytes], *, completion_id: UUID | None = None, **fields: Any) -> Captured:
    return Captured(
        completion_id=completion_id or uuid4(),
        **{
            "captured_at": NOW,
            "sent_at": NOW,
            "text": "Dichtung getauscht",
            "files": [ExpectedFile(hashlib.sha256(p).hexdigest(), "after", "foto.png") for p in photos],
            **fields,
        },
    )


def test_whole_completion_ends_visit_and_order(awarded: Matter) -> None:
    start = NOW + timedelta(days=4)
    visit = agree_visit.announce_visit(
        actor=awarded.fitter, order_id=awarded.order.pk, span=Span(start, start + timedelta(hours=1)), now=NOW
    )
    there = start + timedelta(minutes=40)
    photos = [photo(1), photo(2)]
    sent = captured(
        photos,
        captured_at=there,
        sent_at=there,
        minutes=35,
        items=[UsedItem("Dichtung 3/8", 2_000, "St")],
        checklist=[("Wasser läuft wieder", True)],
    )
    begin(actor=awarded.fitter, order_id=awarded.order.pk, captured=sent, now=there)
    with pytest.raises(FilesAreMissing) as refused:
        finish_capture(actor=awarded.fitter, completion_id=sent.completion_id, now=there)
    assert len(refused.value.details["sha256"]) == 2
    assert awarded.again().state == "booked"
    for one in photos:
        add_photo(
            actor=awarded.fitter, completion_id=sent.completion_id, received=arrived(one), purpose="after", now=there
        )
    whole = finish_capture(actor=awarded.fitter, completion_id=sent.completion_id, now=there)
    visit.refresh_from_db()
    assert (whole.state, visit.state, awarded.again().state) == ("whole", "attended", "done")
    assert whole.visit_id == visit.pk
    links = files_of("completion", whole.pk)
    assert {link.file.sha256 for link in links} == {f.sha256 for f in sent.files}
    assert {link.organisation_id for link in links} == {awarded.organisation.pk}


def test_a_part_of_the_work_leaves_the_order_in_progress(awarded: Matter) -> None:
    sent = captured([], finishes=False)
    begin(actor=awarded.fitter, order_id=awarded.order.pk, captured=sent, now=NOW)
    finish_capture(actor=awarded.fitter, completion_id=sent.completion_id, now=NOW)
    assert awarded.again().state == "in_progress"


def test_twenty_captured_in_the_cellar_each_arrives_once(db: None, factories: Any) -> None:
    """The line breaks after any call, the phone sends everything anew, several times, in any order."""
    chance = random.Random(2026)
    matters = [matter(factories) for _ in range(20)]
    clock_off = timedelta(days=-400, minutes=17)
    captures = []
    for number, one in enumerate(matters):
        at = NOW + timedelta(minutes=10 * number)
        photos = [photo(number * 3 + k) for k in range(3)]
        captures.append((one, at, photos, captured(photos, captured_at=at + clock_off, sent_at=NOW)))
    sync_at = NOW + timedelta(days=2)
    for _ in range(4):
        chance.shuffle(captures)
        for one, _at, photos, sent in captures:
            again = Captured(
                **{
                    **{name: getattr(sent, name) for name in sent.__dataclass_fields__},
                    "sent_at": sync_at + clock_off,
                }
            )
            calls = [
                lambda one=one, again=again: begin(
                    actor=one.fitter, order_id=one.order.pk, captured=again, now=sync_at
                ),
                *(
                    lambda one=one, p=p, again=again: add_photo(
                        actor=one.fitter,
                        completion_id=again.completion_id,
                        received=arrived(p),
                        purpose="after",
                        now=sync_at,
                    )
                    for p in photos
                ),
                lambda one=one, again=again: finish_capture(
                    actor=one.fitter, completion_id=again.completion_id, now=sync_at
                ),
            ]
            for call in calls[: chance.randint(0, len(calls))]:
                call()
    for one, _at, photos, sent in captures:
        begin(actor=one.fitter, order_id=one.order.pk, captured=sent, now=sync_at)
        for p in photos:
            add_photo(
                actor=one.fitter, completion_id=sent.completion_id, received=arrived(p), purpose="after", now=sync_at
            )
        finish_capture(actor=one.fitter, completion_id=sent.completion_id, now=sync_at)
    assert Completion.objects.count() == 20
    assert FileLink.objects.filter(object_type="completion").count() == 60
    assert Entry.objects.filter(event="completion.received").count() == 20
    assert Entry.objects.filter(event="work_order.finish").count() == 20
    for one, at, photos, sent in captures:
        assert one.again().state == "done"
        kept = Completion.objects.get(pk=sent.completion_id)
        if kept.clock_off_seconds:
            assert kept.captured_at == at
        wanted = {hashlib.sha256(p).hexdigest() for p in photos}
        assert {link.file.sha256 for link in files_of("completion", kept.pk)} == wanted


@given(
    st.timedeltas(timedelta(days=-4000), timedelta(days=4000)),
    st.timedeltas(timedelta(0), timedelta(days=60)),
)
def test_a_wrong_clock_is_put_right(off: timedelta, waited: timedelta) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    really = now - waited
    found_off, captured_at = true_time(really + off, sent_at=now + off, now=now)
    assert captured_at <= now
    tolerance = timedelta(seconds=30) if found_off == timedelta(0) else timedelta(0)
    assert abs(captured_at - really) <= tolerance


def test_a_clock_that_was_put_right_in_between_never_gives_the_future() -> None:
    _, captured_at = true_time(NOW + timedelta(days=365), sent_at=NOW, now=NOW)
    assert captured_at == NOW


def test_what_arrives_twice_with_other_words_stays_as_it_came_first(awarded: Matter) -> None:
    sent = captured([], items=[UsedItem("Rohr", 1_000, "m")])
    begin(actor=awarded.fitter, order_id=awarded.order.pk, captured=sent, now=NOW)
    begin(
        actor=awarded.fitter,
        order_id=awarded.order.pk,
        captured=captured([], completion_id=sent.completion_id, text="anders"),
        now=NOW,
    )
    assert Completion.objects.get().text == "Dichtung getauscht"
    assert CompletionItem.objects.count() == 1


def test_an_unannounced_photo_is_refused(awarded: Matter) -> None:
    sent = captured([photo(1)])
    begin(actor=awarded.fitter, order_id=awarded.order.pk, captured=sent, now=NOW)
    for content, purpose in ((photo(2), "after"), (photo(1), "before")):
        with pytest.raises(FileIsUnexpected):
            add_photo(
                actor=awarded.fitter,
                completion_id=sent.completion_id,
                received=arrived(content),
                purpose=purpose,
                now=NOW,
            )
    assert not FileLink.objects.exists()


def test_nobody_sends_for_another_order_or_another_firm(awarded: Matter, stranger: Actor, factories: Any) -> None:
    sent = captured([photo(1)])
    begin(actor=awarded.fitter, order_id=awarded.order.pk, captured=sent, now=NOW)
    with pytest.raises(OrderNotFound):
        begin(actor=stranger, order_id=awarded.order.pk, captured=captured([]), now=NOW)
    with pytest.raises(CompletionNotFound):
        finish_capture(actor=stranger, completion_id=sent.completion_id, now=NOW)
    other = matter(factories)
    with pytest.raises(IdIsTaken):
        begin(actor=other.fitter, order_id=other.order.pk, captured=sent, now=NOW)


def test_a_completion_for_a_cancelled_order_is_kept_and_moves_nothing(awarded: Matter) -> None:
    awarded.order.state = "cancelled"
    awarded.order.save()
    sent = captured([])
    begin(actor=awarded.fitter, order_id=awarded.order.pk, captured=sent, now=NOW)
    assert finish_capture(actor=awarded.fitter, completion_id=sent.completion_id, now=NOW).state == "whole"
    assert awarded.again().state == "cancelled"


def test_bad_input_is_named(awarded: Matter) -> None:
    wrong = captured(
        [],
        text=" ",
        minutes=-1,
        items=[UsedItem("", 0, "")],
        files=[ExpectedFile("kurz", "irgendwas", "x"), ExpectedFile("0" * 64, "signature", "u.png")],
    )
    with pytest.raises(CaptureIsInvalid) as refused:
        begin(actor=awarded.fitter, order_id=awarded.order.pk, captured=wrong, now=NOW)
    assert {p.pointer for p in refused.value.problems} == {"/minutes", "/files/0", "/items/0", "/signed_by"}
    assert not Completion.objects.exists()


def test_the_finance_officer_cannot_report_work(awarded: Matter) -> None:
    from dataclasses import replace

    finance = replace(awarded.staff, roles=frozenset({"finance_officer"}))
    with pytest.raises(Refusal):
        begin(actor=finance, order_id=awarded.order.pk, captured=captured([]), now=NOW)
