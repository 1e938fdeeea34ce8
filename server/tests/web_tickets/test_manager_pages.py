"""The manager's pages of tickets: list, one ticket, a report by phone, links for the stairwell, what waits."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from gewerk.entrypoints.web.manager.listing import page as listing_page
from gewerk.entrypoints.web.manager.tickets.listing import COLUMNS
from gewerk.files.queries import files_of
from gewerk.identity.models import Role
from gewerk.tickets.models import HistoryEntry, ReportLink, Ticket
from gewerk.tickets.operations.report import settings_of
from gewerk.tickets.queries import ticket_list
from gewerk.tickets.states import STEPS, By, State, allowed

pytestmark = pytest.mark.django_db
BACKEND = "gewerk.entrypoints.web.account.backend.Backend"


def text_of(answer: Any) -> str:
    html = answer.content.decode()
    body = re.sub(r"<(script|style|svg|template)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u00a0", " ").split())


def numbers(answer: Any) -> list[str]:
    return re.findall(r'class="id">(T-\d{4}-\d{4})</td>', answer.content.decode())


@pytest.fixture
def stock(house: Any, factories: Any) -> dict[str, Ticket]:
    now = timezone.now()
    other = factories.property_(house.organisation, city="Leipzig", street="Anger", search="anger leipzig")
    return {
        "tap": factories.ticket(house.property, unit=house.left, now=now - timedelta(hours=1)),
        "gas": factories.ticket(house.property, category="heating.gas_smell", now=now - timedelta(hours=3)),
        "mine": factories.ticket(other, category="mould.mould", responsible=house.person, now=now),
        "done": factories.ticket(other, category="noise.smell", state="closed", now=now),
    }


def test_the_pressing_stand_first_and_only_what_is_open(office: Client, house: Any, stock: Any) -> None:
    page = office.get("/tickets/")
    assert numbers(page) == [stock["gas"].number, stock["tap"].number, stock["mine"].number]
    text = text_of(page)
    assert "3 offen, 3 neu, 1 Notfälle, 1 überfällig." in text
    assert "Lindemannstraße 12, 44137 Dortmund · 2. OG links" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=all&sort=reported", ["gas", "tap", "mine", "done"]),
        ("state=closed", ["done"]),
        ("urgency=emergency", ["gas"]),
        ("category=mould", ["mine"]),
        ("city=Leipzig", ["mine"]),
        ("late=yes", ["gas"]),
        ("responsible=me", ["gas", "tap", "mine"]),
        ("responsible=none", []),
        ("channel=phone&sort=-number", ["mine", "tap", "gas"]),
        ("q=Wasserh%C3%A4hne+tropfen", ["tap"]),
        ("q=lindemannstr+2+og+links", ["tap"]),
        ("q=T-2026-0003", ["mine"]),
        ("q=gibtesnicht", []),
        ("property=kein&unit=kein&building=yes", []),
        (
            "sort=nonsense&columns=number.place.photos.followers.reporter.erp_number.changed&page=9",
            ["gas", "tap", "mine"],
        ),
    ],
)
def test_filters_and_search(office: Client, stock: Any, query: str, found: list[str]) -> None:
    page = office.get(f"/tickets/?{query}")
    assert page.status_code == 200
    assert numbers(page) == [stock[name].number for name in found]


def test_a_tab_counts_what_its_list_shows(office: Client, house: Any, factories: Any, stock: Any) -> None:
    now = timezone.now()
    other = factories.person(house.organisation)
    for fields in (
        {"state": "new", "incident": stock["tap"]},
        {"state": "reopened", "responsible": other},
        {"state": "in_progress", "responsible": other, "react_by_at": now - timedelta(days=1)},
        {"state": "waiting", "incident": stock["tap"], "react_by_at": now - timedelta(days=1)},
        {"state": "resolved", "responsible": other},
    ):
        factories.ticket(house.property, now=now, **fields)
    page = office.get("/tickets/?state=closed")
    tabs = [tab for tab in page.context["tabs"] if tab["count"] is not None]
    assert [tab["count"] for tab in tabs] == [5, 3, 4, 2]
    for tab in tabs:
        assert len(numbers(office.get(tab["url"]))) == tab["count"], tab["label"]


def test_a_list_that_is_empty_says_how_to_fill_it(office: Client, house: Any) -> None:
    text = text_of(office.get("/tickets/"))
    assert "Noch keine Meldung" in text
    assert "Meldung aufnehmen" in text


def test_a_search_that_finds_many_says_more_than(
    office: Client, house: Any, factories: Any, stock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing_page, "MOST_FOUND", 60)
    for _ in range(58):
        factories.ticket(house.property)
    exact = text_of(office.get("/tickets/?q=lindemann"))
    assert "mehr als" not in exact
    for _ in range(60):
        factories.ticket(house.property)
    first, last = office.get("/tickets/?q=lindemann"), office.get("/tickets/?q=lindemann&page=9")
    assert "Zeile 1 bis 50 von mehr als 60" in text_of(first)
    assert "mehr als 60 Tickets" in text_of(first) or "mehr als 60 Meldungen" in text_of(first)
    assert "Zeile 51 bis 60 von mehr als 60" in text_of(last)
    assert not set(numbers(first)) & set(numbers(last))
    assert "mehr als" not in text_of(office.get("/tickets/")), "without a search everything is counted"


@pytest.mark.parametrize("state", ["", "state=new", "responsible=me", "late=yes"])
def test_the_count_of_a_tab_is_that_of_its_list(office: Client, house: Any, stock: Any, state: str) -> None:
    """Where a tab's count serves as the list's, it is the number of its rows."""
    page = office.get(f"/tickets/?{state}")
    rows = len(numbers(page))
    assert rows
    assert f"Zeile 1 bis {rows} von {rows} " in text_of(page)


def test_a_short_list_is_never_hidden_by_counts_that_are_a_moment_old(
    office: Client, house: Any, factories: Any, stock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With many open tickets the counts are kept a moment; what came in meanwhile stands in the list of the new ones."""
    monkeypatch.setattr(listing_page, "MANY", 3)
    old = {"open": 5, "mine": 0, "new": 0, "untouched": 0, "late": 0, "emergency": 0}
    monkeypatch.setattr(ticket_list._counts, "get", lambda key, count: old)
    assert len(numbers(office.get("/tickets/?state=new"))) == 3


