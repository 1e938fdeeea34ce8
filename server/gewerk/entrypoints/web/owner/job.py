"""Describe a job: find what it is in the catalogue, then a few words, photos and until when quotes are awaited."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from gewerk.catalogue.delivered import questions
from gewerk.catalogue.queries import NoCatalogue, found_services, service
from gewerk.catalogue.shapes import Service
from gewerk.catalogue.trades import trade_name
from gewerk.entrypoints.uploads import arrived, streamed
from gewerk.entrypoints.web.forms import PageForm
from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.manager.door import reader
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.orders.forms import day_field, long_field, text_field
from gewerk.entrypoints.web.owner.door import owning
from gewerk.entrypoints.web.refusals import PAGES_OF_THEIR_OWN
from gewerk.files.operations.store import store
from gewerk.files.receive import receive
from gewerk.journeys.post_job import FIRMS_ASKED, Job, post_job
from gewerk.kit.locks import writing_transaction
from gewerk.kit.refusals import Refusal
from gewerk.marketplace.models import QuoteRequest
from gewerk.marketplace.operations.choose_by_rule import RuleFindsNobody
from gewerk.portfolio.access import properties, sub_properties
from gewerk.portfolio.models import Property, SubPropertyType

MOST_SHOWN = 40
DAYS = (3, 7, 14)
OFTEN = frozenset(
    {
        "tap_drips",
        "heating_fails",
        "socket_replace",
        "paint_room",
        "drain_blocked_sink",
        "window_sticks",
        "lock_replace",
        "roof_leaks",
        "tile_replace",
        "bath_refurbish",
    }
)
"""Shown before anybody has typed; those that the country's catalogue has."""


class JobForm(PageForm):
    place = forms.ChoiceField(label=gettext_lazy("Where?"))
    text = long_field(gettext_lazy("Description"), 10_000, rows=6, required=True)
    days = forms.TypedChoiceField(
        label=gettext_lazy("How long shall the firms have time?"),
        coerce=int,
        initial=7,
        choices=lambda: [(n, _("%(n)d days") % {"n": n}) for n in DAYS],
    )
    start_date = day_field(gettext_lazy("Wished begin"))
    visit_note = text_field(
        gettext_lazy("When may a firm look at it?"),
        300,
        help_text=gettext_lazy("For example weekdays from 5 pm. Empty: no visit before the quote."),
    )
    phone = text_field(
        gettext_lazy("Telephone"), 60, help_text=gettext_lazy("Only the firm that gets the job reads it.")
    )

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["place"]
        field.choices = places
        if len(places) == 1:
            field.initial = places[0][0]


@owning
@require_GET
def new_job(request: HttpRequest) -> HttpResponseBase:
    """Search the catalogue, or choose a trade; each service leads on."""
    who = reader(request)
    if not _places(who):
        return redirect("owner_new_place")
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    trade = request.GET.get("trade", "")[:30]
    country = who.organisation.country
    try:
        every = found_services(country)
        if text or trade:
            found = found_services(country, text=text, trade=trade)
        else:
            found = [one for one in every if one.code in OFTEN]
    except NoCatalogue:
        every = found = []
    base = reverse("owner_new_job")
    trades = sorted({code for one in every for code in one.trades}, key=trade_name)
    context = {
        "reader": who,
        "text": text,
        "searched": bool(text or trade),
        "found": [
            {
                "name": str(one.names),
                "trade": trade_name(one.trades[0]),
                "url": reverse("owner_describe_job", args=[one.code]),
            }
            for one in sorted(found, key=lambda one: str(one.names))[:MOST_SHOWN]
        ],
        "trades": [
            {"label": trade_name(code), "url": f"{base}?trade={code}", "active": code == trade} for code in trades
        ],
    }
    return render(request, "owner/new_job.html", context)


@streamed
@owning
@require_http_methods(["GET", "POST"])
def describe(request: HttpRequest, service_code: str) -> HttpResponseBase:
    """Sent at once to the firms that the rule chooses. The door opens its transaction itself: the photos have arrived before."""
    who = reader(request)
    wanted = service(who.organisation.country, service_code)
    places = _places(who)
    if not places:
        return redirect("owner_new_place")
    form = JobForm(request.POST if request.method == "POST" else None, places=places)
    if request.method == "POST" and form.is_valid():
        try:
            asked = _posted(request, who, wanted, form.cleaned_data)
        except RuleFindsNobody:
            form.add_error(
                None, _("No vetted firm offers this near you yet. Try again later, or choose another service.")
            )
        except Refusal as refusal:
            if refusal.kind in PAGES_OF_THEIR_OWN:
                raise
            form.refuse(refusal)
        else:
            n = asked.invitations.count()
            messages.success(request, _("Firms asked: %(n)d. Their quotes stay sealed until the deadline.") % {"n": n})
            return redirect("quote_request", request_id=asked.pk)
    context = {
        "reader": who,
        "form": form,
        "service": str(wanted.names),
        "asks": [str(questions()[code]) for code in wanted.questions],
        "firms_asked": FIRMS_ASKED,
        "trail": [{"label": _("What is to be done?"), "url": reverse("owner_new_job")}, {"label": str(wanted.names)}],
    }
    return render(request, "owner/describe.html", context, status=422 if form.errors else 200)


def _posted(request: HttpRequest, who: Reader, wanted: Service, given: dict[str, Any]) -> QuoteRequest:
    ready = [receive(one) for one in arrived(request, "photos")]
    now = timezone.now()
    property_id, _sep, unit_id = given["place"].partition("/")
    job = Job(
        service=wanted,
        title=str(wanted.names),
        text=given["text"],
        deadline_at=_deadline(who, now, given["days"]),
        start_date=given["start_date"],
        visit_note=given["visit_note"],
        contact_name=who.person.name,
        contact_phone=given["phone"],
        contact_email=who.person.email,
    )
    with writing_transaction():
        photos = [(store(actor=who.actor, received=one, now=now), one.name) for one in ready]
        return post_job(
            actor=who.actor,
            property_id=UUID(property_id),
            unit_id=UUID(unit_id) if unit_id else None,
            job=job,
            photos=photos,
            now=now,
        )


def _deadline(who: Reader, now: datetime, days: int) -> datetime:
    """That many days on, in the evening."""
    zone = ZoneInfo(who.organisation.time_zone)
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=days), time(18, 0), tzinfo=zone)


def _places(who: Reader) -> list[tuple[str, str]]:
    """Choices: the building's id, with the flat's behind a slash."""
    buildings: dict[UUID, Property] = {
        one.pk: one
        for one in properties(who.actor).filter(archived_at__isnull=True).order_by("street", "house_number", "pk")
    }
    flats = sub_properties(who.actor).filter(
        type=SubPropertyType.UNIT, archived_at__isnull=True, property_id__in=buildings
    )
    by_building: dict[UUID | None, list[Any]] = {}
    for flat in flats.order_by("name", "pk"):
        by_building.setdefault(flat.property_id, []).append(flat)
    found = []
    for pk, building in buildings.items():
        address = words.address_line(building)
        inside = [(f"{pk}/{flat.pk}", f"{address}, {flat.name}") for flat in by_building.get(pk, [])]
        found += inside or [(str(pk), address)]
    return found
