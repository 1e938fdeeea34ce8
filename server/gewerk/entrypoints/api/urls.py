"""Addresses of the API: ``/api/<version>/...``, ``/api/latest/...`` redirects, ``/api/docs`` is for reading."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import csrf_exempt

from gewerk.entrypoints.api import docs
from gewerk.entrypoints.api.door import door
from gewerk.entrypoints.api.openapi import text_of
from gewerk.entrypoints.api.problems import problem
from gewerk.entrypoints.api.versions import LATEST, VERSIONS


def latest(request: HttpRequest, rest: str) -> HttpResponseBase:
    """307: the method and the body go along."""
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponseRedirect(f"/api/{LATEST}/{rest}{'?' + query if query else ''}")
    response.status_code = 307
    return response


def openapi(request: HttpRequest, version: str) -> HttpResponse:
    """The schema of one version."""
    if version not in VERSIONS:
        return problem(404, "not_found")
    if request.method not in ("GET", "HEAD"):
        return problem(405, "method_not_allowed", headers={"Allow": "GET, HEAD"})
    return HttpResponse(
        text_of(VERSIONS[version]), content_type="application/json", headers={"Cache-Control": "public, max-age=300"}
    )


def nowhere(request: HttpRequest, rest: str) -> HttpResponse:  # noqa: ARG001 - what the pattern gives
    return problem(404, "not_found")


def _versioned() -> list[URLPattern | URLResolver]:
    patterns: list[URLPattern | URLResolver] = []
    for version, api in VERSIONS.items():
        for pattern in api.urls[0]:
            if isinstance(pattern, URLPattern) and pattern.name != "api-root":
                pattern.callback = door(pattern.callback)
                patterns.append(path(f"{version}/", ([pattern], None, None)))
    return patterns


urlpatterns: list[URLPattern | URLResolver] = [
    path("docs", docs.docs, name="api_docs"),
    re_path(r"^latest/(?P<rest>.*)$", csrf_exempt(latest), name="api_latest"),
    path("<str:version>/openapi.json", csrf_exempt(openapi), name="api_openapi"),
    *_versioned(),
    re_path(r"^(?P<rest>.*)$", csrf_exempt(door(nowhere)), name="api_nowhere"),
]
