"""The pages of manager, firm and owner, driven over HTTP; and a firm that means harm."""

import io
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from gewerk.files.models import FileLink
from gewerk.identity.models import Membership, Person
from gewerk.marketplace import access
from gewerk.marketplace.links import invitation_token, owner_token
from gewerk.marketplace.models import AwardRecord, OwnerApproval, Quote, QuoteRequest
from gewerk.marketplace.queries import bills
from gewerk.outreach.models import Mail
from gewerk.outreach.operations.compose import compose_due_mails

from .conftest import Matter

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def now_matter(new_matter: Any) -> Any:
    """A request whose deadline lies ahead of the real clock, as the pages see it."""
    return lambda **fields: new_matter(deadline_at=timezone.now() + timedelta(days=7), **fields)


def client_of(person: Person) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="de")
    client.force_login(person)
    return client


def owner_client(matter: Matter, place: int) -> Client:
    return client_of(Membership.objects.get(organisation=matter.firms[place]).person)


def form(matter: Matter, price: str = "10,00", **more: str) -> dict[str, str]:
    prices = {f"price-{item.pk}": price for item in matter.request.items.all()}
    valid = (timezone.now() + timedelta(days=90)).date().isoformat()
    return {"act": "submit", "pricing": "items", "rate": "19", "valid_until": valid, **prices, **more}


def over(matter: Matter) -> None:
    """The deadline passes: everything moves a fortnight into the past."""
    back = timezone.now() - timedelta(minutes=1)
    QuoteRequest.objects.filter(pk=matter.request.pk).update(deadline_at=back)


def test_from_the_order_to_the_award_on_the_pages(now_matter: Any) -> None:
    matter: Matter = now_matter(sent=False)
    staff = client_of(matter.staff_person)
    page = reverse("quote_request", args=[matter.request.pk])
    assert "Fliesen abschlagen" in staff.get(page).content.decode()
    begun = staff.post(reverse("begin_quote_request", args=[matter.order.pk]))
    assert begun["Location"] == page
    send = reverse("step_quote_request", args=[matter.request.pk, "send"])
    matter.again()
    assert staff.post(send, {"version": str(matter.request.version)}).status_code == 302
    assert matter.again().state == "open"

    firm = owner_client(matter, 0)
    asked = reverse("firm_request", args=[matter.invitation(0).pk])
    assert asked in firm.get(reverse("firm_requests")).content.decode()
    assert firm.post(asked, form(matter, "10,00", discount="3")).status_code == 302
    answered = firm.get(asked).content.decode()
    assert "288,58" in answered  # 250.00 less 3 %, with 19 %
    assert firm.post(asked, {"act": "ask", "text": "Gibt es einen Aufzug?"}).status_code == 302
    by_link = reverse("quote_by_link", args=[invitation_token(matter.invitation(1))])
    stranger = Client(HTTP_ACCEPT_LANGUAGE="de")
    assert stranger.post(by_link, form(matter, "20,00")).status_code == 302
    question = matter.request.questions.get()
    answer = reverse("answer_quote_question", args=[question.pk])
    assert staff.post(answer, {"text": "Ja, bis zum 4. OG"}).status_code == 302
    assert "Ja, bis zum 4. OG" in stranger.get(by_link).content.decode()

    sealed = staff.get(page).content.decode()
    assert "288,58" not in sealed
    over(matter)
    step = lambda name: reverse("step_quote_request", args=[matter.request.pk, name])  # noqa: E731
    assert staff.post(step("open")).status_code == 302
    opened = staff.get(page).content.decode()
    assert "288,58" in opened
    quote = access.quotes(matter.staff).order_by("gross_minor")[0]
    matter.again()
    refused = staff.post(step("award"), {"quote": str(quote.pk), "reason": ""})
    assert refused.status_code == 422
    given = {"quote": str(quote.pk), "reason": "Günstiger und früher", "version": str(matter.request.version)}
    assert staff.post(step("award"), given).status_code == 302
    assert matter.again().state == "awarded"
    assert (matter.order.state, matter.order.items_gross_minor) == ("awarded", 28_858)
    assert "Günstiger und früher" in staff.get(page).content.decode()
    assert "Günstiger und früher" in stranger.get(by_link).content.decode()
    compose_due_mails(now=timezone.now(), limit=1_000)
    lost = Mail.objects.filter(recipient=Membership.objects.get(organisation=matter.firms[1]).person.email)
    assert any("Günstiger und früher" in mail.body for mail in lost)


