"""Each matter once: as a notice on the pages, and by a real mail server."""

import threading
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from engine_house import House
from exports_here import SMALL, small, write_tables
from gewerk_connect.service.connections import Connections
from gewerk_connect.service.installation import open_service
from gewerk_connect.service.watch import Watch
from gewerk_connect.service.watch.facts import facts_of
from gewerk_connect.service.watch.matters import matters
from gewerk_connect.service.watch.notices import Notices, Recipients
from openpyxl import load_workbook
from standin import Fault, StandIn
from watch_house import Clock, Post


def break_export(house: House) -> None:
    (house.export / "units.csv").unlink()


def mend_export(house: House) -> None:
    write_tables(house.export, small())


def kinds(watch: Watch, connection_id: str) -> list[str]:
    return [notice.kind for notice in watch.notices.open_of(connection_id)]


def test_a_failed_run_is_told_once_with_reason_and_link(house: House, watch: Watch, post: Post) -> None:
    connection_id = house.connect()
    house.engine.start()
    break_export(house)
    assert house.run(connection_id).status == "failed"
    watch.round()
    assert kinds(watch, connection_id) == ["failed"]
    [mail] = post.mails
    assert mail["To"] == "betrieb@example.org"
    assert mail["Subject"] == "Abgleich fehlgeschlagen (Haus)"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "units.csv" in post.text()
    assert f"/connections/{connection_id}" in post.text()

    watch.round()
    assert house.run(connection_id).status == "failed"  # the same matter again
    watch.round()
    assert len(post.mails) == 1

    mend_export(house)
    assert house.run(connection_id).status == "succeeded"
    watch.round()
    assert kinds(watch, connection_id) == []
    break_export(house)
    assert house.run(connection_id).status == "failed"  # a new one
    watch.round()
    assert len(post.mails) == 2
    assert post.mails[0]["Message-ID"] != post.mails[1]["Message-ID"]


def test_who_is_to_be_told_is_told_in_their_language(house: House, watch: Watch, post: Post) -> None:
    connection_id = house.connect()
    watch.notices.set_recipients(connection_id, Recipients(("anna@example.org", "ben@example.org"), "en"))
    house.engine.start()
    break_export(house)
    house.run(connection_id)
    watch.round()
    [mail] = post.mails
    assert mail["To"] == "anna@example.org, ben@example.org"
    assert mail["Subject"] == "Sync failed (Haus)"
    assert "did not go through: File units.csv" in post.text()


def test_the_fuse_is_told_with_the_run_as_a_spreadsheet(house: House, watch: Watch, post: Post) -> None:
    rows = [["1", "9", "66", str(n), "Wohnung", "EG", "50"] for n in range(10, 60)]
    write_tables(house.export, small(units=[*SMALL["units"], *rows]))
    connection_id = house.connect()
    house.engine.start()
    assert house.run(connection_id).status == "succeeded"
    mend_export(house)
    assert house.run(connection_id).status == "stopped_by_fuse"
    watch.round()
    [mail] = post.mails
    assert "zu viele Datensätze würden archiviert" in mail["Subject"]
    assert "von der Sicherung angehalten" in post.text()
    [attached] = list(mail.iter_attachments())
    assert attached.get_filename().endswith(".xlsx")
    assert load_workbook(BytesIO(attached.get_payload(decode=True))).sheetnames == ["Übersicht", "Befunde"]
    assert house.run(connection_id).status == "stopped_by_fuse"
    watch.round()
    assert len(post.mails) == 1
    assert house.run(connection_id, confirm_fuse=True).status == "succeeded"
    watch.round()
    assert kinds(watch, connection_id) == []


def test_a_rotated_secret_pauses_and_is_told_once(house: House, watch: Watch, post: Post, api: StandIn) -> None:
    connection_id = house.connect()
    house.engine.start()
    api.rotate()
    assert house.run(connection_id).code == "credentials_rejected"
    watch.round()
    watch.round()
    assert kinds(watch, connection_id) == ["paused"]
    [mail] = post.mails
    assert mail["Subject"] == "Abgleich angehalten: Zugangsdaten abgelehnt (Haus)"
    assert "Konto > API-Schlüssel" in post.text()
    house.connections.resume(connection_id, "Anna", watch._now())
    watch.round()
    assert "paused" not in kinds(watch, connection_id)


def test_four_days_of_silence_and_an_old_secret(house: House, watch: Watch, post: Post, clock: Clock) -> None:
    connection_id = house.connect()
    house.engine.start()
    house.run(connection_id)
    house.engine.stop()
    watch.round()
    clock.turn(days=3, hours=23)
    watch.round()
    assert post.mails == []
    clock.turn(hours=2)
    for _ in range(3):
        watch.round()
    assert [mail["Subject"] for mail in post.mails] == ["Seit 4 Tagen kein Abgleich (Haus)"]
    clock.turn(days=200)
    watch.round()
    watch.round()
    assert len(post.mails) == 2
    assert "Client-Geheimnis ist" in post.mails[1]["Subject"]


