"""What every page's frame shows: navigation, who is logged in, which installation."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gewerk.config.installation import installation
from gewerk.identity.access import dispatches, is_caretaker, operates, owns_privately, sees_stock, works_for_firm
from gewerk.identity.models import Role
from gewerk.journal.actor import Actor

PROPERTIES = "/properties/"
TICKETS = "/tickets/"
ORDERS = "/orders/"
FIRMS = "/firms/"
JOBS = "/firm/jobs/"
CALENDAR = "/calendar/"
QUOTES = "/quote-requests/"
FIRM_REQUESTS = "/firm/requests/"
FIRM_RATINGS = "/firm/ratings/"
OWN = "/owner/"
_ORDER_PATHS = (ORDERS, "/variations/", "/approvals/")
_FIRM_PATHS = (FIRMS, "/framework-prices/", "/crews/")
_PROPERTY_PATHS = (PROPERTIES, "/sub-properties/", "/property-groups/")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context of the frame. Only areas that are built and that the actor may enter are shown."""
    frame: dict[str, Any] = {"navigation": {"main": [], "below": []}, "demo": installation().demo}
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return frame
    person = request.user
    roles = [str(Role(role).label) for role in Role.values if role in actor.roles]
    organisation = request.organisation  # type: ignore[attr-defined]
    frame["navigation"] = {"main": _main(request.path, actor), "below": _below(request.path, actor)}
    frame["organisation_name"] = organisation.name
    frame["search_url"] = "/search/" if sees_stock(actor) and not owns_privately(actor) else ""
    frame["user_card"] = {
        "name": person.name,  # type: ignore[union-attr]
        "initials": person.initials,  # type: ignore[union-attr]
        "role": ", ".join(roles),
        "url": "/account/",
        "logout_url": "/logout/",
        "organisation": organisation.name,
    }
    frame["frame"] = _key(frame)
    return frame


def _key(frame: dict[str, Any]) -> tuple[Any, ...]:
    """All that the frame's markup depends on, for ``remember``."""
    places = [(item["url"], item["active"]) for part in frame["navigation"].values() for item in part]
    return (*places, *frame["user_card"].values(), frame["search_url"])


def _item(label: str, icon: str, url: str, *, active: bool) -> dict[str, Any]:
    return {"label": label, "icon": icon, "url": url, "active": active}


def _main(path: str, actor: Actor) -> list[dict[str, Any]]:
    items = []
    if owns_privately(actor):
        items.append(_item(_("Orders"), "house", OWN, active=path.startswith((OWN, ORDERS, QUOTES))))
        items.append(_item(_("Properties"), "building-2", PROPERTIES, active=path.startswith(_PROPERTY_PATHS)))
        items.append(_item(_("Calendar"), "calendar", CALENDAR, active=path.startswith(CALENDAR)))
    elif sees_stock(actor):
        items.append(_item(_("Start"), "house", "/", active=path == "/"))
        items.append(_item(_("Tickets"), "inbox", TICKETS, active=path.startswith(TICKETS)))
        items.append(_item(_("Orders"), "clipboard-list", ORDERS, active=path.startswith(_ORDER_PATHS)))
        items.append(_item(_("Quotes"), "scale", QUOTES, active=path.startswith(QUOTES)))
        items.append(_item(_("Properties"), "building-2", PROPERTIES, active=path.startswith(_PROPERTY_PATHS)))
        items.append(_item(_("Firms"), "users-round", FIRMS, active=path.startswith(_FIRM_PATHS)))
        items.append(_item(_("Calendar"), "calendar", CALENDAR, active=path.startswith(CALENDAR)))
    if Role.TENANT in actor.roles:
        items.append(_item(_("My home"), "house", "/tenant/", active=path == "/tenant/"))
    if works_for_firm(actor) or is_caretaker(actor):
        items.append(_item(_("Jobs"), "clipboard-list", JOBS, active=path.startswith(JOBS)))
        items.append(_item(_("Calendar"), "calendar", CALENDAR, active=path.startswith(CALENDAR)))
    if works_for_firm(actor):
        items.append(
            _item(_("My firm"), "wrench", "/firm/", active=path in {"/firm/", "/firm/profile/", "/firm/services/"})
        )
    if dispatches(actor):
        items.append(
            _item(_("Requests"), "inbox", FIRM_REQUESTS, active=path.startswith((FIRM_REQUESTS, "/firm/marketplace/")))
        )
        items.append(
            _item(
                _("Evidence"),
                "shield-check",
                "/firm/evidence/",
                active=path.startswith(("/firm/evidence/", "/firm/onboarding/")),
            )
        )
        items.append(_item(_("Ratings"), "star", FIRM_RATINGS, active=path.startswith(FIRM_RATINGS)))
    if operates(actor):
        items.append(
            _item(
                _("Organisations"),
                "building",
                "/operator/",
                active=path.startswith("/operator/organisations") or path == "/operator/",
            )
        )
        vetting, catalogue = "/operator/vetting/", "/operator/catalogue/"
        items.append(_item(_("Vetting"), "shield-check", vetting, active=path.startswith(vetting)))
        appeals = "/operator/appeals/"
        items.append(_item(_("Appeals"), "scale", appeals, active=path.startswith(appeals)))
        items.append(_item(_("Catalogue"), "book-open", catalogue, active=path.startswith(catalogue)))
        items.append(_item(_("Outbox"), "mails", "/operator/outbox/", active=path.startswith("/operator/outbox/")))
        items.append(
            _item(_("Health"), "heart-pulse", "/operator/health/", active=path.startswith("/operator/health/"))
        )
    return items


def _below(path: str, actor: Actor) -> list[dict[str, Any]]:
    items = []
    if sees_stock(actor) and not owns_privately(actor):
        items.append(_item(_("Integrations"), "plug", "/integrations/", active=path.startswith("/integrations/")))
    items.append(_item(_("Account"), "settings-2", "/account/", active=path.startswith("/account/")))
    return items