@pytest.mark.parametrize("order", ["react_by", "-react_by", "responsible", "-responsible"])
def test_what_is_empty_comes_last_in_either_order(office: Client, house: Any, stock: Any, order: str) -> None:
    Ticket.objects.filter(pk=stock["tap"].pk).update(responsible=None)
    Ticket.objects.filter(pk__in=[stock["mine"].pk, stock["gas"].pk]).update(react_by_at=None, responsible=house.person)
    empty = {stock["mine"].number, stock["gas"].number} if "react_by" in order else {stock["tap"].number}
    assert set(numbers(office.get(f"/tickets/?sort={order}"))[-len(empty) :]) == empty


def test_the_list_as_a_file(office: Client, stock: Any) -> None:
    lines = b"".join(office.get("/tickets/?state=all&export=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Meldung;Nummer;Stand" if "Stand" in lines[0] else "Meldung;Nummer;")
    assert len(lines) == 5
    assert office.get("/tickets/?export=xlsx").status_code == 200


ALL_COLUMNS = ".".join(column.key for column in COLUMNS)


@pytest.mark.parametrize(
    "address",
    [
        "/tickets/",
        f"/tickets/?columns={ALL_COLUMNS}",
        "/tickets/?state=all&q=lindemann&sort=address",
        "/",
        "{ticket}",
    ],
)
def test_fifty_rows_cost_as_many_queries_as_one(
    office: Client, house: Any, factories: Any, stock: Any, address: str
) -> None:
    address = address.format(ticket=reverse("ticket", args=[stock["tap"].pk]))

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert office.get(address).status_code == 200
        return len(caught)

    queries()
    few = queries()
    for _ in range(55):
        factories.ticket(house.property, unit=house.left, reporter_name="Wiebe")
        factories.ticket(house.property, incident=stock["tap"])
    assert queries() == few


def test_the_page_says_what_is_to_be_done(office: Client, house: Any, stock: Any) -> None:
    text = text_of(office.get(reverse("ticket", args=[stock["gas"].pk])))
    for words in (
        "Es riecht nach Gas",
        "Sehen Sie sich die Meldung an und entscheiden Sie, was zu tun ist.",
        "Notfall nach Regel: Gasgeruch ist immer ein Notfall.",
        "überfällig",
    ):
        assert words in text, words


@pytest.mark.parametrize("state", list(State))
def test_buttons_are_those_of_the_table(office: Client, house: Any, factories: Any, state: State) -> None:
    ticket = factories.ticket(house.property, state=state, reason="x")
    page = office.get(reverse("ticket", args=[ticket.pk])).content.decode()
    shown = {step.key for step in STEPS if reverse("step_ticket", args=[ticket.pk, step.key]) in page}
    assert shown == {step.key for step in allowed(state, By.STAFF)}


def test_a_step_without_words_is_one_click_and_one_with_words_asks(office: Client, house: Any, factories: Any) -> None:
    ticket = factories.ticket(house.property)

    def take(step: str, **data: str) -> Any:
        return office.post(reverse("step_ticket", args=[ticket.pk, step]), data)

    assert take("review").status_code == 302
    assert take("wait").status_code == 422
    assert take("wait", reason="Teil fehlt", waiting_for="parts", waiting_until_date="2026-12-01").status_code == 302
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waiting_for, str(ticket.waiting_until_date)) == ("waiting", "parts", "2026-12-01")
    assert "Sie wartet auf Ersatzteile oder Material. Bis 01.12.2026." in text_of(
        office.get(reverse("ticket", args=[ticket.pk]))
    )
    assert take("resolve", reason="Getauscht").status_code == 302
    assert take("confirm").status_code == 302
    ticket.refresh_from_db()
    assert ticket.state == "resolved", "what only the reporter may do, nobody else does"
    assert take("nonsense").status_code == 404


