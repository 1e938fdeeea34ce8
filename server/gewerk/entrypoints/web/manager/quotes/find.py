"""Search for firms: by service, place, own list, room and nearness, as a list and on a map."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gewerk.catalogue.queries import NoCatalogue, ServiceNotFound, edition, service_in
from gewerk.catalogue.shapes import Service
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.quotes.firm_map import distances, firm_map
from gewerk.entrypoints.web.manager.quotes.firm_rows import looks, service_choices
from gewerk.firms.access import FirmNotFound
from gewerk.firms.operations.list_firm import list_firm
from gewerk.identity.access import edits_orders, require, sees_orders
from gewerk.identity.models import Organisation
from gewerk.marketplace.nearness import BANDS_KM
from gewerk.marketplace.postcodes import SAME, region_of
from gewerk.marketplace.queries.finding import Wanted, Whose, candidates, found_of, regions

PER_PAGE = 25


@managing
@require_safe
def find(request: HttpRequest) -> HttpResponseBase:
    who = reader(request)
    require(sees_orders(who.actor))
    country = who.organisation.country
    edits = edition(country)
    wanted = _wanted(who, request.GET, edits)
    rows = candidates(who.actor, wanted)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    found = found_of(wanted, rows, list(page.object_list))
    looked = looks(found, country)
    shown = [
        {**one, "place_in_order": n, "distance": distance}
        for n, (one, distance) in enumerate(zip(looked, distances(found), strict=True), start=page.start_index())
    ]
    region = region_of(country, wanted.postcode)
    place_wrong = bool(wanted.postcode) and region is None
    kept = [(name, value) for name, value in request.GET.items() if name not in {"page", "region"}]
    on_map = request.GET.get("view") == "map"
    context = {
        "reader": who,
        "page": page,
        "rows": shown,
        "named": wanted.service is not None,
        "services": service_choices(country, edits),
        "edition": edits,
        "service": wanted.service.code if wanted.service else "",
        "wanted": wanted,
        "place_wrong": place_wrong,
        "whose": [
            (Whose.ALL, _("all firms")),
            (Whose.OWN, _("on your list")),
            (Whose.PREFERRED, _("preferred")),
            (Whose.MARKET, _("of the marketplace")),
            (Whose.BLOCKED, _("blocked")),
        ],
        "nearest": [
            (0, _("any distance")),
            *((SAME - n, _("up to %(km)d km") % {"km": km}) for n, km in reversed([*enumerate(BANDS_KM)])),
        ],
        "on_map": on_map,
        "views": [
            {"label": label, "url": _address(request, view), "active": (view == "map") is on_map}
            for view, label in (("", _("List")), ("map", _("Map")))
        ],
        "map": firm_map(
            found,
            shown,
            wanted,
            counts=regions(rows, country),
            here=wanted.region or (region.label if region else ""),
            link=f"{reverse('find_firms')}?{urlencode([*kept, ('region', '')])}",
            by_region=page.paginator.num_pages > 1 and not (region or wanted.region),
        )
        if on_map
        else None,
        "may_list": edits_orders(who.actor),
        "query": request.GET.urlencode(),
        "trail": [{"label": _("Firms"), "url": reverse("firms")}, {"label": _("Search firms")}],
        "without_region": f"{reverse('find_firms')}?{urlencode(kept)}",
    }
    return render(request, "manager/quotes/find.html", context)


@managing
@require_POST
def take_on_list(request: HttpRequest, firm_id: UUID) -> HttpResponseBase:
    """A vetted firm of the marketplace comes on the own list. Only one that the search shows. Raises FirmNotFound."""
    who = reader(request)
    require(edits_orders(who.actor))
    asked = QueryDict(request.POST.get("query", "")[:2000])
    shown = candidates(who.actor, _wanted(who, asked, edition(who.organisation.country)))
    if all(one.pk != firm_id for one in shown.unsorted()):
        raise FirmNotFound
    firm = Organisation.objects.get(pk=firm_id)
    list_firm(actor=who.actor, firm=firm, now=timezone.now())
    messages.success(request, _("%(firm)s is on your list now.") % {"firm": firm.name})
    return redirect("firm", firm_id=firm.pk)


def _address(request: HttpRequest, view: str) -> str:
    """Of the same search, seen otherwise."""
    asked = [(name, value) for name, value in request.GET.items() if name != "view"]
    return f"{reverse('find_firms')}?{urlencode([*asked, ('view', view)] if view else asked)}"


def _wanted(who: Reader, asked: QueryDict, edits: tuple[UUID, ...]) -> Wanted:
    """What a program or a person put into the address; what makes no sense is left out."""
    near, whose = asked.get("near", ""), asked.get("whose", "")
    region = asked.get("region", "")
    return Wanted(
        manager=who.organisation,
        service=_service(who.organisation.country, asked.get("service", ""), edits),
        postcode=asked.get("place", "").replace("\x00", "").strip().upper()[:12],
        # Of the lot: anew each day, the same on every page.
        seed=f"{who.organisation.pk}{who.formats.today.isoformat()}",
        on=who.formats.today,
        now=who.formats.now,
        whose=Whose(whose) if whose in list(Whose) else Whose.ALL,
        only_free="free" in asked,
        only_open="open" in asked,
        nearness=int(near) if near in {"1", "2", "3", "4"} else 0,
        region=region if region.isascii() and region.isalnum() and len(region) <= 2 else "",
    )


def _service(country: str, code: str, edits: tuple[UUID, ...]) -> Service | None:
    try:
        return service_in(country, code, edits) if code else None
    except (ServiceNotFound, NoCatalogue):
        return None
