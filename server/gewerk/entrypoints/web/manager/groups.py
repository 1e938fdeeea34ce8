"""Property groups: the list, one group with its properties."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.listing.state import LONGEST_SEARCH
from gewerk.entrypoints.web.manager.stock_kinds import stock_kinds
from gewerk.entrypoints.web.manager.story import story
from gewerk.portfolio.access import NotFound, property_groups
from gewerk.portfolio.leadership import led_by_erp
from gewerk.portfolio.models import PropertyGroup, Source
from gewerk.portfolio.queries.property_groups import listed_groups
from gewerk.portfolio.queries.property_list import found_properties, in_street_order, property_rows

PER_PAGE = 50


def group_of(reader: Reader, group_id: UUID) -> PropertyGroup:
    """Raises NotFound for an unknown or a foreign id alike."""
    found = property_groups(reader.actor).filter(pk=group_id).first()
    if found is None:
        raise NotFound
    return found


@managing
def group_list(request: HttpRequest) -> HttpResponseBase:
    who = reader(request)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    archived = request.GET.get("state") == "archived"
    page = Paginator(listed_groups(who.actor, text=text, archived=archived), PER_PAGE).get_page(request.GET.get("page"))
    count = page.paginator.count
    return render(
        request,
        "manager/groups.html",
        {
            "reader": who,
            "page": page,
            "text": text,
            "archived": archived,
            "kinds": stock_kinds("property_group"),
            "sentence": ngettext("%(n)d group", "%(n)d groups", count) % {"n": count},
            "tabs": [
                {"label": _("All groups"), "url": reverse("property_groups"), "active": not archived},
                {"label": _("Archived"), "url": f"{reverse('property_groups')}?state=archived", "active": archived},
            ],
        },
    )


@managing
def group_page(request: HttpRequest, group_id: UUID) -> HttpResponseBase:
    who = reader(request)
    group = group_of(who, group_id)
    members = (
        found_properties(who.actor, "").filter(groups=group, archived_at__isnull=True).select_related("responsible")
    )
    rows = in_street_order(members)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "manager/group.html",
        {
            "reader": who,
            "group": group,
            "page": page,
            "rows": [
                {"row": row, "title": words.street_line(row.record), "place": words.place_line(row.record)}
                for row in property_rows(who.actor, list(page))
            ],
            "trail": [
                {"label": _("Properties"), "url": reverse("properties")},
                {"label": _("Property groups"), "url": reverse("property_groups")},
                {"label": group.name},
            ],
            "sentence": words.properties(page.paginator.count),
            "from_erp": group.source == Source.ERP,
            "name_locked": "name" in led_by_erp(group),
            "story": story(request, who, [group.pk], own=group.pk, record=group),
        },
    )
