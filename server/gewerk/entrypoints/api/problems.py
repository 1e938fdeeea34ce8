"""What goes wrong, as ``application/problem+json`` (RFC 9457). One table turns kinds of refusal into statuses."""

import logging
import traceback
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from gewerk.journal.operations import request_id
from gewerk.kit.refusals import FieldProblem, Refusal, RefusalKind

log = logging.getLogger(__name__)

STATUSES = {
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

TITLES: dict[int, Promise] = {
    400: gettext_lazy("The request cannot be read."),
    401: gettext_lazy("Not authenticated."),
    403: gettext_lazy("This API key may not do that."),
    404: gettext_lazy("Not found."),
    405: gettext_lazy("This address does not know the method."),
    409: gettext_lazy("The state does not allow it."),
    412: gettext_lazy("Changed meanwhile."),
    413: gettext_lazy("The request is too large."),
    415: gettext_lazy("Send JSON."),
    422: gettext_lazy("Some of what was sent is wrong."),
    429: gettext_lazy("Too many requests."),
    500: gettext_lazy("The platform failed."),
    503: gettext_lazy("Busy at the moment."),
}
_DETAILS: dict[str, Promise] = {
    "forbidden": gettext_lazy(
        "The scope of this API key does not cover it. Scopes are shown under Account > API keys."
    ),
    "not_found": gettext_lazy("There is nothing under this address, or it belongs to somebody else."),
}

_FIELD_MESSAGES: dict[str, tuple[str, Promise]] = {
    # pydantic's error type: our stable code and what to say
    "missing": ("required", gettext_lazy("This field is missing.")),
    "extra_forbidden": ("unknown_field", gettext_lazy("There is no such field.")),
    "union_tag_not_found": ("required", gettext_lazy("This field is missing.")),
    "union_tag_invalid": ("not_allowed", gettext_lazy("This value is not allowed.")),
    "string_type": ("wrong_type", gettext_lazy("Send text.")),
    "int_type": ("wrong_type", gettext_lazy("Send a whole number.")),
    "int_parsing": ("wrong_type", gettext_lazy("Send a whole number.")),
    "int_from_float": ("wrong_type", gettext_lazy("Send a whole number.")),
    "int_parsing_size": ("out_of_range", gettext_lazy("The number is too large.")),
    "bool_type": ("wrong_type", gettext_lazy("Send true or false.")),
    "dict_type": ("wrong_type", gettext_lazy("Send an object.")),
    "list_type": ("wrong_type", gettext_lazy("Send a list.")),
    "decimal_type": ("wrong_type", gettext_lazy("Send a number, as text or as a number.")),
    "decimal_parsing": ("wrong_type", gettext_lazy("Send a number, as text or as a number.")),
    "finite_number": ("wrong_type", gettext_lazy("Send a number, as text or as a number.")),
    "decimal_max_digits": ("out_of_range", gettext_lazy("The number has too many digits.")),
    "decimal_max_places": ("out_of_range", gettext_lazy("The number has too many decimal places.")),
    "decimal_whole_digits": ("out_of_range", gettext_lazy("The number has too many digits.")),
    "greater_than_equal": ("out_of_range", gettext_lazy("The number is too small.")),
    "less_than_equal": ("out_of_range", gettext_lazy("The number is too large.")),
    "string_too_long": ("too_long", gettext_lazy("At most %(max_length)s characters.")),
    "string_too_short": ("too_short", gettext_lazy("At least %(min_length)s characters.")),
    "too_long": ("too_many", gettext_lazy("At most %(max_length)s entries.")),
    "too_short": ("too_few", gettext_lazy("At least %(min_length)s entries.")),
    "string_pattern_mismatch": ("wrong_format", gettext_lazy("The text does not have the form required.")),
    "literal_error": ("not_allowed", gettext_lazy("This value is not allowed. Allowed: %(expected)s.")),
    "enum": ("not_allowed", gettext_lazy("This value is not allowed. Allowed: %(expected)s.")),
}
_DATES = gettext_lazy("Send a date as 2026-11-22.")
_TIMES = gettext_lazy("Send a time with zone as 2026-11-22T08:00:00Z.")
_OTHER = gettext_lazy("This value is not allowed.")
_TAGS = {"unit", "tenant", "landlord"}


def field_problems(error: ValidationError, *, at: str = "", tagged: bool = False) -> tuple[FieldProblem, ...]:
    """pydantic's errors with JSON pointers (RFC 6901), stable codes and messages in the user's language. Never the value sent.

    ``at`` is the pointer of what was checked; ``tagged``: the first step of each place is a union's branch, no part of what was sent.
    """
    errors = error.errors(include_url=False, include_context=True, include_input=False)
    if tagged:
        for one in errors:
            if one["loc"] and one["loc"][0] in _TAGS:
                one["loc"] = one["loc"][1:]
    return problems_of(errors, at=at)


def problems_of(errors: Iterable[Mapping[str, Any]], *, at: str = "") -> tuple[FieldProblem, ...]:
    return tuple(_field_problem(one, at) for one in errors)


def _field_problem(error: Mapping[str, Any], at: str) -> FieldProblem:
    kind = error["type"]
    loc = list(error["loc"])
    if loc and loc[-1] == "[key]":
        loc.pop()
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        loc.append("type")
    pointer = at + "".join(f"/{pointer_part(part)}" for part in loc)
    if kind.startswith(("date_", "date")) and not kind.startswith("datetime"):
        return FieldProblem(pointer, "invalid_date", str(_DATES))
    if kind.startswith(("datetime", "timezone")):
        return FieldProblem(pointer, "invalid_time", str(_TIMES))
    code, message = _FIELD_MESSAGES.get(kind, ("invalid", _OTHER))
    context = {name: str(value) for name, value in (error.get("ctx") or {}).items()}
    try:
        return FieldProblem(pointer, code, str(message) % context if "%(" in str(message) else str(message))
    except KeyError:
        return FieldProblem(pointer, code, str(_OTHER))


NUL = b"\\u0000"
"""How NUL stands in JSON; a body without it need not be searched."""


def nul_problems(value: Any, *, at: str = "") -> tuple[FieldProblem, ...]:
    """Every text in ``value`` (names of fields too) that holds NUL, which no database column can store."""
    if isinstance(value, str):
        return (
            (FieldProblem(at, "wrong_format", str(_("The text holds the character NUL."))),) if "\x00" in value else ()
        )
    found: list[FieldProblem] = []
    if isinstance(value, dict):
        for name, inner in value.items():
            place = f"{at}/{pointer_part(name)}"
            found += nul_problems(name, at=place) or nul_problems(inner, at=place)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += nul_problems(inner, at=f"{at}/{index}")
    return tuple(found)


def pointer_part(name: Any) -> str:
    """Escaped as RFC 6901 says."""
    return str(name).replace("~", "~0").replace("/", "~1")


def problem(
    status: int,
    code: str,
    detail: str | Promise | None = None,
    *,
    problems: Iterable[FieldProblem] = (),
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> HttpResponse:
    """A problem document. ``type`` is ``urn:gewerk:problem:<code>``; the code is stable, the texts follow Accept-Language."""
    body = {
        "type": f"urn:gewerk:problem:{code}",
        "title": str(TITLES[status]),
        "status": status,
        "detail": str(detail or _DETAILS.get(code, TITLES[status])),
        "errors": [{"pointer": p.pointer, "code": p.code, "message": p.message} for p in problems],
        "request_id": request_id.get(),
        **more,
    }
    return HttpResponse(
        orjson.dumps(body), status=status, content_type="application/problem+json", headers=dict(headers or {})
    )


def of_refusal(refusal: Refusal) -> HttpResponse:
    status = refusal.details.get("status") or STATUSES[refusal.kind]
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="gewerk"'
    if "retry_after" in refusal.details:
        headers["Retry-After"] = str(refusal.details["retry_after"])
    return problem(status, refusal.code, refusal.message or None, problems=refusal.problems, headers=headers)


class Unreadable(Refusal):
    """The body is no JSON at all."""

    code = "malformed_json"
    message = gettext_lazy("The body is not valid JSON (UTF-8).")

    def __init__(self) -> None:
        super().__init__(status=400)


class WrongMediaType(Refusal):
    code = "unsupported_media_type"
    message = gettext_lazy("Send the body as application/json.")

    def __init__(self) -> None:
        super().__init__(status=415)


class InvalidInput(Refusal):
    """Fields, types or query parameters are wrong; ``problems`` names each."""

    code = "invalid"


def busy() -> HttpResponse:
    return problem(
        503,
        "busy",
        _("The database is busy. Repeat the request in a moment; nothing was written."),
        headers={"Retry-After": "1"},
    )


def failed(request: HttpRequest, error: Any) -> HttpResponse:
    """An answer for what nobody foresaw. The log names the place, never the message: it may hold personal data."""
    places = "".join(traceback.format_tb(error.__traceback__)[-6:])
    log.error("%s %s failed: %s [%s]\n%s", request.method, request.path, type(error).__name__, request_id.get(), places)
    return problem(
        500,
        "internal",
        _("The platform failed on this request. Tell the operator the request_id; nothing was written."),
    )