def test_somebody_calls(office: Client, house: Any) -> None:
    found = office.get("/tickets/new/?q=wiebe+lindemann").content.decode()
    house.tenant.search = "jonas wiebe"
    house.tenant.save()
    found = office.get("/tickets/new/?q=wiebe+lindemann").content.decode()
    address = f"/tickets/new/?unit={house.left.pk}&amp;reporter={house.tenant.pk}"
    assert address in found
    form = office.get(unescape(address)).content.decode()
    assert 'value="Jonas Wiebe"' in form
    questions = office.get("/tickets/new/questions/?category=water.pipe_burst")
    assert 'name="q-flow"' in questions.content.decode()
    sent = office.post(
        "/tickets/new/",
        {
            "unit": house.left.pk,
            "reporter": house.tenant.pk,
            "category": "water.pipe_burst",
            "q-flow": "strong",
            "text": "Läuft aus der Wand",
            "reporter_kind": "tenant",
            "reporter_name": "Jonas Wiebe",
            "reporter_email": "wiebe@example.org",
        },
    )
    ticket = Ticket.objects.get()
    assert sent["Location"] == reverse("ticket", args=[ticket.pk])
    assert (ticket.channel, ticket.unit, ticket.reporter, ticket.urgency) == (
        "phone",
        house.left,
        house.tenant,
        "emergency",
    )


def test_a_part_of_the_building_by_phone(office: Client, house: Any) -> None:
    page = office.get("/tickets/new/?q=lindemannstr").content.decode()
    assert f"/tickets/new/?property={house.property.pk}&amp;part=cellar" in page
    data = {"property": house.property.pk, "part": "cellar", "category": "stairwell.light", "reporter_kind": "other"}
    office.post("/tickets/new/", data)
    assert Ticket.objects.get().common_part == "cellar"
    wrong = office.post("/tickets/new/", {**data, "category": "", "reporter_email": "x"})
    assert wrong.status_code == 422
    assert wrong.content.decode().count('aria-invalid="true"') == 2