@pytest.mark.parametrize("kind", ["x84", "csv", "xlsx"])
def test_a_firm_takes_the_items_along_and_brings_the_prices_back(now_matter: Any, kind: str) -> None:
    """By its link, without login. The file fills the draft; what was typed before stays, and nothing is submitted."""
    matter: Matter = now_matter()
    firm = Client(HTTP_ACCEPT_LANGUAGE="de")
    page = reverse("quote_by_link", args=[invitation_token(matter.invitation(0))])
    asked = firm.get(page, {"bill": "x83" if kind == "x84" else kind})
    assert asked["Content-Disposition"].startswith("attachment")
    read = bills.read_bill(io.BytesIO(asked.content), f"lv.{kind}")
    assert [item.unit_price_minor for item in read.items] == [None, None, None]
    priced = tuple(replace(item, unit_price_minor=n * 1_050) for n, item in enumerate(read.items[:2], start=1))
    brought = bills.written(replace(read, phase=84, items=priced), kind, now=timezone.now())
    typed = form(matter, "1,00", act="prices", conditions="Zahlbar in 14 Tagen")
    answer = firm.post(page, {**typed, "bill": SimpleUploadedFile(f"lv.{kind}", brought)})
    assert answer.status_code == 302
    quote = access.quotes(matter.owners[0]).get()
    assert (quote.state, quote.conditions) == ("draft", "Zahlbar in 14 Tagen")
    assert [line.unit_price_minor for line in quote.lines.all()] == [1_050, 2_100, 100]
    shown = firm.get(page).content.decode()
    assert 'value="10,50"' in shown
    assert 'value="21,00"' in shown


def test_a_file_of_prices_that_does_not_fit_is_refused_and_the_draft_stays(now_matter: Any) -> None:
    matter: Matter = now_matter()
    firm = owner_client(matter, 0)
    page = reverse("firm_request", args=[matter.invitation(0).pk])
    assert firm.post(page, form(matter, "1,00", act="draft")).status_code == 302
    bill = bills.bill_of_request(matter.request)
    priced = replace(bill, phase=84, items=tuple(replace(item, unit_price_minor=500) for item in bill.items))
    first, *others = priced.items
    wrong = {
        "unbekannte Nummer": (replace(priced, items=(replace(first, number="99.9999"), *others)), "99.9999"),
        "andere Währung": (replace(priced, currency="GBP"), "GBP"),
        "ohne Preis": (bill, "kein Preis"),
        "zwei Sätze": (
            replace(priced, items=(replace(first, vat_basis_points=700), *others)),
            "mehrere Umsatzsteuersätze",
        ),
    }
    for name, (given, said) in wrong.items():
        others_rate = tuple(replace(item, vat_basis_points=item.vat_basis_points or 1_900) for item in given.items)
        raw = bills.written(replace(given, items=others_rate), "x84", now=timezone.now())
        refused = firm.post(page, {**form(matter, "1,00", act="prices"), "bill": SimpleUploadedFile("lv.x84", raw)})
        assert refused.status_code == 422, name
        assert said in refused.content.decode(), (name, refused.content.decode().split("<ul>")[1][:300])
    for raw, ending in ((b"<GAEB", "x84"), (b"%PDF-1.4", "pdf"), (b"", "csv")):
        refused = firm.post(
            page, {**form(matter, "1,00", act="prices"), "bill": SimpleUploadedFile(f"lv.{ending}", raw)}
        )
        assert refused.status_code == 422, ending
    assert [line.unit_price_minor for line in access.quotes(matter.owners[0]).get().lines.all()] == [100, 100, 100]
    over(matter)
    raw = bills.written(priced, "x84", now=timezone.now())
    late = firm.post(page, {**form(matter, "1,00", act="prices"), "bill": SimpleUploadedFile("lv.x84", raw)})
    assert late.status_code == 422
    assert access.quotes(matter.owners[0]).get().lines.first().unit_price_minor == 100