def test_a_report_after_each_good_run_for_those_who_want_it(house: House, watch: Watch, post: Post) -> None:
    connection_id = house.connect()
    watch.notices.set_recipients(connection_id, Recipients(("anna@example.org",), "de", every_run=True))
    house.engine.start()
    house.run(connection_id)
    watch.round()
    watch.round()
    [mail] = post.mails
    assert mail["Subject"] == "Bericht: Abgleich abgeschlossen (Haus)"
    assert "Mieter ohne gültige E-Mail-Adresse" in post.text()
    assert [part.get_filename() for part in mail.iter_attachments()] != []
    assert kinds(watch, connection_id) == []
    house.run(connection_id)
    watch.round()
    assert len(post.mails) == 2


def test_no_mail_names_a_person(house: House, watch: Watch, post: Post, api: StandIn) -> None:
    connection_id = house.connect()
    watch.notices.set_recipients(connection_id, Recipients(("anna@example.org",), "de", every_run=True))
    api.reject["1-700-100"] = "invalid"
    house.engine.start()
    house.run(connection_id)
    watch.round()
    [mail] = post.mails
    whole = post.text() + "".join(
        str(cell.value)
        for part in mail.iter_attachments()
        for sheet in load_workbook(BytesIO(part.get_payload(decode=True))).worksheets
        for row in sheet.iter_rows()
        for cell in row
    )
    for person in ("Anna", "Alt", "Bert", "Bau", "anna@web.de", "Firma C"):
        assert person not in whole.replace("anna@example.org", "")


def test_a_mail_server_that_is_away_is_tried_again_and_the_mail_comes_once(
    house: House, watch: Watch, post: Post, clock: Clock
) -> None:
    connection_id = house.connect()
    house.engine.start()
    break_export(house)
    house.run(connection_id)
    post.refuse = 2
    watch.round()
    watch.round()  # too early
    assert post.mails == []
    for _ in range(4):
        clock.turn(minutes=20)
        watch.round()
    assert len(post.mails) == 1


def test_a_sender_that_died_is_followed_by_another_with_the_same_message_id(
    house: House, watch: Watch, post: Post, clock: Clock
) -> None:
    connection_id = house.connect()
    house.engine.start()
    break_export(house)
    house.run(connection_id)
    rows = house.connections.active()
    known = facts_of(house.service, rows)[connection_id]
    watch.notices.keep(
        connection_id, list(matters(rows[0], known, clock(), secret_days=0, report_every_run=False)), clock()
    )
    [notice] = Notices(house.service.engine).claim_unmailed(clock())
    watch.round()
    assert post.mails == []  # somebody is sending it
    clock.turn(minutes=11)
    watch.round()
    [mail] = post.mails
    assert notice.id in mail["Message-ID"]


def test_many_watches_at_once_send_one_mail(house: House, post: Post, clock: Clock) -> None:
    connection_id = house.connect()
    house.engine.start()
    break_export(house)
    house.run(connection_id)
    house.engine.stop()
    watches = [Watch(house.service, house.connections, now=clock) for _ in range(6)]
    threads = [threading.Thread(target=one.round) for one in watches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(post.mails) == 1
    assert kinds(watches[0], connection_id) == ["failed"]


def test_without_a_mail_server_the_pages_tell_it(tmp_path: Path, house: House, clock: Clock) -> None:
    connection_id = house.connect()
    house.engine.start()
    break_export(house)
    house.run(connection_id)
    silent = house.service.configuration.model_copy(update={"smtp": None})
    with open_service(silent) as service:
        watch = Watch(service, Connections(service), now=clock)
        watch.round()
        [notice] = watch.notices.open_of(connection_id)
        assert notice.mailed_at is None


def test_what_is_long_over_is_forgotten(house: House, watch: Watch, clock: Clock) -> None:
    connection_id = house.connect()
    house.engine.start()
    break_export(house)
    house.run(connection_id)
    watch.round()
    mend_export(house)
    house.run(connection_id)
    watch.round()
    assert watch.notices.forget_before(clock() - timedelta(days=1)) == 0
    assert watch.notices.forget_before(clock() + timedelta(days=1)) == 1


@pytest.mark.parametrize("fault", [Fault("/token", status=503, times=10_000)])
def test_a_target_that_is_away_is_named(house: House, watch: Watch, post: Post, fault: Fault) -> None:
    connection_id = house.connect()
    house.api.faults.append(fault)
    house.engine.start()
    assert house.run(connection_id).code == "target_unavailable"
    watch.round()
    assert "ist nicht erreichbar" in post.text()