def test_details_are_changed_on_the_version_that_was_read(office: Client, house: Any, factories: Any) -> None:
    ticket = factories.ticket(house.property, text="alt")
    address = reverse("edit_ticket", args=[ticket.pk])
    data = {
        "title": "Neu",
        "category": "water.drain",
        "text": "neu",
        "urgency": "urgent",
        "reason": "Anruf",
        "unit_id": str(house.right.pk),
        "version": "1",
    }
    assert 'value="1"' in office.get(address).content.decode()
    assert office.post(address, {**data, "reason": ""}).status_code == 422
    assert office.post(address, data).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.title, ticket.urgency, ticket.unit) == ("Neu", "urgent", house.right)
    assert office.post(address, data).status_code == 412
    text = text_of(office.get(reverse("ticket", args=[ticket.pk])))
    assert "Dringlichkeit von Normal auf Dringend" in text


def test_files_notes_and_the_status_link(
    office: Client, phone: Client, house: Any, factories: Any, a_photo: Any
) -> None:
    ticket = factories.ticket(house.property)
    address = reverse("add_ticket_files", args=[ticket.pk])
    pdf = SimpleUploadedFile("Angebot.pdf", b"%PDF-1.7\n%%EOF")
    assert office.post(address, {"photos": [a_photo("Bad.heic"), pdf]}).status_code == 302
    photo, document = files_of("ticket", ticket.pk)
    shown = office.get(reverse("file", args=[photo.file_id, "small"]))
    assert (shown.status_code, shown["Content-Type"], shown["X-Content-Type-Options"]) == (200, "image/jpeg", "nosniff")
    kept = office.get(reverse("file", args=[document.file_id, "original"]))
    assert kept["Content-Disposition"] == 'attachment; filename="Angebot.pdf"'
    assert phone.get(reverse("file", args=[photo.file_id, "small"])).status_code == 302
    office.post(reverse("remove_ticket_file", args=[ticket.pk, photo.file_id]))
    assert [one.file_id for one in files_of("ticket", ticket.pk)] == [document.file_id]
    office.post(reverse("note_ticket", args=[ticket.pk]), {"text": "Ruft wieder an"})
    page = text_of(office.get(reverse("ticket", args=[ticket.pk])))
    assert "Ruft wieder an" in page
    assert "Ruft wieder an" not in text_of(phone.get(house.status(ticket)))
    old = house.status(ticket)
    office.post(reverse("renew_status_link", args=[ticket.pk]))
    assert phone.get(old).status_code == 404
    assert HistoryEntry.objects.filter(ticket=ticket, event="file_removed", internal=True).exists()


def test_ranges_of_a_video(office: Client, house: Any, factories: Any) -> None:
    def box(kind: bytes, content: bytes) -> bytes:
        return (len(content) + 8).to_bytes(4, "big") + kind + content

    film = box(b"ftyp", b"isom" + bytes(4) + b"isom") + box(b"moov", bytes(8)[:0]) + box(b"mdat", bytes(range(200)))
    ticket = factories.ticket(house.property)
    office.post(reverse("add_ticket_files", args=[ticket.pk]), {"photos": [SimpleUploadedFile("film.mov", film)]})
    (link,) = files_of("ticket", ticket.pk)
    address = reverse("file", args=[link.file_id, "original"])

    def part(asked: str) -> tuple[int, bytes, str]:
        answer = office.get(address, headers={"Range": asked})
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer.status_code, body, answer.get("Content-Range", "")

    size = len(film)
    assert part("bytes=0-9") == (206, film[:10], f"bytes 0-9/{size}")
    assert part("bytes=-10") == (206, film[-10:], f"bytes {size - 10}-{size - 1}/{size}")
    assert part("bytes=5-") == (206, film[5:], f"bytes 5-{size - 1}/{size}")
    assert part(f"bytes={size}-") == (416, b"", f"bytes */{size}")
    assert part("bytes=9-0")[0] == 416
    assert part("lines=1-2") == (200, film, "")
    assert part("bytes=0-1,4-5") == (200, film, "")
    whole = office.get(address)
    assert office.get(address, headers={"If-None-Match": whole["ETag"]}).status_code == 304
    assert office.get(reverse("file", args=[link.file_id, "small"])).status_code == 404, "a video has no small copy"