def test_prepare_on_the_pages(now_matter: Any) -> None:
    matter: Matter = now_matter(sent=False)
    staff = client_of(matter.staff_person)
    edit = reverse("edit_quote_request", args=[matter.request.pk])
    day = (timezone.now() + timedelta(days=5)).date().isoformat()
    sent = {
        "title": "Bad neu",
        "service": "paint_room",
        "deadline_day": day,
        "deadline_time": "12:00",
        "firm_ids": [str(matter.firms[0].pk)],
        "item-text": ["Fliesen", "Silikon", ""],
        "item-quantity": ["12,5", "", ""],
        "item-unit": ["m²", "", ""],
        "item-place": ["1", "", ""],
        "item-optional": ["2"],
    }
    assert staff.get(edit).status_code == 200
    assert staff.post(edit, sent).status_code == 302
    assert matter.again().service == "paint_room"
    shown = staff.get(reverse("quote_request", args=[matter.request.pk])).content.decode()
    assert "Gewerk: der Betrieb arbeitet nicht in diesem Gewerk" in shown
    items = list(matter.request.items.values_list("number", "text", "quantity_thousandths", "unit", "optional"))
    assert items == [("01.0010", "Fliesen", 12_500, "m²", False), ("", "Silikon", 1_000, "psch", True)]
    assert matter.request.invitations.get().firm_id == matter.firms[0].pk
    assert staff.post(edit, sent | {"item-quantity": ["viel", "", ""]}).status_code == 422
    bill = staff.get(reverse("quote_request_bill", args=[matter.request.pk, "x83"]))
    back = SimpleUploadedFile("lv.x83", bill.content)
    assert staff.post(reverse("take_quote_file", args=[matter.request.pk]), {"bill": back}).status_code == 302
    assert matter.request.items.count() == 2
    broken = SimpleUploadedFile("lv.x83", bill.content[:300])
    staff.post(reverse("take_quote_file", args=[matter.request.pk]), {"bill": broken})
    assert matter.request.items.count() == 2


def everything_read(matter: Matter) -> dict[str, str]:
    """What the manager's person can read of it: pages, lists, searches, files, and the mails to them."""
    staff = client_of(matter.staff_person)
    addresses = [
        reverse("quote_requests"),
        reverse("quote_request", args=[matter.request.pk]),
        reverse("quote_request_bill", args=[matter.request.pk, "csv"]),
        reverse("order", args=[matter.order.pk]),
        reverse("orders"),
        reverse("search") + "?q=Betrieb",
        reverse("start"),
        *(reverse("firm", args=[firm.pk]) for firm in matter.firms),
    ]
    # Tokens against forgery differ at every look.
    read = {one: re.sub(r"[A-Za-z0-9_/+-]{22,64}(=|\b)", "", staff.get(one).content.decode()) for one in addresses}
    compose_due_mails(now=timezone.now(), limit=1_000)
    to_staff = Mail.objects.filter(recipient=matter.staff_person.email).values_list("subject", "body")
    return read | {"mails": str(sorted(to_staff))}


