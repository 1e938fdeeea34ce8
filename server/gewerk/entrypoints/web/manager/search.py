"""One search over the whole stock: properties, units, tenants, owners and groups."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.listing.state import LONGEST_SEARCH
from gewerk.entrypoints.web.manager.record_words import party_title
from gewerk.portfolio.access import properties, property_groups, sub_properties
from gewerk.portfolio.models import SubProperty, SubPropertyType
from gewerk.portfolio.queries import search as how

HITS = 10


@managing
def search(request: HttpRequest) -> HttpResponseBase:
    """Ten hits of each kind; the lists show the rest."""
    who = reader(request)
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    groups = _groups(who, text) if how.words(text) else []
    if not text:
        sentence = _("Find properties, units, tenants and owners by street, name, number, e-mail or contract.")
    else:
        sentence = _("What fits “%(text)s”") % {"text": text}
    return render(request, "manager/search.html", {"reader": who, "text": text, "sentence": sentence, "groups": groups})


def _groups(reader: Reader, text: str) -> list[dict[str, Any]]:
    fits = how.contains_all(text)
    found: list[dict[str, Any]] = []
    buildings = properties(reader.actor).filter(fits, archived_at__isnull=True).order_by("street", "house_number", "pk")
    found.append(
        _group(
            "property",
            _("Properties"),
            list(buildings[: HITS + 1]),
            f"{reverse('properties')}?{urlencode({'q': text})}",
            lambda one: {
                "title": words.street_line(one),
                "note": words.place_line(one),
                "number": one.external_id or "",
                "url": reverse("property", args=[one.pk]),
            },
        )
    )
    for kind in (SubPropertyType.UNIT, SubPropertyType.TENANT, SubPropertyType.LANDLORD):
        rows = sub_properties(reader.actor).filter(fits, type=kind, archived_at__isnull=True).select_related("property")
        found.append(
            _group(
                kind,
                str(words.KINDS_MANY[kind]),
                list(rows.order_by("name", "external_id", "pk")[: HITS + 1]),
                f"{reverse('sub_properties')}?{urlencode({'type': kind, 'q': text})}",
                _hit,
            )
        )
    groups = property_groups(reader.actor).filter(fits, archived_at__isnull=True).order_by("name", "pk")
    found.append(
        _group(
            "property_group",
            _("Property groups"),
            list(groups[: HITS + 1]),
            reverse("property_groups"),
            lambda one: {
                "title": one.name,
                "note": "",
                "number": one.external_id or "",
                "url": reverse("property_group", args=[one.pk]),
            },
        )
    )
    return [group for group in found if group["hits"]]


def _group(key: str, title: str, rows: list[Any], everything: str, hit: Any) -> dict[str, Any]:
    return {
        "key": key,
        "title": title,
        "hits": [hit(one) for one in rows[:HITS]],
        "more": len(rows) > HITS,
        "all": everything,
    }


def _hit(one: SubProperty) -> dict[str, Any]:
    if one.type == SubPropertyType.UNIT and one.property is not None:
        title = f"{words.street_line(one.property)}, {words.position(one) or words.unit_title(one)}"
        note = words.place_line(one.property)
    else:
        title, note = party_title(one), one.email
    return {
        "title": title,
        "note": note,
        "number": one.external_id or "",
        "url": reverse("sub_property", args=[one.pk]),
    }
