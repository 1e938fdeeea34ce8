"""Integrations: the connections of an ERP, their runs, and what each run found."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from gewerk.entrypoints.web.manager import words
from gewerk.entrypoints.web.manager.connector import served_by_us
from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.entrypoints.web.manager.integration_trouble import troubles_told
from gewerk.entrypoints.web.manager.listing.export import as_csv, as_xlsx
from gewerk.entrypoints.web.manager.listing.pieces import Exported, Reader
from gewerk.entrypoints.web.manager.run_words import (
    EFFECTS,
    ENTITIES,
    count_table,
    finding_groups,
    finding_words,
    run_state,
)
from gewerk.identity.access import manages_keys, opens_connector
from gewerk.identity.connector_links import connector_url
from gewerk.portfolio.access import NotFound, integration_runs, integrations
from gewerk.portfolio.models import Integration, IntegrationRun
from gewerk.portfolio.queries.finding_records import finding_records
from gewerk.portfolio.queries.findings import latest_runs

RUNS_PER_PAGE = 25
FINDINGS_PER_PAGE = 50


@managing
def integration_list(request: HttpRequest) -> HttpResponseBase:
    """All connections with their last run; how to connect where there is none."""
    who = reader(request)
    runs = {run.integration_id: run for run in latest_runs(who.actor)}
    rows = [
        {
            "integration": one,
            "url": reverse("integration", args=[one.pk]),
            "ours": served_by_us(one.connector_url),
            "run": _line(who, runs[one.pk]) if one.pk in runs else None,
        }
        for one in integrations(who.actor).order_by("created_at", "id")
    ]
    return render(
        request,
        "manager/integrations.html",
        {"reader": who, "rows": rows, "troubles": troubles_told(who), **_how_to_connect(request, who)},
    )


def _how_to_connect(request: HttpRequest, reader: Reader) -> dict[str, Any]:
    return {
        "base_url": request.build_absolute_uri("/").rstrip("/"),
        "manages_keys": manages_keys(reader.actor),
        "opens_connector": bool(connector_url()) and opens_connector(reader.actor),
    }


def _integration_of(reader: Reader, integration_id: UUID) -> Integration:
    found = integrations(reader.actor).filter(pk=integration_id).first()
    if found is None:
        raise NotFound
    return found


@managing
def integration_page(request: HttpRequest, integration_id: UUID) -> HttpResponseBase:
    """One connection and its runs, the last one first."""
    who = reader(request)
    one = _integration_of(who, integration_id)
    rows = integration_runs(who.actor).filter(integration=one).defer("findings").order_by("-number")
    page = Paginator(rows, RUNS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "manager/integration.html",
        {
            "reader": who,
            "integration": one,
            "ours": served_by_us(one.connector_url),
            "trail": [{"label": _("Integrations"), "url": reverse("integrations")}, {"label": one.name}],
            "page": page,
            "runs": [_line(who, run) for run in page],
            "troubles": [told for told in troubles_told(who) if told.trouble.integration.pk == one.pk],
            **_how_to_connect(request, who),
        },
    )


def _line(reader: Reader, run: IntegrationRun) -> dict[str, Any]:
    kind, icon, word = run_state(run)
    table = count_table(run)
    sums = dict(zip((str(t) for t in table.titles), table.sums, strict=True))
    took = (run.finished_at - run.started_at).total_seconds() if run.finished_at else None
    return {
        "run": run,
        "url": reverse("integration_run", args=[run.integration_id, run.pk]),
        "kind": kind,
        "icon": icon,
        "word": word,
        "started": reader.formats.when(run.started_at),
        "started_exactly": reader.formats.moment(run.started_at),
        "took": reader.formats.length_of(took) if took is not None else "–",
        "sums": [(value, reader.formats.number(value)) for value in sums.values()][:5],
        "findings": reader.formats.number(sum(g.number for g in finding_groups(run))),
    }


@managing
def run_page(request: HttpRequest, integration_id: UUID, run_id: UUID) -> HttpResponseBase:
    """What one run did and found; with ``export`` its findings as a table for the colleagues at the ERP."""
    who = reader(request)
    run = integration_runs(who.actor).filter(pk=run_id, integration_id=integration_id).first()
    if run is None:
        raise NotFound
    groups = finding_groups(run)
    code = request.GET.get("finding", "")
    code = code if any(g.code == code for g in groups) else ""
    gravest_first = {g.code: n for n, g in enumerate(groups)}
    items = sorted(
        (item for item in run.findings if not code or item.get("code") == code),
        key=lambda item: gravest_first.get(str(item.get("code")), len(groups)),
    )
    if (kind := request.GET.get("export")) in {"csv", "xlsx"}:
        name = f"{_('Findings')}-{run.integration.name}-{run.number}".replace("/", "-")
        return (as_csv if kind == "csv" else as_xlsx)(name, _export_head(), _export_rows(items), who.formats)
    page = Paginator(items, FINDINGS_PER_PAGE).get_page(request.GET.get("page"))
    records = finding_records(who.actor, list(page))
    kind_of_state, icon, word = run_state(run)
    return render(
        request,
        "manager/run.html",
        {
            "reader": who,
            "run": run,
            "integration": run.integration,
            "ours": served_by_us(run.integration.connector_url),
            "opens_connector": bool(connector_url()) and opens_connector(who.actor),
            "trail": [
                {"label": _("Integrations"), "url": reverse("integrations")},
                {"label": run.integration.name, "url": reverse("integration", args=[run.integration_id])},
                {"label": _("Run %(n)d") % {"n": run.number}},
            ],
            "kind": kind_of_state,
            "icon": icon,
            "word": word,
            "title": _("Run %(n)d") % {"n": run.number},
            "sentence": _sentence(who, run),
            "table": _table(who, run),
            "groups": [_group(who, run, g) for g in groups],
            "findings_sum": sum(g.number for g in groups),
            "code": code,
            "code_title": finding_words(code).title if code else "",
            "page": page,
            "items": [_item(item, records) for item in page],
            "not_listed": max(0, sum(g.number for g in groups if not code or g.code == code) - len(items)),
            "skipped": _skipped(who, run),
        },
    )


def _sentence(reader: Reader, run: IntegrationRun) -> str:
    text = _("Started %(when)s, state of %(day)s.") % {
        "when": reader.formats.when(run.started_at),
        "day": reader.formats.day(run.as_of),
    }
    if run.finished_at:
        took = reader.formats.length_of((run.finished_at - run.started_at).total_seconds())
        text += " " + _("It took %(length)s.") % {"length": took}
    return text


def _table(reader: Reader, run: IntegrationRun) -> dict[str, Any]:
    table = count_table(run)
    lists = {e: f"{reverse('sub_properties')}?type={e}" for e in ENTITIES} | {"property": reverse("properties")}
    return {
        "titles": table.titles,
        "rows": [
            (words.KINDS_MANY[row.entity], lists[row.entity], [(n, reader.formats.number(n)) for n in row.numbers])
            for row in table.rows
        ],
        "sums": [reader.formats.number(n) for n in table.sums],
    }


def _group(reader: Reader, run: IntegrationRun, group: Any) -> dict[str, Any]:
    items = [item for item in run.findings if item.get("code") == group.code]
    values = [value for value, _n in Counter(str(i["detail"]) for i in items if i.get("detail")).most_common(3)]
    return {
        "code": group.code,
        "number": reader.formats.number(group.number),
        "words": group.words,
        "effect": group.effect,
        "where": _where(group.number, items, values),
        "listed": bool(items),
    }


def _where(number: int, items: list[dict[str, Any]], values: list[str]) -> str:
    """The place of a single finding; of several, the file and the commonest values."""
    if number == 1 and items:
        return _place(items[0])
    files = sorted({str(i["file"]) for i in items if i.get("file")})
    return " · ".join(p for p in (", ".join(files[:2]), ", ".join(f"„{v}“" for v in values)) if p)


def _place(item: dict[str, Any]) -> str:
    parts = [str(item.get("external_id") or "")]
    if item.get("file"):
        parts.append(str(item["file"]))
    if item.get("row"):
        parts.append(_("row %(n)s") % {"n": item["row"]})
    return ", ".join(p for p in parts if p)


def _item(item: dict[str, Any], records: dict[tuple[str, str], UUID]) -> dict[str, Any]:
    entity = str(item.get("entity") or "")
    external_id = str(item.get("external_id") or "")
    found = finding_words(str(item.get("code")))
    record = records.get((entity, external_id))
    route = "property" if entity == "property" else "sub_property"
    return {
        "kind": words.KINDS.get(entity, entity),
        "external_id": external_id,
        "url": reverse(route, args=[record]) if record else "",
        "title": found.title,
        "icon": found.icon,
        "file": item.get("file") or "–",
        "row": item.get("row") or "–",
        "column": item.get("column") or "–",
        "detail": item.get("detail") or "–",
    }


def _skipped(reader: Reader, run: IntegrationRun) -> list[dict[str, str]]:
    titles = {
        "tenant_without_email": _("Tenants without a valid e-mail address"),
        "ended": _("Contracts ended before"),
        "not_yet": _("Contracts that start later than the lead time"),
        "unit_without_building": _("Units without building"),
        "broken_reference": _("References that lead nowhere"),
        "invalid_date": _("Impossible dates"),
        "conflicting_rows": _("Rows that contradict each other"),
        "id_collision": _("Ids that would be the same"),
        "parent_held": _("Depending on a record held back"),
    }
    return [
        {"label": titles.get(key, key), "value": reader.formats.number(int(n))} for key, n in run.skipped.items() if n
    ]


def _export_head() -> list[str]:
    return [
        _("Finding"),
        _("What is to be done"),
        _("Consequence"),
        _("Kind"),
        _("Number"),
        _("File"),
        _("Row"),
        _("Column"),
        _("Value"),
    ]


def _export_rows(items: list[dict[str, Any]]) -> Iterator[list[Exported]]:
    for item in items:
        found = finding_words(str(item.get("code")))
        entity = str(item.get("entity") or "")
        yield [
            str(found.title),
            str(found.to_do),
            str(EFFECTS[found.effect][0]),
            str(words.KINDS.get(entity, entity)),
            str(item.get("external_id") or ""),
            str(item.get("file") or ""),
            item.get("row"),
            str(item.get("column") or ""),
            str(item.get("detail") or ""),
        ]
