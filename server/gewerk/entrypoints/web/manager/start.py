"""The front page: the stock at a glance and the last run of the connector. Every number leads to its list."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.integration_trouble import integrations_that_wait
from gewerk.entrypoints.web.manager.listing.pieces import Reader
from gewerk.entrypoints.web.manager.orders.waiting import orders_waiting
from gewerk.entrypoints.web.manager.run_words import count_table, finding_groups, run_state
from gewerk.entrypoints.web.manager.tickets.waiting import tickets_that_wait
from gewerk.entrypoints.web.manager.waiting import Source, waiting_for
from gewerk.portfolio.models import IntegrationRun
from gewerk.portfolio.queries.findings import latest_runs
from gewerk.portfolio.queries.stock_at_a_glance import Glance, stock_at_a_glance

PLACES_SHOWN = 8

WAITING: tuple[Source, ...] = (
    integrations_that_wait,
    tickets_that_wait,
    orders_waiting,
)
"""Who says what waits for the reader; each area adds its own."""


def greeting(reader: Reader) -> str:
    """By the hour in the organisation's time zone, with the person's form of address where it is known."""
    hour = reader.formats.now.astimezone(reader.formats.zone).hour
    name = f"{reader.person.salutation} {reader.person.last_name}" if reader.person.salutation else reader.person.name
    if 5 <= hour < 11:
        return _("Good morning, %(name)s") % {"name": name}
    if 11 <= hour < 18:
        return _("Good afternoon, %(name)s") % {"name": name}
    return _("Good evening, %(name)s") % {"name": name}


def _list(route: str, **query: str) -> str:
    return reverse(route) + (f"?{urlencode(query)}" if query else "")


@managing
def start(request: HttpRequest) -> HttpResponseBase:
    """Root page of the managing roles."""
    who = reader(request)
    glance = stock_at_a_glance(who.actor)
    runs = latest_runs(who.actor)
    return render(
        request,
        "manager/start.html",
        {
            "reader": who,
            "greeting": greeting(who),
            "sentence": _sentence(who, runs),
            "waiting": waiting_for(who, WAITING),
            "any_area": bool(WAITING),
            "glance": glance,
            "stock": _stock(who, glance, runs),
            "usages": _usages(who, glance),
            "places": _places(who, glance),
            "more_places": max(0, len(glance.places) - PLACES_SHOWN),
            "runs": [_run(who, run) for run in runs],
            "empty": not glance.properties and not glance.total.units,
        },
    )


def _sentence(reader: Reader, runs: list[IntegrationRun]) -> str:
    finished = next((r for r in runs if r.finished_at), None)
    if finished is None or finished.finished_at is None:
        return _("No run of the connector yet.") if not runs else ""
    return _("The stock is as of the run %(when)s.") % {"when": reader.formats.when(finished.finished_at)}


def _stock(reader: Reader, glance: Glance, runs: list[IntegrationRun]) -> list[dict[str, Any]]:
    number = reader.formats.number
    cities = len([p for p in glance.places if p.city])
    total = glance.total
    stats = [
        {
            "number": number(glance.properties),
            "label": ngettext("property", "properties", glance.properties),
            "note": ngettext("in %(n)s place", "in %(n)s places", cities) % {"n": number(cities)} if cities else "",
            "url": _list("properties"),
        },
        {
            "number": number(total.units),
            "label": ngettext("unit", "units", total.units),
            "note": _("%(n)s let") % {"n": number(total.let)}
            + (", " + _("%(n)s unknown") % {"n": number(total.unknown)} if total.unknown else ""),
            "url": _list("sub_properties", type="unit"),
        },
        {
            "number": number(total.vacant),
            "label": _("vacant"),
            "note": _("%(share)s of all units") % {"share": reader.formats.percent(total.vacancy)},
            "url": _list("sub_properties", type="unit", occupancy="vacant"),
        },
    ]
    left_out = sum(int(run.skipped.get("tenant_without_email") or 0) for run in runs)
    if runs:
        run = next((r for r in runs if r.skipped.get("tenant_without_email")), runs[0])
        stats.append(
            {
                "number": number(left_out),
                "label": ngettext("tenant without e-mail", "tenants without e-mail", left_out),
                "note": _("not sent, their flats are let"),
                "url": reverse("integration_run", args=[run.integration_id, run.pk])
                + "?finding=tenant_without_email#findings",
            }
        )
    return stats


def _usages(reader: Reader, glance: Glance) -> list[dict[str, Any]]:
    number = reader.formats.number
    return [
        {
            "title": words.USAGES[usage],
            "occupied": occupied,
            "let": number(occupied.let),
            "vacant": _("%(n)s vacant") % {"n": number(occupied.vacant)},
            "url": _list("sub_properties", type="unit", usage=usage.value),
            "vacant_url": _list("sub_properties", type="unit", usage=usage.value, occupancy="vacant"),
        }
        for usage, occupied in glance.by_usage
    ]


def _places(reader: Reader, glance: Glance) -> list[dict[str, Any]]:
    return [
        {
            "city": place.city or _("Without place"),
            "properties": words.properties(place.properties),
            "units": reader.formats.number(place.occupied.units),
            "vacancy": place.occupied.vacancy,
            "vacancy_words": reader.formats.percent(place.occupied.vacancy),
            "url": _list("properties", city=place.city) if place.city else _list("properties", sort="city"),
        }
        for place in glance.places[:PLACES_SHOWN]
    ]


def _run(reader: Reader, run: IntegrationRun) -> dict[str, Any]:
    kind, icon, word = run_state(run)
    address = reverse("integration_run", args=[run.integration_id, run.pk])
    when = reader.formats.when(run.started_at)
    if run.finished_at:
        took = reader.formats.length_of((run.finished_at - run.started_at).total_seconds())
        sentence = _("%(when)s, took %(length)s.") % {"when": when, "length": took}
    else:
        sentence = _("Started %(when)s.") % {"when": when}
    table = count_table(run)
    return {
        "run": run,
        "url": address,
        "title": _("Last run from %(erp)s") % {"erp": run.integration.erp_name or run.integration.name},
        "kind": kind,
        "icon": icon,
        "word": word,
        "sentence": sentence[0].upper() + sentence[1:],
        "titles": table.titles,
        "rows": [
            (
                words.KINDS_MANY[row.entity],
                _entity_list(row.entity),
                [(n, reader.formats.number(n)) for n in row.numbers],
            )
            for row in table.rows
        ],
        "groups": [
            {"number": reader.formats.number(g.number), "words": g.words, "url": f"{address}?finding={g.code}#findings"}
            for g in finding_groups(run)
        ],
    }


def _entity_list(entity: str) -> str:
    return _list("properties") if entity == "property" else _list("sub_properties", type=entity)
