"""Every no, as a page: what happened, why, what now. One table turns kinds of refusal into statuses."""

import logging
from collections.abc import Callable
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gewerk.journal.operations import request_id
from gewerk.kit.refusals import Refusal, RefusalKind

log = logging.getLogger(__name__)

STATUS = {
    RefusalKind.INVALID: 422,
    RefusalKind.NOT_FOUND: 404,
    RefusalKind.FORBIDDEN: 403,
    RefusalKind.CONFLICT: 409,
    RefusalKind.STALE: 412,
    RefusalKind.UNAUTHENTICATED: 401,
    RefusalKind.TOO_MANY: 429,
    RefusalKind.TOO_LARGE: 413,
    RefusalKind.UNAVAILABLE: 503,
}

PAGES_OF_THEIR_OWN = frozenset({RefusalKind.NOT_FOUND, RefusalKind.FORBIDDEN})
"""Kinds of refusal that are never said beside a form: whoever meets them has no business with the form."""

_TEXTS = {
    400: (
        gettext_noop("This request cannot be read"),
        gettext_noop("Something in the address or the form is damaged. Go back and try again."),
    ),
    401: (gettext_noop("Please log in"), gettext_noop("Your login has ended. Log in again to continue.")),
    403: (
        gettext_noop("This is not open to you"),
        gettext_noop("Your role does not include this. Ask an administrator of your organisation if you need it."),
    ),
    404: (
        gettext_noop("There is nothing here"),
        gettext_noop("The address is wrong, or what was here belongs to somebody else or has gone."),
    ),
    409: (
        gettext_noop("This is not possible now"),
        gettext_noop("Somebody may have changed it meanwhile. Go back, look at the present state and try again."),
    ),
    412: (
        gettext_noop("Somebody was faster"),
        gettext_noop("This was changed while you were working on it. Load the page anew and check your entries."),
    ),
    413: (
        gettext_noop("This is too large"),
        gettext_noop("What you sent is larger than is taken here. Go back and send less at once."),
    ),
    422: (
        gettext_noop("Please check your entries"),
        gettext_noop("Something you entered does not fit. Go back and correct it."),
    ),
    429: (
        gettext_noop("Too many attempts"),
        gettext_noop("For safety there is a pause of a few minutes. Please try again then."),
    ),
    503: (
        gettext_noop("Not possible at the moment"),
        gettext_noop("Something is not available right now. Nothing was saved. Please try again in a few minutes."),
    ),
    500: (
        gettext_noop("Something went wrong here"),
        gettext_noop(
            "The fault is ours. Nothing was saved. Try again, and tell the operator the number below if it stays."
        ),
    ),
}


class Refusals:
    """Turns a ``Refusal`` that a page did not catch into its page. The API answers for itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return refusal_page(request, STATUS[exception.kind], detail=str(exception.message), code=exception.code)
        return None


def refusal_page(request: HttpRequest, status: int, *, detail: str = "", code: str = "") -> HttpResponse:
    """A page for people; a problem document (RFC 9457) for whoever asks below /api/."""
    title, text = (_(part) for part in _TEXTS[status])
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": title, "status": status, "detail": detail or text}
        problem |= {"errors": [], "request_id": request_id.get()}
        return HttpResponse(orjson.dumps(problem), status=status, content_type="application/problem+json")
    context: dict[str, Any] = {
        "status": status,
        "refusal_title": title,
        "refusal_text": detail or text,
        "refusal_code": code,
        "request_number": request_id.get(),
    }
    return render(request, "refusal.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    return refusal_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    return refusal_page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    return refusal_page(request, 404)


def too_many(request: HttpRequest) -> HttpResponse:
    response = refusal_page(request, 429)
    response["Retry-After"] = "300"
    return response


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The form's protection against forgery (CSRF) did not match: mostly a page left open for long, or cookies off."""
    return refusal_page(
        request,
        403,
        detail=_(
            "This form was open for too long, or your browser sends no cookies. Go back, load the page anew and try again."
        ),
        code="csrf",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Nothing here may fail: no database, no login. The log names the number that the page asks people to tell."""
    log.error("%s %s failed [%s]", request.method, request.path, request_id.get())
    title, text = (_(part) for part in _TEXTS[500])
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": title, "status": 500, "detail": text, "errors": []}
        return HttpResponse(
            orjson.dumps(problem | {"request_id": request_id.get()}),
            status=500,
            content_type="application/problem+json",
        )
    context = {"status": 500, "refusal_title": title, "refusal_text": text, "request_number": request_id.get()}
    # Without the request no context processor runs that might ask the database.
    return render(None, "refusal.html", context, status=500)
