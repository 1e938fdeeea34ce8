"""What every call passes: size, key, rate, repetition; and how its body and query are read."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.security import HttpBearer
from pydantic import BaseModel, TypeAdapter, ValidationError

from gewerk.entrypoints.api.limits import TooMany, windows
from gewerk.entrypoints.api.problems import (
    NUL,
    InvalidInput,
    Unreadable,
    WrongMediaType,
    field_problems,
    nul_problems,
    pointer_part,
    problem,
)
from gewerk.files.limits import BYTES_PER_REQUEST
from gewerk.identity.access import is_firms_key, require
from gewerk.identity.operations.idempotency import Remembered, remember_answer, reserve_answer
from gewerk.identity.operations.issue_token import actor_of_token
from gewerk.journal.actor import Actor
from gewerk.kit.locks import one_at_a_time, writing_transaction
from gewerk.kit.refusals import FieldProblem, Refusal
from gewerk.portfolio.operations.upsert import LOCK

T = TypeVar("T")

_OF_FIRMS, _FOR_BOTH = re.compile(r"/api/[^/]+/firm/"), re.compile(r"/api/[^/]+/files(/|$)")
UPLOADS = "/files"
"""The end of the one address that takes files; they stream to the disk and have limits of their own."""


def door(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Around every address of the API: refuses what is too large, says 405 as a problem, tells the rate, forbids caching."""

    @wraps(view)
    def passed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        limit = BYTES_PER_REQUEST if request.path.endswith(UPLOADS) else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        response: HttpResponseBase
        if length > limit:
            response = too_large()
        else:
            response = view(request, *args, **kwargs)
        if response.status_code == 405 and "problem" not in response.get("Content-Type", ""):
            response = problem(405, "method_not_allowed", headers={"Allow": response["Allow"]})
        window = getattr(request, "rate_window", None)
        if window is not None:
            for name, value in window.headers().items():
                response[name] = value
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response

    return passed


def too_large() -> HttpResponse:
    megabytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // (1024 * 1024)
    detail = _("At most %(megabytes)s MB per request. Send fewer records at once.") % {"megabytes": megabytes}
    return problem(413, "too_large", detail)


class Bearer(HttpBearer):
    """A token of POST .../token; puts the actor on the request and counts the call."""

    openapi_description = "The access_token of POST /token."

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        now = timezone.now()
        actor = actor_of_token(token=token, now=now)
        assert actor.id is not None
        # Whatever a rule further in may say: a firm's programs and a manager's do not go through each other's doors.
        if not _FOR_BOTH.match(request.path):
            require(is_firms_key(actor) is (_OF_FIRMS.match(request.path) is not None))
        window = windows.take(actor.id, now=now)
        request.rate_window = window  # type: ignore[attr-defined]
        if window.remaining < 0:
            raise TooMany(retry_after=window.reset)
        request.actor = actor  # type: ignore[attr-defined]
        return actor


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def raw_body(request: HttpRequest) -> bytes:
    """The body of a JSON call. Raises ``WrongMediaType``."""
    # A body without a media type is taken for JSON; one that is compressed is not.
    if (
        request.content_type not in ("application/json", "")
        or request.headers.get("Content-Encoding", "identity") != "identity"
    ):
        raise WrongMediaType
    try:
        return request.body
    except RequestDataTooBig:
        raise
    except SuspiciousOperation:
        raise Unreadable from None


def body(request: HttpRequest, adapter: TypeAdapter[T], *, tagged: bool = False) -> T:
    """The body, checked; ``tagged`` when ``adapter`` is a union by ``type``.

    Raises ``WrongMediaType``, ``Unreadable`` (no JSON) or ``InvalidInput`` with pointers.
    """
    raw = raw_body(request)
    try:
        checked = adapter.validate_json(raw)
    except ValidationError as error:
        if any(one["type"] == "json_invalid" for one in error.errors(include_url=False, include_input=False)):
            raise Unreadable from None
        raise InvalidInput(problems=field_problems(error, tagged=tagged)) from None
    if NUL in raw and (problems := nul_problems(checked)):
        raise InvalidInput(problems=problems)
    return checked


def only_known(request: HttpRequest, model: type[BaseModel] | None = None) -> None:
    """A query parameter that does not exist is refused: a typo would silently answer another question."""
    known = set(model.model_fields) if model else set()
    unknown = [name for name in request.GET if name not in known]
    if unknown:
        text = str(gettext_lazy("There is no such query parameter."))
        raise InvalidInput(
            problems=tuple(FieldProblem(f"/query/{pointer_part(name)}", "unknown_field", text) for name in unknown)
        )


class InvalidIdempotencyKey(Refusal):
    code = "invalid_idempotency_key"
    message = gettext_lazy("Idempotency-Key must have 1 to 255 characters.")


@contextmanager
def in_turn(request: HttpRequest) -> Iterator[None]:
    """The call's one transaction. The writing calls of an organisation take turns.

    A moment read inside is then later than that of every call committed before: whoever pages by ``updated_at`` never
    passes a record that another call is still writing.
    """
    with writing_transaction():
        one_at_a_time(LOCK, actor_of(request).organisation_id)
        yield


def once(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Runs ``act`` in the call's one transaction. The body was checked before: nobody waits for the database meanwhile.

    A repeated ``Idempotency-Key`` gets the answer of the first call again; it counts per API key, for 24 hours.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        with in_turn(request):
            return act()
    if not 1 <= len(key) <= 255 or "\x00" in key:
        raise InvalidIdempotencyKey(status=400)
    actor = actor_of(request)
    assert actor.id is not None
    asked = b"\n".join((str(request.method).encode(), request.get_full_path().encode(), request.body))
    with in_turn(request):
        reserved = reserve_answer(key_id=actor.id, idempotency_key=key, request=asked, now=timezone.now())
        if isinstance(reserved, Remembered):
            headers = {**reserved.headers, "Idempotent-Replayed": "true"}
            return HttpResponse(reserved.body, status=reserved.status, content_type="application/json", headers=headers)
        response = act()
        kept = {name: response[name] for name in ("ETag", "Location") if response.has_header(name)}
        remember_answer(number=reserved, status=response.status_code, headers=kept, body=response.content)
    return response


def answer(data: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(
        orjson.dumps(data, option=orjson.OPT_UTC_Z),
        status=status,
        content_type="application/json",
        headers=headers or {},
    )


class InvalidETag(Refusal):
    code = "invalid_if_match"
    message = gettext_lazy("If-Match must be the ETag of the record as it was read, one in double quotes.")


def if_match(request: HttpRequest) -> int | None:
    """The version that If-Match names; ``*`` and a missing header name none."""
    text = request.headers.get("If-Match")
    if text is None or text.strip() == "*":
        return None
    digits = text.strip().removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise InvalidETag(status=400)
    return int(digits)