def test_before_the_deadline_the_manager_reads_the_same_whatever_firms_do(now_matter: Any) -> None:
    matter: Matter = now_matter()
    before = everything_read(matter)
    clients = [owner_client(matter, place) for place in range(3)]
    pages = [reverse("firm_request", args=[matter.invitation(place).pk]) for place in range(3)]
    assert clients[0].post(pages[0], form(matter, "77,77")).status_code == 302
    assert clients[0].post(pages[0], form(matter, "66,66")).status_code == 302
    assert clients[1].post(pages[1], form(matter, "55,55") | {"act": "draft"}).status_code == 302
    pdf = SimpleUploadedFile(
        "angebot.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )
    clients[0].post(pages[0], {"act": "files", "files": pdf})
    clients[2].post(pages[2], form(matter, "44,44"))
    clients[2].post(pages[2], {"act": "withdraw"})
    assert access.quotes(matter.owners[0]).count() == 2
    assert everything_read(matter) == before
    staff = client_of(matter.staff_person)
    quote = Quote._base_manager.filter(state="submitted").get()
    assert staff.get(reverse("quote_bill", args=[quote.pk, "x84"])).status_code == 404
    links = list(FileLink.objects.filter(object_type="quote"))
    assert links
    for link in links:
        for variant in ("original", "small"):
            assert staff.get(reverse("file", args=[link.file_id, variant])).status_code == 404


def test_scripts_in_every_field_stay_words(now_matter: Any) -> None:
    matter: Matter = now_matter()
    firm, staff = owner_client(matter, 0), client_of(matter.staff_person)
    asked = reverse("firm_request", args=[matter.invitation(0).pk])
    sent = form(matter, conditions=SCRIPT, own_text=SCRIPT, own_price="1")
    assert firm.post(asked, sent).status_code == 302
    assert firm.post(asked, {"act": "ask", "text": SCRIPT}).status_code == 302
    for wrong in (f"price-{matter.request.items.all()[0].pk}", "lump", "discount", "rate", "start_date"):
        answer = firm.post(asked, sent | {wrong: SCRIPT, "pricing": "lump_sum" if wrong == "lump" else "items"})
        assert answer.status_code == 422
        assert "<script>alert" not in answer.content.decode()
    firm_2 = owner_client(matter, 1)
    firm_2.post(reverse("firm_request", args=[matter.invitation(1).pk]), {"act": "decline", "reason": SCRIPT})
    over(matter)
    staff.post(reverse("step_quote_request", args=[matter.request.pk, "open"]))
    page = staff.get(reverse("quote_request", args=[matter.request.pk])).content.decode()
    assert page.count("&lt;script&gt;alert(1)") >= 4
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_a_path_in_a_files_name_leads_nowhere(now_matter: Any) -> None:
    matter: Matter = now_matter()
    firm = owner_client(matter, 0)
    asked = reverse("firm_request", args=[matter.invitation(0).pk])
    firm.post(asked, form(matter))
    raw = io.BytesIO(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    raw.name = "../../../etc/passwd.pdf"
    firm.post(asked, {"act": "files", "files": raw})
    names = list(FileLink.objects.filter(object_type="quote").values_list("name", flat=True))
    assert names
    for name in names:
        assert "/" not in name
        assert ".." not in name
    polyglot = SimpleUploadedFile("bild.jpg", b"<html><script>alert(1)</script></html>")
    assert firm.post(asked, {"act": "files", "files": polyglot}).status_code == 422


def test_guessed_ids_and_altered_links_open_nothing(now_matter: Any) -> None:
    matter: Matter = now_matter()
    mine, theirs = matter.invitation(0), matter.invitation(1)
    firm, stranger = owner_client(matter, 0), Client()
    before = Quote._base_manager.count()
    foreign = reverse("firm_request", args=[theirs.pk])
    assert firm.get(foreign).status_code == 404
    assert firm.post(foreign, form(matter)).status_code == 404
    assert firm.get(reverse("quote_request", args=[matter.request.pk])).status_code == 403
    token = invitation_token(mine)
    forged = [
        token.replace(mine.pk.hex, theirs.pk.hex),
        token[:-2] + "xx",
        token.replace("-1.", "-2."),
        token.split(".")[0],
    ]
    for wrong in forged:
        address = reverse("quote_by_link", args=[wrong])
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, form(matter)).status_code == 404
        assert stranger.get(reverse("owner_approval", args=[wrong])).status_code == 404
    mine.link_version = 2
    mine.save()
    assert stranger.post(reverse("quote_by_link", args=[token]), form(matter)).status_code == 404
    assert Quote._base_manager.count() == before


def test_a_thousand_quotes_a_minute_meet_a_wall(now_matter: Any) -> None:
    matter: Matter = now_matter()
    stranger = Client()
    address = reverse("quote_by_link", args=[invitation_token(matter.invitation(0))])
    statuses = [stranger.post(address, form(matter, f"{n},00")).status_code for n in range(1, 140)]
    assert statuses[:20] == [302] * 20
    assert set(statuses[20:]) == {429}
    assert access.quotes(matter.owners[0]).filter(state="submitted").count() == 1
    # Nobody else is kept out by it.
    other = owner_client(matter, 1).post(reverse("firm_request", args=[matter.invitation(1).pk]), form(matter))
    assert other.status_code == 302


def test_the_owner_decides_by_link_once(now_matter: Any) -> None:
    matter: Matter = now_matter()
    owner_client(matter, 0).post(reverse("firm_request", args=[matter.invitation(0).pk]), form(matter))
    over(matter)
    staff = client_of(matter.staff_person)
    step = lambda name: reverse("step_quote_request", args=[matter.request.pk, name])  # noqa: E731
    staff.post(step("open"))
    quote = access.quotes(matter.staff).get()
    asked = {"quote": str(quote.pk), "name": "Frau Sommer", "email": "sommer@example.org"}
    assert staff.post(step("owner"), asked | {"email": "keine"}).status_code == 422
    assert staff.post(step("owner"), asked).status_code == 302
    compose_due_mails(now=timezone.now(), limit=1_000)
    link = reverse("owner_approval", args=[owner_token(OwnerApproval.objects.get())])
    assert link in Mail.objects.get(recipient="sommer@example.org").body
    award = {"quote": str(quote.pk), "reason": "Einziges Angebot"}
    assert staff.post(step("award"), award).status_code == 422
    owner = Client(HTTP_ACCEPT_LANGUAGE="de")
    assert "297,50" in owner.get(link).content.decode()
    assert owner.post(link, {"approve": "yes"}).status_code == 302
    assert owner.post(link, {"refuse": "yes", "reason": "Doch nicht"}).status_code == 422
    assert staff.post(step("award"), award).status_code == 302
    assert AwardRecord.objects.count() == 1


def test_a_fixed_price_is_taken_by_link_in_its_window(now_matter: Any) -> None:
    from gewerk.marketplace.scope import ScopeItem

    scope = [ScopeItem("Dichtung", 1_000, "Stk", unit_price_minor=10_000, vat_basis_points=1_900)]
    matter: Matter = now_matter(items=scope, mode="fixed_price_offer")
    now = timezone.now()
    for place in range(2):
        begin = now + timedelta(hours=24 * place - 1)
        invitation = matter.invitation(place)
        invitation.window_from_at, invitation.window_until_at = begin, begin + timedelta(hours=24)
        invitation.save()
    QuoteRequest.objects.filter(pk=matter.request.pk).update(deadline_at=now + timedelta(days=3))
    link = lambda place: reverse("quote_by_link", args=[invitation_token(matter.invitation(place))])  # noqa: E731
    assert Client().post(link(1), {"act": "claim"}).status_code == 422
    assert "119,00" in Client(HTTP_ACCEPT_LANGUAGE="de").get(link(0)).content.decode()
    assert Client().post(link(0), {"act": "claim"}).status_code == 302
    assert matter.again().state == "awarded"
    assert matter.order.firm_id == matter.firms[0].pk
