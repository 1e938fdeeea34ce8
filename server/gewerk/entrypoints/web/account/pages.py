"""The left sub-navigation of the account: which pages this actor has."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from gewerk.identity.access import manages_company, manages_keys, manages_team, sees_stock
from gewerk.journal.actor import Actor


def account_pages(actor: Actor, path: str) -> list[dict[str, Any]]:
    """Pages with the same guards as their buttons; two clicks from anywhere."""
    pages = [(_("My access"), "account"), (_("Security"), "mfa_index")]
    if manages_company(actor):
        pages.append((_("Company"), "account_company"))
        if sees_stock(actor):
            pages.append((_("Reporting damage"), "reporting_settings"))
    if manages_team(actor):
        pages.append((_("Team and roles"), "account_team"))
    if sees_stock(actor):
        pages.append((_("Property types and groups"), "account_property_types"))
    if manages_keys(actor):
        pages.append((_("API keys"), "account_api_keys"))
    items = []
    for label, name in pages:
        url = reverse(name)
        active = path == url if name == "account" else path.startswith(url)
        items.append({"label": label, "url": url, "active": active})
    return items


def account_page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render with sub-navigation; ``docs_url`` for those who hold keys."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    frame = {
        "account_pages": account_pages(actor, request.path),
        "docs_url": "/api/docs" if manages_keys(actor) else "",
    }
    return render(request, template, frame | (context or {}), status=status)