def test_one_cause_in_the_building_is_proposed_and_put_together(office: Client, house: Any, factories: Any) -> None:
    first = factories.ticket(house.property, unit=house.left, category="heating.no_heating")
    second = factories.ticket(house.property, unit=house.right, category="heating.no_heating")
    page = text_of(office.get(reverse("ticket", args=[second.pk])))
    assert "eine Ursache im Haus: dasselbe Haus, derselbe Schaden, kurz nacheinander" in page
    office.post(reverse("put_ticket_under", args=[second.pk]), {"lead": first.pk, "building_wide": "yes"})
    second.refresh_from_db()
    first.refresh_from_db()
    assert (second.incident, first.building_wide) == (first, True)
    assert f"{first.number} führt" in text_of(office.get(reverse("ticket", args=[second.pk])))
    assert second.number in text_of(office.get(reverse("ticket", args=[first.pk])))
    assert second.number not in numbers(office.get("/tickets/"))
    warned = text_of(office.get(reverse("step_ticket", args=[first.pk, "resolve"])))
    assert "2 Melder lesen das. Nennen Sie niemanden." in warned
    office.post(reverse("separate_ticket", args=[second.pk]))
    second.refresh_from_db()
    assert second.incident is None


def test_many_at_once(office: Client, house: Any, factories: Any) -> None:
    tickets = [factories.ticket(house.property, responsible=None) for _ in range(3)]
    ids = [str(one.pk) for one in tickets]
    done = factories.ticket(house.property, state="closed")
    assert "3 Meldungen" in text_of(office.get("/tickets/responsible/", {"id": ids}))
    office.post("/tickets/responsible/", {"id": ids, "person": str(house.person.pk)})
    assert {one.responsible for one in Ticket.objects.filter(pk__in=ids)} == {house.person}
    assert office.post("/tickets/step/", {"id": ids, "step": "wait"}).status_code == 422
    office.post("/tickets/step/", {"id": [*ids, str(done.pk)], "step": "wait", "reason": "Frost"})
    assert set(Ticket.objects.filter(pk__in=ids).values_list("state", flat=True)) == {"waiting"}
    done.refresh_from_db()
    assert done.state == "closed"
    office.post("/tickets/together/", {"id": ids, "lead": ids[1]})
    assert Ticket.objects.filter(incident_id=ids[1]).count() == 2
    assert office.post("/tickets/together/", {"id": ids, "lead": ids[0]}).status_code == 422


def test_a_code_for_the_stairwell(office: Client, phone: Client, house: Any) -> None:
    address = reverse("report_links", args=[house.property.pk])
    sheet = office.post(address, {"note": "Eingang links", "unit": ""})["Location"]
    link = ReportLink.objects.get(note="Eingang links")
    page = office.get(sheet).content.decode()
    assert "<svg" in page
    assert "Gasgeruch: erst hinaus, dann von draußen 112 anrufen." in text_of(office.get(sheet))
    assert house.address(link=link) in page
    assert phone.get(house.address(link=link)).status_code == 302
    new = office.post(reverse("rotate_report_link", args=[link.pk]))["Location"]
    assert new != sheet
    assert phone.get(house.address(link=link)).status_code == 404
    office.post(reverse("revoke_report_link", args=[new.split("/")[2]]))
    listed = text_of(office.get(address))
    assert listed.count("Eingang links") == 2, "both stand among the revoked"
    elsewhere = office.post(address, {"unit": "kein"})
    assert elsewhere.status_code == 404


