"""The demo's market: papers of the firm (checked ones and one that waits), a request for quotes under way, one still being written."""

from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

from PIL import Image, ImageDraw

from gewerk.files.incoming import Incoming
from gewerk.files.receive import receive
from gewerk.firms.operations.evidence import Paper, confirm_evidence
from gewerk.journal.actor import Actor
from gewerk.journeys.request_quotes import request_from_tickets, send_request
from gewerk.journeys.show_evidence import show_evidence
from gewerk.journeys.submit_quote import submit_quote
from gewerk.marketplace.models import QuoteRequest
from gewerk.marketplace.operations.prepare import choose_firms
from gewerk.marketplace.operations.write_quote import items_of
from gewerk.marketplace.scope import PriceGiven, QuoteGiven, ScopeItem

_VAT = 1900
_TRADES = ("plumbing", "heating")
_SCOPE = (
    ScopeItem(
        "Leckortung im Bad, zerstörungsfrei, mit Protokoll", 1_000, "Pauschale", number="01.0010", section="Leitung"
    ),
    ScopeItem("Steigleitung freilegen und Leck beheben", 1_000, "Pauschale", number="01.0020", section="Leitung"),
    ScopeItem("Wandfliesen nach der Reparatur ergänzen", 2_500, "m²", number="02.0010", section="Wand"),
    ScopeItem("Technische Trocknung", 7_000, "Tag", number="02.0020", section="Wand", optional=True),
)
_PRICES = (38_000, 64_500, 9_800, 4_200)


def show_papers(*, owner: Actor, operator: Actor, firm_id: UUID, now: datetime) -> None:
    """Card, registration and insurance are confirmed; the tax office's certificate waits for the operator."""
    today = now.date()
    papers = (
        Paper(
            "craft_card",
            "Handwerkskammer Dortmund",
            today - timedelta(days=2_000),
            number="HWK-DEMO-70147",
            trades=_TRADES,
        ),
        Paper("business_registration", "Stadt Dortmund", today - timedelta(days=2_100)),
        Paper(
            "liability_insurance",
            "Musterversicherung AG",
            today - timedelta(days=3),
            today + timedelta(days=362),
            number="DEMO-4711",
            insured_minor=500_000_000,
        ),
        Paper(
            "exemption_48b",
            "Finanzamt Dortmund-Ost",
            today - timedelta(days=3),
            today + timedelta(days=1_000),
            number="DEMO-48B",
        ),
    )
    for paper in papers:
        checker = None if paper.kind == "exemption_48b" else operator
        show_paper(paper, owner=owner, operator=checker, firm_id=firm_id, now=now - timedelta(hours=20))


def show_paper(paper: Paper, *, owner: Actor, operator: Actor | None, firm_id: UUID, now: datetime) -> None:
    """With a sample as its file; ``operator``: who confirms it two hours later."""
    with Incoming(f"{paper.kind}.jpg") as incoming:
        incoming.write(_sample(paper))
        made = show_evidence(actor=owner, firm_id=firm_id, paper=paper, files=[receive(incoming)], now=now)
    if operator is not None:
        confirm_evidence(actor=operator, evidence_id=made.pk, now=now + timedelta(hours=2))


def ask_for_quotes(*, boss: Actor, dispatcher: Actor, ticket_id: UUID, firm_id: UUID, now: datetime) -> QuoteRequest:
    """Sent yesterday, a quote is in, sealed for four more days."""
    asked = request_from_tickets(
        actor=boss,
        ticket_ids=[ticket_id],
        fields={"deadline_at": now + timedelta(days=4)},
        items=_SCOPE,
        now=now - timedelta(hours=26),
    )
    choose_firms(actor=boss, request_id=asked.pk, firm_ids=[firm_id], now=now - timedelta(hours=26))
    send_request(actor=boss, request_id=asked.pk, now=now - timedelta(hours=25))
    invitation = asked.invitations.get()
    prices = tuple(
        PriceGiven(minor, _VAT, item_id=item_id) for item_id, minor in zip(items_of(invitation), _PRICES, strict=True)
    )
    given = QuoteGiven(
        prices=prices,
        start_date=now.date() + timedelta(days=9),
        duration_days=4,
        valid_until_date=now.date() + timedelta(days=45),
    )
    submit_quote(actor=dispatcher, invitation_id=invitation.pk, given=given, now=now - timedelta(hours=2))
    return asked


def write_request(*, boss: Actor, ticket_id: UUID, now: datetime) -> QuoteRequest:
    """Still a draft: what is to be done stands, firms are not chosen."""
    item = ScopeItem("Fenster einstellen und Dichtungen wechseln", 3_000, "Stück")
    return request_from_tickets(actor=boss, ticket_ids=[ticket_id], items=[item], now=now - timedelta(hours=1))


def _sample(paper: Paper) -> bytes:
    """A picture that says that it is a sample."""
    sheet = Image.new("RGB", (800, 1130), "#ffffff")
    draw = ImageDraw.Draw(sheet)
    lines = ("MUSTER", paper.issuer, paper.number, f"ab {paper.valid_from:%d.%m.%Y}")
    for place, line in enumerate(lines):
        draw.text((80, 120 + place * 90), line, fill="#0f1c1e", font_size=44)
    made = BytesIO()
    sheet.save(made, "JPEG", quality=80)
    return made.getvalue()
