"""The way to the connector's pages: a form here, because each way in makes a link that opens once."""

from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone, translation
from django.views.decorators.http import require_POST

from gewerk.entrypoints.web.manager.door import managing, reader
from gewerk.identity.access import opens_connector, require
from gewerk.identity.connector_links import connector_link, connector_url
from gewerk.portfolio.access import integrations


@managing
@require_POST
def open_connector(request: HttpRequest) -> HttpResponseBase:
    """Leads to the connector: to the page of an integration of ours, else to its catalogue."""
    who = reader(request)
    require(opens_connector(who.actor))
    if not connector_url():
        raise Http404
    path = "/"
    if name := request.POST.get("integration", ""):
        found = integrations(who.actor).filter(external_id=name).first()
        if found is not None and served_by_us(found.connector_url):
            path = urlsplit(found.connector_url).path
    address = connector_link(
        actor=who.actor,
        organisation=who.organisation,
        language=translation.get_language() or who.organisation.language,
        path=path,
        now=timezone.now(),
    )
    answer = HttpResponseRedirect(address)
    answer["Cache-Control"] = "no-store"
    return answer


def served_by_us(address: str) -> bool:
    """Whether an integration's page lies at this installation's connector: only there our links open."""
    ours = connector_url()
    return bool(ours) and address.startswith(f"{ours}/")
