"""A list as a page or as a file: the one place where an address becomes an answer."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from gewerk.entrypoints.web.manager.listing.export import as_csv, as_xlsx
from gewerk.entrypoints.web.manager.listing.markup import rows
from gewerk.entrypoints.web.manager.listing.page import Page, every_row, list_page
from gewerk.entrypoints.web.manager.listing.pieces import AnyListing, Reader
from gewerk.entrypoints.web.manager.listing.state import chosen_ids, read_state


def show_list(
    request: HttpRequest,
    reader: Reader,
    listing: AnyListing,
    template: str,
    more: Callable[[Page], dict[str, Any]] = lambda page: {},  # noqa: ARG005 - most lists add nothing
) -> HttpResponseBase:
    """The page of the list, or with ``export=csv`` or ``export=xlsx`` the whole list (of the chosen ``id``) as a file."""
    state = read_state(listing, request.GET)
    if (kind := request.GET.get("export")) in {"csv", "xlsx"}:
        columns = [c for c in listing.columns if c.key in state.columns]
        chosen = request.GET.getlist("id")
        found = every_row(listing, reader, state, chosen_ids(chosen) if chosen else None)
        lines = ([column.export(row, reader) for column in columns] for row in found)
        head = [str(column.title) for column in columns]
        name = f"{listing.title}-{reader.formats.today.isoformat()}"
        return (as_csv if kind == "csv" else as_xlsx)(name, head, lines, reader.formats)
    page = list_page(listing, reader, state)
    kept = [(key, value) for key, value in parse_qsl(state.query()) if key not in {"q", "columns"}]
    kept_columns = [] if state.columns == state.default_columns else [("columns", ".".join(state.columns))]
    query = state.query()
    saved = next((tab.id for tab in page.tabs if tab.current and tab.id), "")
    return render(
        request,
        template,
        {
            "reader": reader,
            "page": page,
            "state": state,
            "listing": listing,
            "action": reverse(listing.route),
            "export_query": f"{query}&" if query else "",
            "kept": kept + kept_columns,
            "kept_without_columns": [*kept, *([("q", state.search)] if state.search else [])],
            "kept_columns": kept_columns[0][1] if kept_columns else "",
            "rows": rows(reader, page),
            "two_lines": True,
            "bulk_sums": listing.bulk_words,
            "saved_view": saved,
            "on_tab": any(tab.current for tab in page.tabs) and not saved,
            "tabs": [
                {
                    "label": tab.title,
                    "url": f"{reverse(listing.route)}?{tab.query}",
                    "active": tab.current,
                    "count": tab.count,
                }
                for tab in page.tabs
            ],
            **more(page),
        },
    )
