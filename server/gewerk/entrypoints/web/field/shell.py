"""What the phone keeps to open the app without network: one page without anybody's data, its service worker, its manifest."""

import hashlib

import orjson
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gewerk.identity.access import is_caretaker, require, works_for_firm
from gewerk.journal.actor import Actor

_ASSETS = (
    "gewerk/app.css",
    "gewerk/field.js",
    "gewerk/icons.svg",
    "gewerk/favicon.svg",
    "gewerk/fonts/inter-latin.woff2",
)


def may_use(actor: Actor) -> bool:
    """Whoever does the work: the firm's people and caretakers. Button and guard ask this."""
    return works_for_firm(actor) or is_caretaker(actor)


@never_cache
@login_required
@require_safe
def app(request: HttpRequest) -> HttpResponseBase:
    """The shell. Served only to whoever may use it; once kept by the phone it opens without network."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(may_use(actor))
    return render(request, "field/app.html")


@never_cache
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker names the files of this very version, so that a new version replaces them all at once."""
    files = [reverse("field_app"), *(static(name) for name in _ASSETS)]
    version = hashlib.blake2b(f"{files}{get_language()}".encode(), digest_size=8).hexdigest()
    context = {"files": orjson.dumps(files).decode(), "version": version, "shell": reverse("field_app")}
    response = render(request, "field/worker.js", context, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = reverse("field_app")
    return response


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Lets the phone put the app on its home screen."""
    start = reverse("field_app")
    content = {
        "name": _("Gewerk on site"),
        "short_name": "Gewerk",
        "lang": get_language(),
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "background_color": "#f3f6f6",
        "theme_color": "#0a5765",
        "icons": [{"src": static("gewerk/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return HttpResponse(orjson.dumps(content), content_type="application/manifest+json")