def test_the_code_says_the_address(house: Any) -> None:
    """The QR code is read back from its picture: its modules are those of the address."""
    import segno
    from gewerk.entrypoints.web.manager.tickets.report_links import qr_code

    address = f"https://gewerk.example{house.address()}"
    assert len(address) < 90
    code = segno.make(address, error="q", micro=False)
    assert code.version <= 7, "a phone reads it from an arm's length"
    assert qr_code(address).startswith("<svg")


def test_what_waits_stands_on_the_start_page(office: Client, house: Any, stock: Any, factories: Any) -> None:
    factories.ticket(
        house.property, state="waiting", reason="x", title="Wartet", waiting_until_date=timezone.localdate()
    )
    text = text_of(office.get("/"))
    assert text.index("Es riecht nach Gas") < text.index("Wasserhahn tropft")
    assert "Wartet" in text
    assert "Geruch" not in text
    assert "Meldung aufnehmen" in text


def test_the_emergency_number_and_the_hours(office: Client, phone: Client, house: Any) -> None:
    address = "/tickets/reporting/"
    wrong = office.post(address, {"office_opens": "17:00", "office_closes": "08:00"})
    assert wrong.status_code == 422 or "öffnen" in text_of(wrong)
    office.post(address, {"emergency_phone": "0231 112", "office_opens": "07:00", "office_closes": "18:00"})
    kept = settings_of(house.organisation)
    assert (kept.emergency_phone, str(kept.office_opens)) == ("0231 112", "07:00:00")
    assert 'href="tel:0231112"' in phone.get(house.address("group")).content.decode()


def test_who_may_look_and_who_may_act(house: Any, factories: Any) -> None:
    ticket = factories.ticket(house.property)
    finance = Client()
    finance.force_login(factories.person(house.organisation, role=Role.FINANCE_OFFICER), backend=BACKEND)
    page = finance.get(reverse("ticket", args=[ticket.pk]))
    assert page.status_code == 200
    assert "/step/" not in page.content.decode()
    for address in ("/tickets/new/", reverse("edit_ticket", args=[ticket.pk]), "/tickets/reporting/"):
        assert finance.get(address).status_code == 403, address
    for route in ("note_ticket", "renew_status_link", "separate_ticket", "add_ticket_files"):
        assert finance.post(reverse(route, args=[ticket.pk]), {"text": "x"}).status_code in {302, 403}, route
    assert HistoryEntry.objects.filter(ticket=ticket).count() == 1
    stranger = Client()
    stranger.force_login(factories.person(factories.organisation()), backend=BACKEND)
    assert stranger.get(reverse("ticket", args=[ticket.pk])).status_code == 404


def test_a_row_seen_before_shows_what_has_changed_since(office: Client, house: Any, stock: Any) -> None:
    tap = stock["tap"]
    columns = "/tickets/?columns=title.address.state.urgency.responsible.photos.followers.react_by"
    for changed, change in enumerate(
        (
            lambda: Ticket.objects.filter(pk=tap.pk).update(title="Rohrbruch im Bad"),
            lambda: Ticket.objects.filter(pk=tap.pk).update(responsible=None),
            lambda: type(house.person).objects.filter(pk=house.person.pk).update(last_name="Ungewöhnlich"),
            lambda: type(house.property).objects.filter(pk=house.property.pk).update(street="Neuer Weg"),
            lambda: Ticket.objects.filter(pk=stock["mine"].pk).update(incident=tap),
            lambda: Ticket.objects.filter(pk=tap.pk).update(react_by_at=timezone.now() - timedelta(minutes=1)),
        )
    ):
        before = text_of(office.get(columns))
        assert text_of(office.get(columns)) == before
        change()
        assert text_of(office.get(columns)) != before, changed
    shown = text_of(office.get(columns))
    for words in ("Rohrbruch im Bad", "Ungewöhnlich", "Neuer Weg", "überfällig"):
        assert words in shown
